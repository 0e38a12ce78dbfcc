"""Authorizations, with their codes and tokens. Whether one is live takes one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, insert, or_, select, update

from app.adapters.sql.accounts.accounts import ACCOUNT
from app.adapters.sql.executor import Executor, first_column
from app.adapters.sql.live import method_accepted, within_limits
from app.adapters.sql.oauth2.clients import CLIENT
from app.adapters.sql.oauth2.rows import (
    AuthorizationCodeRow,
    AuthorizationRow,
    ClientRow,
    RefreshTokenRow,
    RevokedTokenRow,
    SigningKeyRow,
)
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import insert_once, storable
from app.adapters.sql.tables import AccountRow, ConnectionRow, SessionRow, TenantRow
from app.adapters.sql.tenants.tenants import TENANT
from app.domain.accounts.account import AccountId
from app.domain.connections.connection import ConnectionId
from app.domain.oauth2.authorization import (
    Authorization,
    AuthorizationCode,
    AuthorizationId,
    Authorized,
    RefreshToken,
    TokenHash,
)
from app.domain.oauth2.client import Client, ClientId
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status, TenantId

AUTHORIZATION = RowMapper(Authorization, AuthorizationRow, as_text=("scopes", "amr"))
CODE = RowMapper(AuthorizationCode, AuthorizationCodeRow)
REFRESH_TOKEN = RowMapper(RefreshToken, RefreshTokenRow)
_CLIENT_ID = [column.key for column in AUTHORIZATION.columns].index("client_id")
_ACCOUNT = len(AUTHORIZATION.columns)
_TENANT = _ACCOUNT + len(ACCOUNT.columns)
_CONNECTION = _TENANT + len(TENANT.columns)
_MORE = _CONNECTION + 1

_SESSION_LIVES = exists().where(
    SessionRow.tenant_id == AuthorizationRow.tenant_id,
    SessionRow.account_id == AuthorizationRow.account_id,
    SessionRow.reference == AuthorizationRow.reference,
    *within_limits(),
)


def _of_good(*columns: Any) -> Select[Any]:
    """The query for the authorizations that are live at `now`."""
    return (
        select(*columns)
        .select_from(AuthorizationRow)
        .join(
            AccountRow,
            (AccountRow.tenant_id == AuthorizationRow.tenant_id) & (AccountRow.id == AuthorizationRow.account_id),
        )
        .join(TenantRow, TenantRow.id == AuthorizationRow.tenant_id)
        .join(ClientRow, ClientRow.client_id == AuthorizationRow.client_id)
        .outerjoin(ConnectionRow, ConnectionRow.id == AuthorizationRow.connection_id)
        .where(
            AuthorizationRow.ended_at.is_(None),
            AuthorizationRow.expires_at > bindparam("now"),
            ClientRow.status == Status.ACTIVE.value,
            # A client may be given to a tenant later: then it is for this tenant's people only.
            or_(ClientRow.tenant_id.is_(None), ClientRow.tenant_id == AuthorizationRow.tenant_id),
            AccountRow.status == Status.ACTIVE.value,
            TenantRow.status == Status.ACTIVE.value,
            or_(AuthorizationRow.connection_id.is_(None), ConnectionRow.status == Status.ACTIVE.value),
            *method_accepted(AuthorizationRow),
            or_(AuthorizationRow.offline, _SESSION_LIVES),
        )
    )


def _locked(wanted: Select[Any]) -> Select[Any]:
    """The query for a code or refresh token, which it locks, with its live authorization.

    By the authorization's id as well: a planner that knows no figures yet would join all authorizations first.
    """
    found = wanted.with_for_update().cte("wanted_one")
    by_id = AuthorizationRow.id == select(found.c.authorization_id).scalar_subquery()
    return _of_good(*_COLUMNS, *found.c).join(found, found.c.authorization_id == AuthorizationRow.id).where(by_id)


_COLUMNS = (*AUTHORIZATION.columns, *ACCOUNT.columns, *TENANT.columns, ConnectionRow.name)
_GOOD = _of_good(*_COLUMNS, *CLIENT.columns)
_LIVE = _GOOD.where(AuthorizationRow.id == bindparam("wanted"))
_STANDS = select(SigningKeyRow.kid).where(
    SigningKeyRow.kid == bindparam("key"),
    or_(SigningKeyRow.expires_at.is_(None), SigningKeyRow.expires_at > bindparam("now")),
    ~exists().where(RevokedTokenRow.jti == bindparam("jti")),
)
_OF_ACCESS_TOKEN = _LIVE.where(_STANDS.exists())
_OF_ACCOUNT = _GOOD.where(
    AuthorizationRow.tenant_id == bindparam("tenant"), AuthorizationRow.account_id == bindparam("wanted")
).order_by(AuthorizationRow.created_at.desc(), AuthorizationRow.id)
_COUNT_LIVE = _of_good(func.count()).where(
    AuthorizationRow.tenant_id == bindparam("tenant"),
    AuthorizationRow.method == bindparam("born_of"),
    AuthorizationRow.offline,
)
_COUNT_LIVE_BY_METHOD = (
    _of_good(AuthorizationRow.method, func.count())
    .where(AuthorizationRow.tenant_id == bindparam("tenant"), AuthorizationRow.offline)
    .group_by(AuthorizationRow.method)
)
_ADD = insert(AuthorizationRow)
_USED = update(AuthorizationRow).where(AuthorizationRow.id == bindparam("wanted")).values(last_used_at=bindparam("at"))
_END = update(AuthorizationRow).where(AuthorizationRow.ended_at.is_(None)).values(ended_at=bindparam("at"))
_END_ONE = _END.where(AuthorizationRow.id == bindparam("wanted"))
_END_OF_CLIENT = _END.where(AuthorizationRow.client_id == bindparam("of_client"))
_END_OF_CONNECTION = _END.where(
    AuthorizationRow.tenant_id == bindparam("tenant"), AuthorizationRow.connection_id == bindparam("wanted")
)
_BORN_OF = AuthorizationRow.method == bindparam("born_of")
_END_OF_TENANT = _END.where(AuthorizationRow.tenant_id == bindparam("tenant"))
_END_OF_TENANT_AND_METHOD = _END_OF_TENANT.where(_BORN_OF)
_END_OF_ACCOUNT = _END.where(
    AuthorizationRow.tenant_id == bindparam("tenant"), AuthorizationRow.account_id == bindparam("wanted")
)
_END_OF_ACCOUNT_AND_CLIENT = _END_OF_ACCOUNT.where(AuthorizationRow.client_id == bindparam("of_client"))
_END_OF_ACCOUNT_AND_METHOD = _END_OF_ACCOUNT.where(_BORN_OF)

_ADD_CODE = insert(AuthorizationCodeRow)
_OF_CODE = _locked(select(*CODE.columns).where(AuthorizationCodeRow.code_hash == bindparam("wanted")))
_USE_CODE = (
    update(AuthorizationCodeRow)
    .where(AuthorizationCodeRow.code_hash == bindparam("wanted"), AuthorizationCodeRow.used_at.is_(None))
    .values(used_at=bindparam("at"))
)
_ADD_REFRESH_TOKEN = insert(RefreshTokenRow)
_REFRESH_TOKEN = select(*REFRESH_TOKEN.columns).where(RefreshTokenRow.token_hash == bindparam("wanted"))
_OF_REFRESH_TOKEN = _locked(_REFRESH_TOKEN)
_USE_REFRESH_TOKEN = (
    update(RefreshTokenRow)
    .where(RefreshTokenRow.token_hash == bindparam("wanted"), RefreshTokenRow.used_at.is_(None))
    .values(used_at=bindparam("at"))
)
_LATER = RefreshTokenRow.__table__.alias().c
_RETRY_REFRESH_TOKEN = (
    update(RefreshTokenRow)
    .where(
        RefreshTokenRow.token_hash == bindparam("wanted"),
        RefreshTokenRow.used_at.is_not(None),
        RefreshTokenRow.retried_at.is_(None),
        ~exists().where(
            _LATER.authorization_id == RefreshTokenRow.authorization_id, _LATER.used_at > RefreshTokenRow.used_at
        ),
    )
    .values(retried_at=bindparam("at"))
    .returning(RefreshTokenRow.authorization_id)
)
_SUPERSEDE = (
    update(RefreshTokenRow)
    .where(RefreshTokenRow.authorization_id == bindparam("family"), RefreshTokenRow.used_at.is_(None))
    .values(used_at=bindparam("at"), retried_at=bindparam("at"))
)
_REVOKE = insert_once(RevokedTokenRow)


def _authorized(row: Sequence[Any], client: Client | None = None) -> Authorized:
    """From the values of `_COLUMNS`, and those of its client, unless that has been read already."""
    return Authorized(
        authorization=AUTHORIZATION.to_domain(row[:_ACCOUNT]),
        account=ACCOUNT.to_domain(row[_ACCOUNT:_TENANT]),
        tenant=TENANT.to_domain(row[_TENANT:_CONNECTION]),
        client=client or CLIENT.to_domain(row[_MORE:]),
        connection=row[_CONNECTION],
    )


def _is_of(row: Sequence[Any], client: Client) -> bool:
    """Not a condition of the query: a planner that knows no figures yet would begin with all of the client's."""
    return bool(row[_CLIENT_ID] == client.client_id)


