"""How attempts end that are not logins: a test, a check of the own account, a confirmation (docs/rules.md, rule 4)."""

from dataclasses import dataclass

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.connections.connection import Connection, MatchBy, Protocol
from app.domain.errors import SsoError
from app.domain.login.login_attempt import LoginAttempt, Purpose
from app.domain.login.received_claims import ReceivedClaims
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.error_words import NOT_BY_THIS_SESSION
from app.domain.sessions.session import SessionId, SignedIn, session_id
from app.domain.sessions.visitor import Visitor
from app.domain.tenants.login_policy import Method
from app.domain.tenants.step_up import AFRESH, NOTHING_MORE, StepUp
from app.domain.tenants.tenant import STAFF, Status, TenantId
from app.domain.text import Text
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.accounts.matching import MatchResult, accounts_with
from app.services.sessions.sessions import Opened, SessionService
from app.services.traces.traces import TraceLog

MAY_TEST = (Role.TENANT_ADMIN, Role.OPERATOR)
"""Each in their own tenant; the vendor's own tenant has operators. Its staff test any other tenant's connection."""


@dataclass(frozen=True, slots=True)
class WouldOpen:
    """An account that a login would open or offer. `linked`: this sign-in has opened it before."""

    username: str
    name: str
    linked: bool


@dataclass(frozen=True, slots=True)
class NotOffered:
    """An account that has the match value as well. If it is not disabled, it is linked to another sign-in."""

    username: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class ConnectionCheck:
    """The result of an attempt that opens no session."""

    purpose: Purpose
    connection: str
    match_by: MatchBy
    match_value: str
    accounts: tuple[WouldOpen, ...]
    """At least one, but for the test of a draft, which may come before the accounts."""
    others: tuple[NotOffered, ...]
    own: bool | None
    """Whether the account that started the check is among them; None if it is one of the vendor's staff."""
    reference: str
    return_to: str
    received: ReceivedClaims
    looked_up: bool = True
    """False for whoever may not learn who has an account: then `accounts` and `others` are empty."""


@dataclass(frozen=True, slots=True)
class ConnectionCheckService:
    """The person who starts one must still be signed in at the end, in the same browser. Raises SsoError otherwise."""

    database: Database
    sessions: SessionService
    clock: Clock

    def may_start(
        self, purpose: Purpose, started_by: SignedIn | None, connection: Connection, *, client_ip: str
    ) -> SessionId | None:
        """The session that an attempt of this purpose is bound to.

        Nobody needs to be signed in to start a login: its session, if any, is the one that the person agreed to leave.
        """
        if purpose is Purpose.LOGIN:
            return started_by.session.id if started_by else None
        return _entitled(purpose, started_by, connection, client_ip=client_ip).session.id

    def require_starter(
        self, attempt: LoginAttempt, connection: Connection, *, cookie: str | None, client_ip: str
    ) -> None:
        """Before any request to the provider: the session that started the attempt must still be in this browser.

        A login must not replace another tenant's session unless its person has agreed.
        """
        if attempt.purpose is not Purpose.LOGIN:
            with self.database.read() as work:
                self._starter(work, attempt, connection, cookie=cookie, client_ip=client_ip)
        elif cookie and session_id(cookie) != attempt.session:
            with self.database.read() as work:
                there = work.sessions.live(session_id(cookie), now=self.clock.now())
            if there is not None and there.tenant.id != attempt.tenant_id:
                raise SsoError(ReasonCode.SIGNED_IN_ELSEWHERE)

    def finish(self, work: Work, whom: MatchResult, visitor: Visitor, log: TraceLog) -> ConnectionCheck | Opened:
        """Call within a transaction that holds the tenant and in which `whom` was matched."""
        connection, attempt = whom.origin.connection, whom.origin.attempt
        starter = self._starter(work, attempt, connection, cookie=visitor.session, client_ip=visitor.client_ip)
        log.facts["candidates"] = len(whom.accounts)
        log.account_id = starter.account.id
        own = any(account.id == starter.account.id for account in whom.accounts)
        by_staff = starter.tenant.id != connection.tenant_id
        if not by_staff:
            log.facts["own_account"] = own
        if not own and attempt.purpose is not Purpose.TEST:
            raise SsoError(ReasonCode.ANOTHER_ACCOUNT)
        now = self.clock.now()
        if attempt.purpose is Purpose.REAUTH:
            ended: ConnectionCheck | Opened = self._confirmed(work, starter, whom, client_ip=visitor.client_ip)
        else:
            others = not_offered(work, whom) if attempt.purpose is Purpose.TEST else ()
            ended = _proof(whom, others, own=None if by_staff else own, received=log.claims or ReceivedClaims())
        if own:
            work.accounts.proven(starter.tenant.id, starter.account.id, at=now)
        if attempt.purpose is Purpose.TEST or not connection.tested:
            work.connections.mark_tested(connection, at=now)
        work.traces.add(log.finished())
        return ended

    def _confirmed(self, work: Work, starter: SignedIn, whom: MatchResult, *, client_ip: str) -> Opened:
        """The same account is not enough: if several people share it, each has an identity of their own."""
        identity, return_to = whom.origin.identity, whom.origin.attempt.return_to
        if identity is None or identity.id != starter.session.identity_id:
            raise SsoError(ReasonCode.ANOTHER_ACCOUNT)
        return self.sessions.confirm(work, starter, client_ip=client_ip, return_to=return_to, origin=whom.origin)

    def _starter(
        self, work: Work, attempt: LoginAttempt, connection: Connection, *, cookie: str | None, client_ip: str
    ) -> SignedIn:
        if not cookie or session_id(cookie) != attempt.session:
            raise SsoError(
                ReasonCode.SESSION_CHANGED, error=Text("the browser came back without the session that started it")
            )
        live = work.sessions.live(session_id(cookie), now=self.clock.now())
        return _entitled(attempt.purpose, live, connection, client_ip=client_ip)


