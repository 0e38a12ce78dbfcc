"""Sessions. Whether one is live takes one query, run with every request."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, insert, or_, select, tuple_, update

from app.adapters.sql.accounts.accounts import ACCOUNT
from app.adapters.sql.executor import Executor, Query, first_column
from app.adapters.sql.live import logout_key, method_accepted, within_limits
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.sessions.ended import Ending
from app.adapters.sql.statements import among, storable, upsert
from app.adapters.sql.tables import AccountRow, ConnectionRow, IdentityRow, ProviderLogoutRow, SessionRow, TenantRow
from app.adapters.sql.tenants.tenants import TENANT
from app.domain.accounts.account import AccountId, ascii_lower
from app.domain.accounts.identity import IdentityId
from app.domain.connections.connection import ConnectionId
from app.domain.sessions.session import Session, SessionId, SessionSummary, SignedIn
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import SessionLimits, Status, TenantId

SESSION = RowMapper(Session, SessionRow, as_text=("amr",))
_ACCOUNT = len(SESSION.columns)
_TENANT = _ACCOUNT + len(ACCOUNT.columns)
_METHODS = {method.value: method for method in Method}
"""Calling the enumeration with each request costs more."""


def _of_good(*columns: Any) -> Select[Any]:
    """The query for the sessions that are live at `now`."""
    return (
        select(*columns)
        .select_from(SessionRow)
        .join(AccountRow, (AccountRow.tenant_id == SessionRow.tenant_id) & (AccountRow.id == SessionRow.account_id))
        .join(TenantRow, TenantRow.id == SessionRow.tenant_id)
        .outerjoin(ConnectionRow, ConnectionRow.id == SessionRow.connection_id)
        .where(
            *within_limits(),
            AccountRow.status == Status.ACTIVE.value,
            TenantRow.status == Status.ACTIVE.value,
            or_(SessionRow.connection_id.is_(None), ConnectionRow.status == Status.ACTIVE.value),
            *method_accepted(SessionRow),
        )
    )


_GOOD = _of_good(*SESSION.columns, *ACCOUNT.columns, *TENANT.columns, ConnectionRow.name)
_LIVE = _GOOD.where(SessionRow.id == bindparam("wanted"))
SUMMARY = _of_good(
    SessionRow.id,
    SessionRow.reference,
    SessionRow.method,
    SessionRow.auth_time,
    SessionRow.last_seen_at,
    SessionRow.expires_at,
    SessionRow.created_at,
    SessionRow.idle_s,
    TenantRow.absolute_s,
    TenantRow.idle_s,
    AccountRow.id,
    AccountRow.username,
    AccountRow.email,
    AccountRow.name,
    AccountRow.roles,
    TenantRow.slug,
    ConnectionRow.name,
).where(SessionRow.id == bindparam("wanted"))
_OF_ACCOUNT = _GOOD.where(
    SessionRow.tenant_id == bindparam("tenant"), SessionRow.account_id == bindparam("wanted")
).order_by(SessionRow.last_seen_at.desc(), SessionRow.id)
_OF_TENANT = (
    _GOOD.where(
        # By the account's columns: a page follows the index of usernames, without sorting all of a tenant's sessions.
        AccountRow.tenant_id == bindparam("tenant"),
        AccountRow.username_key >= bindparam("name"),  # repeated, because no database uses the first half of a pair
        tuple_(AccountRow.username_key, SessionRow.id) > tuple_(bindparam("name"), bindparam("last")),
    )
    .order_by(AccountRow.username_key, SessionRow.id)
    .limit(bindparam("most", type_=Integer))
)
_COUNT_LIVE = _of_good(func.count()).where(
    SessionRow.tenant_id == bindparam("tenant"), SessionRow.method == bindparam("born_of")
)
_TENANT_OF = select(SessionRow.tenant_id).where(SessionRow.id == bindparam("wanted"))
_HOLD = select(TenantRow.id).where(TenantRow.id == bindparam("tenant")).with_for_update(read=True)
_ADD = insert(SessionRow)
_SEEN_BEFORE = (
    select(SessionRow.id)
    .where(among(SessionRow.id, "wanted"), SessionRow.last_seen_at < bindparam("at"), SessionRow.ended_at.is_(None))
    .with_for_update(skip_locked=True, key_share=True)  # waits for nobody: two lists in another order cannot deadlock
)
_SEEN = update(SessionRow).where(SessionRow.id.in_(_SEEN_BEFORE)).values(last_seen_at=bindparam("at"))
_END_ONE = Ending.of(SessionRow.id == bindparam("wanted"))
_GOES_ON = _END_ONE.end
_OF_TENANT_HERE = SessionRow.tenant_id == bindparam("tenant")
_END_OF_TENANT = Ending.of(_OF_TENANT_HERE)
_END_OF_METHOD = Ending.of(_OF_TENANT_HERE, SessionRow.method == bindparam("born_of"))
_END_PAST = Ending.of(
    _OF_TENANT_HERE,
    or_(
        SessionRow.created_at + bindparam("longest_s") <= bindparam("at"),
        SessionRow.last_seen_at + bindparam("longest_idle_s") <= bindparam("at"),
    ),
)
_OF_ACCOUNT_HERE = (_OF_TENANT_HERE, SessionRow.account_id == bindparam("wanted"), SessionRow.id != bindparam("but"))
_END_OF_ACCOUNT = Ending.of(*_OF_ACCOUNT_HERE)
_END_OF_ACCOUNT_AND_METHOD = Ending.of(*_OF_ACCOUNT_HERE, SessionRow.method == bindparam("born_of"))
_OF_CONNECTION_HERE = (_OF_TENANT_HERE, SessionRow.connection_id == bindparam("wanted"))
_END_OF_CONNECTION = Ending.of(*_OF_CONNECTION_HERE)
_AT_PROVIDER = select(IdentityRow.id).where(
    IdentityRow.connection_id == bindparam("wanted"), IdentityRow.issuer == bindparam("by")
)
_OF_SUBJECT = SessionRow.identity_id.in_(_AT_PROVIDER.where(IdentityRow.subject == bindparam("whom")))
_OF_SID = SessionRow.provider_sid == bindparam("sid")
_END_OF_SUBJECT = Ending.of(*_OF_CONNECTION_HERE, _OF_SUBJECT)
_END_OF_SID = Ending.of(*_OF_CONNECTION_HERE, SessionRow.identity_id.in_(_AT_PROVIDER), _OF_SID)
_END_OF_SID_AND_SUBJECT = Ending.of(*_OF_CONNECTION_HERE, _OF_SUBJECT, _OF_SID)
_END_OF_IDENTITY = Ending.of(_OF_TENANT_HERE, SessionRow.identity_id == bindparam("wanted"))
_REMEMBER_LOGOUT = upsert(ProviderLogoutRow, on=["id"])


def _signed_in(row: Sequence[Any]) -> SignedIn:
    """From the values of `_GOOD`."""
    tenant = TENANT.to_domain(row[_TENANT:-1])
    return SignedIn(
        session=SESSION.to_domain(row[:_ACCOUNT]).within(tenant.limits),
        account=ACCOUNT.to_domain(row[_ACCOUNT:_TENANT]),
        tenant=tenant,
        connection=row[-1],
    )


def summary_of(row: Sequence[Any]) -> SessionSummary:
    """From the values of `SUMMARY`, for whatever asks for it."""
    (key, reference, method, auth_time, last_seen_at, expires_at, created_at, idle_s, absolute_s, tenant_idle_s) = row[
        :10
    ]
    (account_id, username, email, name, roles, tenant, connection) = row[10:]
    ends_at = min(expires_at, created_at + absolute_s, last_seen_at + min(idle_s, tenant_idle_s))
    return SessionSummary(
        id=key,
        reference=reference,
        method=_METHODS[method],
        auth_time=auth_time,
        last_seen_at=last_seen_at,
        expires_at=ends_at,
        account_id=account_id,
        username=username,
        email=email,
        name=name,
        roles=tuple(roles),
        tenant=tenant,
        connection=connection,
    )


@dataclass(frozen=True, slots=True)
class SqlSessions:
    """The port `Sessions`."""

    sql: Executor

    def add(self, session: Session) -> None:
        self.sql.send(_ADD, **SESSION.from_domain(session))

    def live(self, session_id: SessionId, *, now: float) -> SignedIn | None:
        if not storable(session_id):  # a URL may hold anything in its place
            return None
        return self.sql.first(_LIVE, _signed_in, wanted=session_id, now=now)

    def summary(self, session_id: SessionId, *, now: float) -> SessionSummary | None:
        return self.sql.first(SUMMARY, summary_of, wanted=session_id, now=now) if storable(session_id) else None

    def live_once_held(self, tenant_id: TenantId, session_id: SessionId, *, now: float) -> bool:
        # One after the other, not as one query: who had to wait for the tenant sees what was committed meanwhile.
        _, live = self.sql.together(
            Query(_HOLD, first_column, {"tenant": tenant_id}),
            Query(SUMMARY, first_column, {"wanted": session_id, "now": now}),
        )
        return bool(live)

    def tenant_of(self, session_id: SessionId) -> TenantId | None:
        found: TenantId | None = self.sql.value(_TENANT_OF, wanted=session_id)
        return found

    def seen(self, session_ids: Collection[SessionId], *, at: float) -> None:
        self.sql.send(_SEEN, wanted=list(session_ids), at=at)

    def end(self, session_id: SessionId, *, at: float, goes_on: bool = False) -> bool:
        if goes_on:
            return self.sql.changed(_GOES_ON, wanted=session_id, at=at) > 0
        return _END_ONE.run(self.sql, wanted=session_id, at=at) > 0

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
            return _END_OF_ACCOUNT.run(self.sql, **wanted)
        return _END_OF_ACCOUNT_AND_METHOD.run(self.sql, **wanted, born_of=method.value)

    def end_of_connection(self, tenant_id: TenantId, connection_id: ConnectionId, *, at: float) -> int:
        return _END_OF_CONNECTION.run(self.sql, tenant=tenant_id, wanted=connection_id, at=at)

    def end_of_identity(self, tenant_id: TenantId, identity_id: IdentityId, *, at: float) -> int:
        return _END_OF_IDENTITY.run(self.sql, tenant=tenant_id, wanted=identity_id, at=at)

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
            return _END_OF_SID_AND_SUBJECT.run(self.sql, **wanted, sid=sid, whom=subject)
        if sid is not None:
            return _END_OF_SID.run(self.sql, **wanted, sid=sid)
        if subject is not None:
            return _END_OF_SUBJECT.run(self.sql, **wanted, whom=subject)
        return 0

    def end_of_tenant(self, tenant_id: TenantId, *, at: float, method: Method | None = None) -> int:
        if method is None:
            return _END_OF_TENANT.run(self.sql, tenant=tenant_id, at=at)
        return _END_OF_METHOD.run(self.sql, tenant=tenant_id, born_of=method.value, at=at)

    def end_past(self, tenant_id: TenantId, limits: SessionLimits, *, at: float) -> int:
        longest = {"longest_idle_s": limits.idle_s, "longest_s": limits.absolute_s}
        return _END_PAST.run(self.sql, tenant=tenant_id, **longest, at=at)

    def of_account(self, tenant_id: TenantId, account_id: AccountId, *, now: float) -> Sequence[SignedIn]:
        if not storable(account_id):
            return []
        return self.sql.all(_OF_ACCOUNT, _signed_in, tenant=tenant_id, wanted=account_id, now=now)

    def of_tenant(
        self, tenant_id: TenantId, *, now: float, most: int, after: tuple[str, SessionId] | None = None
    ) -> Sequence[SignedIn]:
        username, last = after or ("", SessionId(""))
        if not storable(username) or not storable(last):
            return []
        page = {"name": ascii_lower(username), "last": last, "most": most}
        return self.sql.all(_OF_TENANT, _signed_in, tenant=tenant_id, now=now, **page)

    def count_live(self, tenant_id: TenantId, *, now: float, method: Method) -> int:
        return int(self.sql.value(_COUNT_LIVE, tenant=tenant_id, born_of=method.value, now=now))

    def remember_logout(
        self,
        connection_id: ConnectionId,
        *,
        issuer: str,
        sid: str | None,
        subject: str | None,
        at: float,
        expires_at: float,
    ) -> None:
        key = logout_key(connection_id, issuer, sid, subject)
        self.sql.changed(_REMEMBER_LOGOUT, id=key, at=at, expires_at=expires_at)
