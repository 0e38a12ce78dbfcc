"""The keys that the bridge signs with as an OpenID provider."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select, update

from app.adapters.sql.executor import Executor
from app.adapters.sql.oauth2.rows import SigningKeyRow
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import insert_once, storable
from app.domain.oauth2.signing_key import SigningKey

KEY = RowMapper(SigningKey, SigningKeyRow)

_ALL = select(*KEY.columns).order_by(SigningKeyRow.generation.desc(), SigningKeyRow.algorithm.desc())
_ONE = select(*KEY.columns).where(SigningKeyRow.kid == bindparam("wanted"))
_ADD = insert_once(SigningKeyRow, index_elements=["algorithm", "generation"])
_RETIRE = (
    update(SigningKeyRow)
    .where(
        SigningKeyRow.generation < bindparam("before"),
        or_(SigningKeyRow.expires_at.is_(None), SigningKeyRow.expires_at > bindparam("at")),
    )
    .values(expires_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class SqlSigningKeys:
    """The port `SigningKeys`."""

    sql: Executor

    def all(self) -> Sequence[SigningKey]:
        return self.sql.all(_ALL, KEY.to_domain)

    def get(self, kid: str) -> SigningKey | None:
        return self.sql.first(_ONE, KEY.to_domain, wanted=kid) if storable(kid) else None

    def add(self, keys: Sequence[SigningKey]) -> bool:
        added = [self.sql.changed(_ADD, **KEY.from_domain(key)) for key in keys]
        return all(added)

    def retire(self, *, before: int, at: float) -> None:
        self.sql.changed(_RETIRE, before=before, at=at)
