"""A code as it is stored, for tests: the application asks for one with its authorization."""

from sqlalchemy import bindparam, select

from app.adapters.sql.oauth2.authorizations import CODE
from app.adapters.sql.oauth2.rows import AuthorizationCodeRow
from app.adapters.sql.unit_of_work import SqlWork
from app.domain.oauth2.authorization import AuthorizationCode, TokenHash

_CODE = select(*CODE.columns).where(AuthorizationCodeRow.code_hash == bindparam("wanted"))


def stored_code(work: SqlWork, code_hash: TokenHash) -> AuthorizationCode | None:
    """Also a used or expired one."""
    return work.sql.first(_CODE, CODE.to_domain, wanted=code_hash)
