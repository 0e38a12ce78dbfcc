"""Signed-in periods. Whether one is good is one query, asked with every request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, Select, Update, bindparam, func, insert, or_, select, tuple_, update

from app.adapters.sql.accounts import accounts
from app.adapters.sql.statements import storable
from app.adapters.sql.tables import AccountRow, ConnectionRow, IdentityRow, SessionRow, TenantRow
from app.adapters.sql.tenants import tenants
from app.domain.accounts.account import AccountId, ascii_lower
from app.domain.accounts.identity import IdentityId
from app.domain.connections.connection import ConnectionId
from app.domain.sessions.session import Session, SessionId, SignedIn
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import SessionLimits, Status, TenantId

COLUMNS = (
    SessionRow.id,
    SessionRow.tenant_id,
    SessionRow.account_id,
    SessionRow.method,
    SessionRow.reference,
    SessionRow.auth_time,
    SessionRow.created_at,
    SessionRow.last_seen_at,
    SessionRow.idle_s,
    SessionRow.expires_at,
    SessionRow.password_epoch,
    SessionRow.connection_id,
    SessionRow.identity_id,
    SessionRow.provider_sid,
    SessionRow.id_token,
    SessionRow.end_session_endpoint,
    SessionRow.amr,
    SessionRow.acr,
)
_ACCOUNT = len(COLUMNS)
_TENANT = _ACCOUNT + len(accounts.COLUMNS)


def _of_good(*columns: Any) -> Select[Any]:
    """What is selected of the sessions that are good at `now`."""
    return (
        select(*columns)
        .select_from(SessionRow)
        .join(AccountRow, (AccountRow.tenant_id == SessionRow.tenant_id) & (AccountRow.id == SessionRow.account_id))
        .join(TenantRow, TenantRow.id == SessionRow.tenant_id)
        .outerjoin(ConnectionRow, ConnectionRow.id == SessionRow.connection_id)
        .where(
            SessionRow.ended_at.is_(None),
            SessionRow.expires_at > bindparam("now"),
            SessionRow.last_seen_at + SessionRow.idle_s > bindparam("now"),
            # The tenant's limits as they are now; what a session was born with only ever shortens (Session.within).
            SessionRow.created_at + TenantRow.absolute_s > bindparam("now"),
            SessionRow.last_seen_at + TenantRow.idle_s > bindparam("now"),
            AccountRow.status == Status.ACTIVE.value,
            TenantRow.status == Status.ACTIVE.value,
            or_(SessionRow.connection_id.is_(None), ConnectionRow.status == Status.ACTIVE.value),
            or_(
                SessionRow.method != Method.PASSWORD.value,
                (SessionRow.password_epoch == TenantRow.password_epoch)
                & (TenantRow.policy != LoginPolicy.SSO_ONLY.value),
            ),
            or_(SessionRow.method != Method.SSO.value, TenantRow.policy != LoginPolicy.PASSWORD.value),
        )
    )


_GOOD = _of_good(*COLUMNS, *accounts.COLUMNS, *tenants.COLUMNS, ConnectionRow.name)
_LIVE = _GOOD.where(SessionRow.id == bindparam("wanted"))
_OF_ACCOUNT = _GOOD.where(
    SessionRow.tenant_id == bindparam("tenant"), SessionRow.account_id == bindparam("wanted")
).order_by(SessionRow.last_seen_at.desc(), SessionRow.id)
_OF_TENANT = (
    _GOOD.where(
        # Of the account: along the index of usernames a page is read without sorting all of a tenant's sessions.
        AccountRow.tenant_id == bindparam("tenant"),
        AccountRow.username_key >= bindparam("name"),  # said once more: of a pair, no database takes the first half
        tuple_(AccountRow.username_key, SessionRow.id) > tuple_(bindparam("name"), bindparam("last")),
    )
    .order_by(AccountRow.username_key, SessionRow.id)
    .limit(bindparam("most", type_=Integer))
)
_COUNT_LIVE = _of_good(func.count()).where(
    SessionRow.tenant_id == bindparam("tenant"), SessionRow.method == bindparam("born_of")
)
_TENANT_OF = select(SessionRow.tenant_id).where(SessionRow.id == bindparam("wanted"))
_ADD = insert(SessionRow)
_SEEN = (
    update(SessionRow)
    .where(SessionRow.id == bindparam("wanted"), SessionRow.last_seen_at < bindparam("at"))
    .values(last_seen_at=bindparam("at"))
)
_END = update(SessionRow).where(SessionRow.ended_at.is_(None)).values(ended_at=bindparam("at"))
_END_ONE = _END.where(SessionRow.id == bindparam("wanted"))
_END_OF_TENANT = _END.where(SessionRow.tenant_id == bindparam("tenant"))
_END_OF_METHOD = _END_OF_TENANT.where(SessionRow.method == bindparam("born_of"))
_END_PAST = _END_OF_TENANT.where(
    or_(
        SessionRow.created_at + bindparam("longest_s") <= bindparam("at"),
        SessionRow.last_seen_at + bindparam("longest_idle_s") <= bindparam("at"),
    )
)
_END_OF_ACCOUNT = _END_OF_TENANT.where(SessionRow.account_id == bindparam("wanted"), SessionRow.id != bindparam("but"))
_END_OF_ACCOUNT_AND_METHOD = _END_OF_ACCOUNT.where(SessionRow.method == bindparam("born_of"))
_END_OF_CONNECTION = _END_OF_TENANT.where(SessionRow.connection_id == bindparam("wanted"))
_AT_PROVIDER = select(IdentityRow.id).where(
    IdentityRow.connection_id == bindparam("wanted"), IdentityRow.issuer == bindparam("by")
)
_END_OF_SUBJECT = _END_OF_CONNECTION.where(
    SessionRow.identity_id.in_(_AT_PROVIDER.where(IdentityRow.subject == bindparam("whom")))
)
_END_OF_SID = _END_OF_CONNECTION.where(
    SessionRow.identity_id.in_(_AT_PROVIDER), SessionRow.provider_sid == bindparam("sid")
)
_END_OF_SID_AND_SUBJECT = _END_OF_SUBJECT.where(SessionRow.provider_sid == bindparam("sid"))
_END_OF_IDENTITY = _END_OF_TENANT.where(SessionRow.identity_id == bindparam("wanted"))


def to_domain(values: Sequence[Any]) -> Session:
    """From the values of `COLUMNS`."""
    (
        id_,
        tenant_id,
        account_id,
        method,
        reference,
        auth_time,
        created_at,
        last_seen_at,
        idle_s,
        expires_at,
        password_epoch,
        connection_id,
        identity_id,
        provider_sid,
        id_token,
        end_session_endpoint,
        amr,
        acr,
    ) = values
    return Session(
        id=id_,
        tenant_id=tenant_id,
        account_id=account_id,
        method=Method(method),
        reference=reference,
        auth_time=auth_time,
        created_at=created_at,
        last_seen_at=last_seen_at,
        idle_s=idle_s,
        expires_at=expires_at,
        password_epoch=password_epoch,
        connection_id=connection_id,
        identity_id=identity_id,
        provider_sid=provider_sid,
        id_token=id_token,
        end_session_endpoint=end_session_endpoint,
        amr=tuple(amr),
        acr=acr,
    )


def from_domain(session: Session) -> Mapping[str, object]:
    return {
        "id": session.id,
        "tenant_id": session.tenant_id,
        "account_id": session.account_id,
        "method": session.method.value,
        "reference": session.reference,
        "auth_time": session.auth_time,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "idle_s": session.idle_s,
        "expires_at": session.expires_at,
        "password_epoch": session.password_epoch,
        "connection_id": session.connection_id,
        "identity_id": session.identity_id,
        "provider_sid": session.provider_sid,
        "id_token": session.id_token,
        "end_session_endpoint": session.end_session_endpoint,
        "amr": list(session.amr),
        "acr": session.acr,
        "ended_at": None,
    }


def _signed_in(row: Sequence[Any]) -> SignedIn:
    """From the values of `_GOOD`."""
    tenant = tenants.to_domain(row[_TENANT:-1])
    return SignedIn(
        session=to_domain(row[:_ACCOUNT]).within(tenant.limits),
        account=accounts.to_domain(row[_ACCOUNT:_TENANT]),
        tenant=tenant,
        connection=row[-1],
    )


@dataclass(frozen=True, slots=True)
class SqlSessions:
    """The port `Sessions`."""

    connection: Connection

    def add(self, session: Session) -> None:
        self.connection.execute(_ADD, from_domain(session))

    def live(self, session_id: SessionId, *, now: float) -> SignedIn | None:
        if not storable(session_id):  # a page's address may have anything for one
            return None
        row = self.connection.execute(_LIVE, {"wanted": session_id, "now": now}).first()
        return None if row is None else _signed_in(row)

    def tenant_of(self, session_id: SessionId) -> TenantId | None:
        found = self.connection.execute(_TENANT_OF, {"wanted": session_id}).scalar()
        return None if found is None else TenantId(found)

    def seen(self, session_id: SessionId, *, at: float) -> None:
        self.connection.execute(_SEEN, {"wanted": session_id, "at": at})

    def end(self, session_id: SessionId, *, at: float) -> bool:
        return self._end(_END_ONE, {"wanted": session_id, "at": at}) > 0

    def end_of_account(
        self,
        tenant_id: TenantId,
        account_id: AccountId,
        *,
        at: float,
        method: Method | None = None,
        but: SessionId | None = None,
    ) -> int:
        wanted = {"tenant": tenant_id, "wanted": account_id, "but": but or "", "at": at}
        if method is None:
            return self._end(_END_OF_ACCOUNT, wanted)
        return self._end(_END_OF_ACCOUNT_AND_METHOD, {**wanted, "born_of": method.value})

    def end_of_connection(self, tenant_id: TenantId, connection_id: ConnectionId, *, at: float) -> int:
        return self._end(_END_OF_CONNECTION, {"tenant": tenant_id, "wanted": connection_id, "at": at})

    def end_of_identity(self, tenant_id: TenantId, identity_id: IdentityId, *, at: float) -> int:
        return self._end(_END_OF_IDENTITY, {"tenant": tenant_id, "wanted": identity_id, "at": at})

    def end_at_provider(
        self,
        tenant_id: TenantId,
        connection_id: ConnectionId,
        *,
        issuer: str,
        sid: str | None,
        subject: str | None,
        at: float,
    ) -> int:
        if not all(storable(text) for text in (sid, subject) if text is not None):
            return 0
        wanted = {"tenant": tenant_id, "wanted": connection_id, "by": issuer, "at": at}
        if sid is not None and subject is not None:
            return self._end(_END_OF_SID_AND_SUBJECT, {**wanted, "sid": sid, "whom": subject})
        if sid is not None:
            return self._end(_END_OF_SID, {**wanted, "sid": sid})
        if subject is not None:
            return self._end(_END_OF_SUBJECT, {**wanted, "whom": subject})
        return 0

    def end_of_tenant(self, tenant_id: TenantId, *, at: float, method: Method | None = None) -> int:
        if method is None:
            return self._end(_END_OF_TENANT, {"tenant": tenant_id, "at": at})
        return self._end(_END_OF_METHOD, {"tenant": tenant_id, "born_of": method.value, "at": at})

    def end_past(self, tenant_id: TenantId, limits: SessionLimits, *, at: float) -> int:
        wanted = {"tenant": tenant_id, "longest_idle_s": limits.idle_s, "longest_s": limits.absolute_s, "at": at}
        return self._end(_END_PAST, wanted)

    def of_account(self, tenant_id: TenantId, account_id: AccountId, *, now: float) -> Sequence[SignedIn]:
        if not storable(account_id):
            return []
        rows = self.connection.execute(_OF_ACCOUNT, {"tenant": tenant_id, "wanted": account_id, "now": now})
        return [_signed_in(row) for row in rows]

    def of_tenant(
        self, tenant_id: TenantId, *, now: float, most: int, after: tuple[str, SessionId] | None = None
    ) -> Sequence[SignedIn]:
        username, last = after or ("", SessionId(""))
        if not storable(username) or not storable(last):
            return []
        wanted = {"tenant": tenant_id, "name": ascii_lower(username), "last": last, "now": now, "most": most}
        return [_signed_in(row) for row in self.connection.execute(_OF_TENANT, wanted)]

    def count_live(self, tenant_id: TenantId, *, now: float, method: Method) -> int:
        wanted = {"tenant": tenant_id, "born_of": method.value, "now": now}
        return int(self.connection.execute(_COUNT_LIVE, wanted).scalar_one())

    def _end(self, query: Update, parameters: Mapping[str, object]) -> int:
        return self.connection.execute(query, parameters).rowcount
