"""One person's login, as support sees it when they call: found, looked at, switched off and on, signed out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.accounts.account import Account, AccountId
from app.domain.audit.audit import AuditEntry, named
from app.domain.errors import Detail, NotFound
from app.domain.passwords.second_factor import SecondFactor
from app.domain.sessions.session import SessionId, SignedIn
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status, Tenant
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.tenants.named import account_of, locked_tenant, tenant_named

PAGE = 50
SESSIONS_ENDED = "sessions.ended"


@dataclass(frozen=True, slots=True)
class AccountPage:
    """`next_after` is where the next page begins; None where this is the last."""

    tenant: Tenant
    accounts: Sequence[Account]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class SessionPage:
    """`live` is how many there are in all."""

    tenant: Tenant
    sessions: Sequence[SignedIn]
    live: int
    next_after: tuple[str, SessionId] | None


@dataclass(frozen=True, slots=True)
class AccountAtAGlance:
    """Whether there is a password, never the password."""

    tenant: Tenant
    account: Account
    has_password: bool
    second_factor: SecondFactor | None
    sessions: Sequence[SignedIn]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, from where and why: as the audit writes it."""

    name: str
    client_ip: str
    reason: str


@dataclass(frozen=True, slots=True)
class AccountAdmin:
    """By the tenant's slug first: an account or a session of another tenant is as good as absent. Raises NotFound."""

    database: Database
    audit: AuditService
    clock: Clock

    def search(self, slug: str, query: str, *, after: str = "") -> AccountPage:
        """A page of a tenant's accounts."""
        with self.database.read() as work:
            tenant = tenant_named(work, slug)
            found = work.accounts.search(tenant.id, query.strip(), most=PAGE + 1, after=after)
        shown = found[:PAGE]
        return AccountPage(tenant, shown, next_after=shown[-1].username if len(found) > PAGE else None)

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

    def switch(self, slug: str, account_id: AccountId, status: Status, *, by: Actor) -> bool:
        """Off: its sessions end, and stay ended when it is on again. False where it was so already."""
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            before = account_of(work, tenant, account_id)
            if before.status is status:
                return False
            shown: dict[str, Detail] = {"status": status.value}
            if status is Status.DISABLED:
                now = self.clock.now()
                shown["sessions_ended"] = len(work.sessions.of_account(tenant.id, account_id, now=now))
                work.sessions.end_of_account(tenant.id, account_id, at=now)
            work.accounts.save(replace(before, status=status))
            self._record(
                work,
                tenant,
                "account.changed",
                named(tenant, before),
                by,
                before={"status": before.status.value},
                after=shown,
            )
        return True

    def session(self, slug: str, session_id: SessionId) -> SignedIn:
        """A live one of the tenant's."""
        with self.database.read() as work:
            return self._session(work, tenant_named(work, slug), session_id)

    def end_session(self, slug: str, session_id: SessionId, *, by: Actor) -> None:
        """One that is live."""
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            live = self._session(work, tenant, session_id)
            if not work.sessions.end(session_id, at=self.clock.now()):
                raise NotFound("session", session_id)
            self._record(work, tenant, SESSIONS_ENDED, named(tenant, live.account), by, after={"ended": 1})

    def end_of_account(self, slug: str, account_id: AccountId, *, by: Actor) -> int:
        """All of them. How many there were; where there was none, nothing is recorded."""
        now = self.clock.now()
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            account = account_of(work, tenant, account_id)
            ended = len(work.sessions.of_account(tenant.id, account.id, now=now))
            if ended:
                work.sessions.end_of_account(tenant.id, account.id, at=now)
                self._record(work, tenant, SESSIONS_ENDED, named(tenant, account), by, after={"ended": ended})
        return ended

    def end_of_tenant(self, slug: str, *, by: Actor) -> int:
        """Everybody is signed out. How many sessions there were; where there was none, nothing is recorded."""
        now = self.clock.now()
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            ended = _live(work, tenant, now)
            if ended:
                work.sessions.end_of_tenant(tenant.id, at=now)
                self._record(work, tenant, SESSIONS_ENDED, tenant.slug, by, after={"ended": ended})
        return ended

    def _session(self, work: Work, tenant: Tenant, session_id: SessionId) -> SignedIn:
        live = work.sessions.live(session_id, now=self.clock.now())
        if live is None or live.tenant.id != tenant.id:
            raise NotFound("session", session_id)
        return live

    def _record(
        self,
        work: Work,
        tenant: Tenant,
        action: str,
        subject: str,
        by: Actor,
        *,
        before: dict[str, Detail] | None = None,
        after: dict[str, Detail],
    ) -> None:
        entry = AuditEntry(
            tenant_id=tenant.id,
            at=self.clock.now(),
            actor=by.name,
            address=by.client_ip,
            action=action,
            subject=subject,
            before=before or {},
            after=after,
            reason=by.reason,
        )
        self.audit.record(work, entry)


def _live(work: Work, tenant: Tenant, now: float) -> int:
    return sum(work.sessions.count_live(tenant.id, now=now, method=method) for method in Method)