@dataclass(frozen=True, slots=True)
class SqlAuthorizations:
    """The port `Authorizations`."""

    sql: Executor

    def add(self, authorization: Authorization) -> None:
        stored = AUTHORIZATION.from_domain(authorization)
        self.sql.send(_ADD, **stored, offline=authorization.offline)

    def live(self, authorization_id: AuthorizationId, *, now: float) -> Authorized | None:
        if not storable(authorization_id):
            return None
        return self.sql.first(_LIVE, _authorized, wanted=authorization_id, now=now)

    def of_access_token(
        self, authorization_id: AuthorizationId, *, jti: str, kid: str, now: float
    ) -> Authorized | None:
        if not storable(authorization_id):
            return None
        return self.sql.first(_OF_ACCESS_TOKEN, _authorized, wanted=authorization_id, jti=jti, key=kid, now=now)

    def used(self, authorization_id: AuthorizationId, *, at: float) -> None:
        self.sql.send(_USED, wanted=authorization_id, at=at)

    def end(self, authorization_id: AuthorizationId, *, at: float) -> bool:
        return self.sql.changed(_END_ONE, wanted=authorization_id, at=at) > 0

    def end_of_account(
        self,
        tenant_id: TenantId,
        account_id: AccountId,
        *,
        at: float,
        client_id: ClientId | None = None,
        method: Method | None = None,
    ) -> int:
        wanted = {"tenant": tenant_id, "wanted": account_id, "at": at}
        if client_id is not None:
            return self.sql.changed(_END_OF_ACCOUNT_AND_CLIENT, **wanted, of_client=client_id)
        if method is not None:
            return self.sql.changed(_END_OF_ACCOUNT_AND_METHOD, **wanted, born_of=method.value)
        return self.sql.changed(_END_OF_ACCOUNT, **wanted)

    def end_of_client(self, client_id: ClientId, *, at: float) -> int:
        return self.sql.changed(_END_OF_CLIENT, of_client=client_id, at=at)

    def end_of_connection(self, tenant_id: TenantId, connection_id: ConnectionId, *, at: float) -> int:
        return self.sql.changed(_END_OF_CONNECTION, tenant=tenant_id, wanted=connection_id, at=at)

    def end_of_tenant(self, tenant_id: TenantId, *, at: float, method: Method | None = None) -> int:
        if method is None:
            return self.sql.changed(_END_OF_TENANT, tenant=tenant_id, at=at)
        return self.sql.changed(_END_OF_TENANT_AND_METHOD, tenant=tenant_id, born_of=method.value, at=at)

    def of_account(self, tenant_id: TenantId, account_id: AccountId, *, now: float) -> Sequence[Authorized]:
        if not storable(account_id):
            return []
        return self.sql.all(_OF_ACCOUNT, _authorized, tenant=tenant_id, wanted=account_id, now=now)

    def count_live(self, tenant_id: TenantId, *, now: float, method: Method) -> int:
        return int(self.sql.value(_COUNT_LIVE, tenant=tenant_id, born_of=method.value, now=now))

    def count_live_by_method(self, tenant_id: TenantId, *, now: float) -> Mapping[Method, int]:
        counted = dict(self.sql.all(_COUNT_LIVE_BY_METHOD, tuple, tenant=tenant_id, now=now))
        return {method: int(counted.get(method.value, 0)) for method in Method}

    def add_code(self, code: AuthorizationCode) -> None:
        self.sql.send(_ADD_CODE, **CODE.from_domain(code))

    def of_code(
        self, code_hash: TokenHash, client: Client, *, now: float
    ) -> tuple[AuthorizationCode, Authorized] | None:
        row = self.sql.first(_OF_CODE, tuple, wanted=code_hash, now=now)
        if row is None or not _is_of(row, client):
            return None
        return CODE.to_domain(row[_MORE:]), _authorized(row, client)

    def use_code(self, code_hash: TokenHash, *, at: float) -> None:
        self.sql.send(_USE_CODE, wanted=code_hash, at=at)

    def add_refresh_token(self, token: RefreshToken) -> None:
        self.sql.send(_ADD_REFRESH_TOKEN, **REFRESH_TOKEN.from_domain(token))

    def refresh_token(self, token: TokenHash) -> RefreshToken | None:
        return self.sql.first(_REFRESH_TOKEN, REFRESH_TOKEN.to_domain, wanted=token)

    def of_refresh_token(
        self, token: TokenHash, client: Client, *, now: float
    ) -> tuple[RefreshToken, Authorized] | None:
        row = self.sql.first(_OF_REFRESH_TOKEN, tuple, wanted=token, now=now)
        if row is None or not _is_of(row, client):
            return None
        return REFRESH_TOKEN.to_domain(row[_MORE:]), _authorized(row, client)

    def use_refresh_token(self, token: TokenHash, *, at: float) -> None:
        self.sql.send(_USE_REFRESH_TOKEN, wanted=token, at=at)

    def retry_refresh_token(self, token: TokenHash, *, at: float) -> bool:
        family = self.sql.first(_RETRY_REFRESH_TOKEN, first_column, wanted=token, at=at)
        # None to take the place of: whoever used it at this very moment was faster.
        return family is not None and self.sql.changed(_SUPERSEDE, family=family, at=at) > 0

    def revoke_access_token(self, jti: str, *, expires_at: float) -> None:
        self.sql.send(_REVOKE, jti=jti, expires_at=expires_at)

    def access_token_stands(self, jti: str, *, kid: str, now: float) -> bool:
        return self.sql.value(_STANDS, jti=jti, key=kid, now=now) is not None
