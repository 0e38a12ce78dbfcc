"""People set their own passwords: with the present one, or by a link. For others only an `apply` file sets them."""

from dataclasses import dataclass, field

from app.domain.accounts.account import Account
from app.domain.audit.audit import Actor, named
from app.domain.errors import Detail, SsoError
from app.domain.login.login_attempt import Purpose
from app.domain.login.return_to import ACCOUNT_HOME
from app.domain.passwords.password_link import fingerprint
from app.domain.passwords.password_mails import PasswordMails
from app.domain.passwords.password_rules import PasswordRules, own_words
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.reason import N_
from app.domain.sessions.session import SessionId, SignedIn
from app.domain.sessions.visitor import Visitor
from app.domain.tenants.login_policy import Method, refusal
from app.domain.tenants.tenant import Tenant
from app.domain.text import Text
from app.ports.counters import Counters
from app.ports.repositories import Database, Work
from app.ports.sealing import PasswordHasher
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.mail.outbox import OutboxService
from app.services.passwords.password_links import PasswordLinkService
from app.services.passwords.passwords import PasswordService
from app.services.sessions.sessions import Opened, SessionService
from app.services.sso_only.enforcement import Enforcement
from app.services.throttling.fair_places import FairPlaces, NoPlace
from app.services.throttling.link_limits import use_limits
from app.services.throttling.throttle import count, forgive, site
from app.services.traces.traces import TraceService

SAME = N_("This is your current password. Choose a different one.")


@dataclass(frozen=True, slots=True)
class Unfit:
    """Nothing was changed; `problem` says why and what to do, and is translated by the page."""

    problem: str


@dataclass(frozen=True, slots=True)
class NewPassword:
    """`by` is what entitled the person to change it, for the audit log; `kept` is the session that continues."""

    hashed: str = field(repr=False)
    by: str
    kept: SessionId | None = None


@dataclass(frozen=True, slots=True)
class PasswordChangeService:
    """Ends the sessions opened with the old password, and mails the person."""

    database: Database
    enforcement: Enforcement
    passwords: PasswordService
    sessions: SessionService
    links: PasswordLinkService
    outbox: OutboxService
    audit: AuditService
    traces: TraceService
    counters: Counters
    places: FairPlaces
    hasher: PasswordHasher
    rules: PasswordRules
    clock: Clock
    mails: PasswordMails

    def offered(self, signed_in: SignedIn) -> bool:
        """Whether there is a password to change, and a policy under which it is of use."""
        account = signed_in.account
        if refusal(signed_in.tenant.policy, Method.PASSWORD) is not None:
            return False
        with self.database.read() as work:
            return work.accounts.password_hash(account.tenant_id, account.id) is not None

    def change(self, signed_in: SignedIn, visitor: Visitor, *, current: str, code: str, new: str) -> Opened | Unfit:
        """With the present password, and the second factor if the account has one. Raises LoginStopped.

        All other sessions opened with the password end; the present one continues under a new id.
        """
        tenant, account, client_ip = signed_in.tenant, signed_in.account, visitor.client_ip
        self.passwords.refuse_where_closed(tenant, client_ip=client_ip)
        problem = self.rules.problem(new, own_words=own_words(tenant, account))
        if problem is not None:
            return Unfit(problem)
        with self.database.read() as work:
            present = fingerprint(work.accounts.password_hash(tenant.id, account.id))
        self.passwords.confirm(signed_in, visitor, password=current, code=code)
        if new == current:
            return Unfit(SAME)
        with self.traces.attempt(Method.PASSWORD, tenant, purpose=Purpose.REAUTH) as log:
            log.begin("password")
            with self.places.place(site(client_ip)):
                hashed = self.hasher.hash(new)
            with self.database.write() as work:
                fresh = self._locked(work, tenant)
                if fresh.password_epoch != tenant.password_epoch:
                    raise SsoError(ReasonCode.PASSWORD_NOT_ALLOWED)
                # The password just confirmed may have been replaced in the meantime, by a link or in another tab.
                if fingerprint(work.accounts.password_hash(fresh.id, account.id)) != present:
                    raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the password was changed in the meantime"))
                opened = self.sessions.renew(work, signed_in, client_ip=client_ip, return_to=ACCOUNT_HOME)
                new_password = NewPassword(hashed, by="the person", kept=opened.session.id)
                self._set(work, fresh, opened.account, new_password, client_ip=client_ip)
                return opened

    def redeem(self, tenant: Tenant, sealed: str, *, new: str, client_ip: str) -> Unfit | None:
        """By someone with a link, which is used up. It signs nobody in. Raises LoginStopped."""
        with self.links.attempt(tenant) as log:
            log.begin("policy")
            self.enforcement.require(tenant, Method.PASSWORD, client_ip=client_ip)
            link = self.links.unsealed(log, sealed)
            with self.database.read() as work:
                account = self.links.good(work, tenant, link)
            problem = self.rules.problem(new, own_words=own_words(tenant, account))
            if problem is not None:
                return Unfit(problem)
            log.begin("throttle")
            limits = use_limits(tenant, account.id)
            count(self.counters, limits)
            log.begin("password")
            try:
                with self.places.place(site(client_ip)):
                    hashed = self.hasher.hash(new)
            except NoPlace:
                forgive(self.counters, limits)
                raise
            log.begin("link")
            with self.database.write() as work:
                fresh = self._locked(work, tenant)
                account = self.links.good(work, fresh, link)
                new_password = NewPassword(hashed, by=f"a link ({link.kind.value})")
                self._set(work, fresh, account, new_password, client_ip=client_ip)
        return None

    def _locked(self, work: Work, tenant: Tenant) -> Tenant:
        """Blocks logins with the old password, and changes in other tabs, while the password is being replaced."""
        fresh = work.tenants.lock(tenant.id)
        if fresh is None:
            raise SsoError(ReasonCode.TENANT_DISABLED)
        return fresh

    def _set(self, work: Work, tenant: Tenant, account: Account, new: NewPassword, *, client_ip: str) -> None:
        """The only place where people's passwords are stored. `tenant` is locked."""
        self.enforcement.require(tenant, Method.PASSWORD, client_ip=client_ip)
        now = self.clock.now()
        work.accounts.set_password_hash(tenant.id, account.id, new.hashed)
        ended = work.sessions.end_of_account(tenant.id, account.id, at=now, method=Method.PASSWORD, but=new.kept)
        work.authorizations.end_of_account(tenant.id, account.id, at=now, method=Method.PASSWORD)
        self.outbox.tell(work, account, self.mails.changed(tenant, account, at=now, client_ip=client_ip))
        person = Actor(named(tenant, account), client_ip)
        after: dict[str, Detail] = {"by": new.by, "sessions_ended": ended}
        self.audit.record(work, person.did("account.password", person.name, tenant_id=tenant.id, at=now, after=after))
