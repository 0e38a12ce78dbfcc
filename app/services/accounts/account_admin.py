"""One person's account as others look after it: a look at it, and its sessions."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account, AccountId
from app.domain.audit.audit import Actor, named
from app.domain.errors import Detail, NotFound
from app.domain.passwords.second_factor import SecondFactor
from app.domain.sessions.session import SessionId, SignedIn
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.tenants.named import account_of, locked_tenant, tenant_named

PAGE = 50
SESSIONS_ENDED = "sessions.ended"


@dataclass(frozen=True, slots=True)
class SessionPage:
    """`live` is their total number."""

    tenant: Tenant
    sessions: Sequence[SignedIn]
    live: int
    next_after: tuple[str, SessionId] | None


@dataclass(frozen=True, slots=True)
class AccountAtAGlance:
    """Whether there is a password; never the password itself."""

    tenant: Tenant
    account: Account
    has_password: bool
    second_factor: SecondFactor | None
    sessions: Sequence[SignedIn]


@dataclass(frozen=True, slots=True)
class AccountAdmin:
    """By the tenant's slug first: other tenants' accounts and sessions do not exist here. Raises NotFound."""

    database: Database
    audit: AuditService
    clock: Clock

    def one(self, slug: str, account_id: AccountId) -> AccountAtAGlance:
        with self.database.read() as work:
            tenant = tenant_named(work, slug)
            account = account_of(work, tenant, account_id)
            return AccountAtAGlance(
                tenant=tenant,
                account=account,
                has_password=work.accounts.password_hash(tenant.id, account.id) is not None,
                second_factor=work.second_factors.get(tenant.id, account.id),
                sessions=work.sessions.of_account(tenant.id, account.id, now=self.clock.now()),
            )

    def sessions(self, slug: str, *, after: tuple[str, SessionId] | None = None) -> SessionPage:
        """A page of a tenant's live sessions."""
        now = self.clock.now()
        with self.database.read() as work:
            tenant = tenant_named(work, slug)
            found = work.sessions.of_tenant(tenant.id, now=now, most=PAGE + 1, after=after)
            live = _live(work, tenant, now)
        shown = found[:PAGE]
        last = (shown[-1].account.username, shown[-1].session.id) if len(found) > PAGE else None
        return SessionPage(tenant, shown, live=live, next_after=last)

    def session(self, slug: str, session_id: SessionId) -> SignedIn:
        """A live session of the tenant."""
        with self.database.read() as work:
            return self._session(work, tenant_named(work, slug), session_id)

    def end_session(self, slug: str, session_id: SessionId, *, by: Actor) -> None:
        """End one live session."""
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            live = self._session(work, tenant, session_id)
            if not work.sessions.end(session_id, at=self.clock.now()):
                raise NotFound("session", session_id)
            self._record_ended(work, tenant, named(tenant, live.account), 1, by=by)

    def end_of_account(self, slug: str, account_id: AccountId, *, by: Actor) -> int:
        """End all of them, and sign apps out. Returns how many there were; if there was nothing, records nothing."""
        now = self.clock.now()
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            account = account_of(work, tenant, account_id)
            ended = len(work.sessions.of_account(tenant.id, account.id, now=now))
            apps = len(work.authorizations.of_account(tenant.id, account.id, now=now))
            if ended or apps:
                work.sessions.end_of_account(tenant.id, account.id, at=now)
                work.authorizations.end_of_account(tenant.id, account.id, at=now)
                self._record_ended(work, tenant, named(tenant, account), ended, apps=apps, by=by)
        return ended

    def end_of_tenant(self, slug: str, *, by: Actor) -> int:
        """End all sessions of the tenant, and sign apps out. Returns how many sessions there were.

        If there was nothing to end, nothing is recorded.
        """
        now = self.clock.now()
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            ended = _live(work, tenant, now)
            apps = sum(work.authorizations.count_live(tenant.id, now=now, method=method) for method in Method)
            if ended or apps:
                work.sessions.end_of_tenant(tenant.id, at=now)
                work.authorizations.end_of_tenant(tenant.id, at=now)
                self._record_ended(work, tenant, tenant.slug, ended, apps=apps, by=by)
        return ended

    def _session(self, work: Work, tenant: Tenant, session_id: SessionId) -> SignedIn:
        live = work.sessions.live(session_id, now=self.clock.now())
        if live is None or live.tenant.id != tenant.id:
            raise NotFound("session", session_id)
        return live

    def _record_ended(self, work: Work, tenant: Tenant, subject: str, ended: int, *, by: Actor, apps: int = 0) -> None:
        after: dict[str, Detail] = {"ended": ended, **({"apps_ended": apps} if apps else {})}
        entry = by.did(SESSIONS_ENDED, subject, tenant_id=tenant.id, at=self.clock.now(), after=after)
        self.audit.record(work, entry)


def _live(work: Work, tenant: Tenant, now: float) -> int:
    return sum(work.sessions.count_live(tenant.id, now=now, method=method) for method in Method)