def step_up_of(purpose: Purpose, connection: Connection) -> StepUp:
    """What an attempt of this purpose requires beyond a login. Plain OAuth 2.0 servers can be asked for nothing."""
    if purpose is Purpose.REAUTH and connection.provider.protocol is Protocol.OIDC:
        return AFRESH
    return NOTHING_MORE


def may_test(signed_in: SignedIn, tenant_id: TenantId | None) -> bool:
    """Whether someone may test the connections of this tenant, and so see what a test tells about it."""
    roles = set(signed_in.account.roles)
    if signed_in.tenant.id == tenant_id:
        return bool(set(MAY_TEST) & roles)
    return signed_in.tenant.slug == STAFF and bool(set(STAFF_ROLES) & roles)


def require_own_network(signed_in: SignedIn, tenant_id: TenantId, *, client_ip: str) -> None:
    """A tenant's networks are for its own people: the vendor's staff are elsewhere. Raises SsoError."""
    tenant = signed_in.tenant
    if tenant.id == tenant_id and not tenant.security.admits(client_ip):
        expected = ", ".join(tenant.security.networks)
        raise SsoError(ReasonCode.NETWORK_NOT_ALLOWED, received=client_ip, expected=expected)


def _entitled(purpose: Purpose, signed_in: SignedIn | None, connection: Connection, *, client_ip: str) -> SignedIn:
    if signed_in is None:
        raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the session that started it has ended"))
    session = signed_in.session
    if purpose is Purpose.TEST and may_test(signed_in, connection.tenant_id):
        require_own_network(signed_in, connection.tenant_id, client_ip=client_ip)
        return signed_in
    if session.tenant_id != connection.tenant_id:
        raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the session belongs to another tenant"))
    entitled = {
        Purpose.PROVE: session.method is Method.PASSWORD,
        Purpose.REAUTH: session.method is Method.SSO and session.connection_id == connection.id,
    }
    if not entitled.get(purpose, False):
        raise SsoError(ReasonCode.SESSION_CHANGED, error=Text(NOT_BY_THIS_SESSION, purpose=purpose.value))
    return signed_in


def not_offered(work: Work, whom: MatchResult) -> tuple[NotOffered, ...]:
    """Accounts with the match value that this login would not offer."""
    offered = {account.id for account in whom.accounts}
    found = accounts_with(work, whom.origin.connection, whom.origin.match_value)
    return tuple(
        NotOffered(account.username, disabled=account.status is not Status.ACTIVE)
        for account in found
        if account.id not in offered
    )


def would_open(whom: MatchResult) -> tuple[WouldOpen, ...]:
    """The accounts that this login would offer."""
    linked = whom.origin.identity.linked if whom.origin.identity else ()
    return tuple(WouldOpen(one.username, one.name or "", linked=one.id in linked) for one in whom.accounts)


def _proof(
    whom: MatchResult, others: tuple[NotOffered, ...], *, own: bool | None, received: ReceivedClaims
) -> ConnectionCheck:
    origin, attempt = whom.origin, whom.origin.attempt
    return ConnectionCheck(
        purpose=attempt.purpose,
        connection=origin.connection.name,
        match_by=origin.connection.provider.match_by,
        match_value=origin.match_value,
        accounts=would_open(whom),
        others=others,
        own=own,
        reference=attempt.reference,
        return_to=attempt.return_to,
        received=received,
    )
