"""Login by username and password, where the policy allows it, with the second factor if there is one."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

from app.domain.accounts.account import Account
from app.domain.errors import SsoError
from app.domain.login.login_attempt import Purpose, attempt_id
from app.domain.passwords.password_link import fingerprint
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import SignedIn, session_id
from app.domain.sessions.visitor import Visitor
from app.domain.sso_only.observing import after_password_login, observed
from app.domain.tenants.login_policy import Method
from app.domain.tenants.security_policy import TotpRule
from app.domain.tenants.tenant import Status, Tenant
from app.ports.repositories import Database, Work
from app.ports.sealing import PasswordHasher, Sealer
from app.ports.system import Clock, Randomness
from app.services.passwords.guesses import Guess, Guesses
from app.services.passwords.outcomes import MfaPassed, MfaRequired
from app.services.passwords.pending_mfa import PENDING_MFA, PendingMfa, VerifiedPassword, open_pending_mfa
from app.services.passwords.second_factors import SecondFactorService
from app.services.sealed_payload import require_fresh
from app.services.sessions.sessions import Authentication, Opened, SessionService
from app.services.sso_only.enforcement import Enforcement
from app.services.traces.traces import TraceLog, TraceService

MAX_PASSWORD_CHARACTERS = 1024
"""Longer ones are wrong without being hashed; passwords that can be set are far shorter."""
BY_PASSWORD = ("pwd",)
WITH_CODE = ("pwd", "otp")
"""The authentication methods, in the terms of RFC 8176."""


@dataclass(frozen=True, slots=True)
class PasswordService:
    """The service behind the password form. Passwords go by username only, never by email.

    Wrong passwords are counted by services/passwords/guesses, wrong codes by account. The counts are forgiven only when
    the whole login succeeds, so that a right password gives no further guesses at codes.
    """

    database: Database
    enforcement: Enforcement
    sessions: SessionService
    second_factors: SecondFactorService
    traces: TraceService
    guesses: Guesses
    hasher: PasswordHasher
    sealer: Sealer
    clock: Clock
    randomness: Randomness

    def refuse_where_closed(self, tenant: Tenant, *, client_ip: str) -> None:
        """Checked before anything in the form: in an SSO-only tenant everyone gets the same answer."""
        # Anybody may post here as often as they like: it must not fill the store.
        with self.traces.attempt(Method.PASSWORD, tenant, correlated=False) as log:
            log.begin("policy")
            self.enforcement.require(tenant, Method.PASSWORD, client_ip=client_ip)

    def login(
        self, tenant: Tenant, visitor: Visitor, *, username: str, password: str, return_to: str
    ) -> Opened | MfaRequired:
        """Raises LoginStopped: the same for a wrong password, an unknown name and an account without a password."""
        with self.traces.attempt(Method.PASSWORD, tenant) as log:
            guess = self._counted(log, tenant, username, visitor)
            with self.guesses.place(log, tenant, guess):
                verified = self._verified(log, tenant, username, password)
            log.begin("session")
            with self.database.write() as work:
                fresh_tenant, account = self._still(work, verified)
                has_factor = work.second_factors.get(tenant.id, account.id) is not None
                opened = None
                if not has_factor and fresh_tenant.security.totp is not TotpRule.REQUIRED:
                    shown = Authentication(log.reference, return_to, amr=BY_PASSWORD)
                    opened = self._open(work, fresh_tenant, account, shown, visitor, log=log)
            if opened is not None:
                self.guesses.right(tenant, guess)
                return self.guesses.remembered(opened, visitor)
            new = None if has_factor else self.second_factors.new(fresh_tenant, account.username)
            pending = PendingMfa(
                id=attempt_id(self.randomness.token()),
                verified=verified,
                guess=guess,
                username=account.username,
                browser=session_id(visitor.browser),
                return_to=return_to,
                reference=log.reference,
                started_at=self.clock.now(),
                steps=log.steps,
                secret=new.secret if new else None,
            )
            return MfaRequired(fresh_tenant, account.username, PENDING_MFA.seal(pending, self.sealer), new)

    def second_step(self, tenant: Tenant, visitor: Visitor, *, ticket: str, code: str) -> MfaPassed:
        """The code: of the account's factor, or of the one that `ticket` is setting up.

        Everything is checked again: what the password established may no longer hold. Raises LoginStopped.
        """
        with self.traces.attempt(Method.PASSWORD, tenant, correlated=False, rate_limited=True) as log:
            log.begin("policy")
            self.enforcement.require(tenant, Method.PASSWORD, client_ip=visitor.client_ip)
            log.begin("password")
            pending = self._pending(log, tenant, ticket, visitor)
            log.begin("code")
            recovery: tuple[str, ...] = ()
            one_try = self.second_factors.one_try(tenant, pending.verified.account_id)
            with one_try, self.database.write() as work:
                fresh_tenant, account = self._still(work, pending.verified)
                if pending.secret is not None:
                    recovery = self.second_factors.enrol(
                        work, fresh_tenant, account, secret=pending.secret, code=code, client_ip=visitor.client_ip
                    )
                elif not self.second_factors.use(work, fresh_tenant, account, code):
                    raise SsoError(ReasonCode.WRONG_CODE)
                shown = Authentication(log.reference, pending.return_to, amr=WITH_CODE, consumes=pending)
                opened = self._open(work, fresh_tenant, account, shown, visitor, log=log)
            self.guesses.right(tenant, pending.guess)
            return MfaPassed(self.guesses.remembered(opened, visitor), recovery)

    def asked_again(self, tenant: Tenant, visitor: Visitor, ticket: str) -> MfaRequired:
        """The same page again, after a wrong code. Raises SsoError."""
        pending = open_pending_mfa(ticket, tenant, browser=visitor.browser, sealer=self.sealer)
        new = self.second_factors.new(tenant, pending.username, secret=pending.secret) if pending.secret else None
        return MfaRequired(tenant, pending.username, ticket, new)

    def confirm(self, signed_in: SignedIn, visitor: Visitor, *, password: str, code: str | None) -> None:
        """Is it still the same person? Throttled like a login. Raises LoginStopped.

        If `code` is a string, the account's second factor is required too, if it has one. None asks for the password
        alone, as when the second factor is about to be changed.
        """
        with self._confirmed(signed_in, visitor, password, code):
            pass

    def reauthenticate(
        self, signed_in: SignedIn, visitor: Visitor, *, password: str, code: str, return_to: str
    ) -> Opened:
        """`confirm`; in the same transaction the session continues under a new id. Raises LoginStopped."""
        with self._confirmed(signed_in, visitor, password, code) as work:
            return self.sessions.confirm(work, signed_in, client_ip=visitor.client_ip, return_to=return_to)

    @contextmanager
    def _confirmed(self, signed_in: SignedIn, visitor: Visitor, password: str, code: str | None) -> Iterator[Work]:
        tenant, account = signed_in.tenant, signed_in.account
        with self.traces.attempt(Method.PASSWORD, tenant, purpose=Purpose.REAUTH) as log:
            guess = self._counted(log, tenant, account.username, visitor)
            with self.guesses.place(log, tenant, guess):
                verified = self._verified(log, tenant, account.username, password)
            if verified.account_id != account.id:
                raise SsoError(ReasonCode.WRONG_PASSWORD)
            log.begin("code")
            with_code = code is not None and self.second_factors.of(tenant.id, account.id) is not None
            one_try = self.second_factors.one_try(tenant, account.id) if with_code else nullcontext()
            with one_try, self.database.write() as work:
                if with_code and not self.second_factors.use(work, tenant, account, code or ""):
                    raise SsoError(ReasonCode.WRONG_CODE)
                log.begin("session")
                yield work
            self.guesses.right(tenant, guess)

    def _counted(self, log: TraceLog, tenant: Tenant, username: str, visitor: Visitor) -> Guess:
        log.begin("policy")
        self.enforcement.require(tenant, Method.PASSWORD, client_ip=visitor.client_ip)
        return self.guesses.counted(log, tenant, username, visitor)

    def _verified(self, log: TraceLog, tenant: Tenant, username: str, password: str) -> VerifiedPassword:
        """The account whose password this is. Raises SsoError."""
        if len(password) > MAX_PASSWORD_CHARACTERS:
            raise SsoError(ReasonCode.WRONG_PASSWORD)
        with self.database.read() as work:
            account = work.accounts.by_username(tenant.id, username)
            stored = work.accounts.password_hash(tenant.id, account.id) if account else None
        log.account_id = account.id if account else None
        if not self.hasher.verify(password, stored) or account is None:
            raise SsoError(ReasonCode.WRONG_PASSWORD)
        return VerifiedPassword(tenant.id, tenant.password_epoch, account.id, fingerprint(stored))

    def _pending(self, log: TraceLog, tenant: Tenant, ticket: str, visitor: Visitor) -> PendingMfa:
        pending = open_pending_mfa(ticket, tenant, browser=visitor.browser, sealer=self.sealer)
        with self.database.read() as work:
            # With a new reference: a replay must not be shown the trace of what it replays.
            if work.attempts.consumed(pending.id):
                raise SsoError(ReasonCode.ATTEMPT_USED)
        log.resume(pending.reference, pending.steps)
        log.account_id = pending.verified.account_id
        require_fresh(pending, now=self.clock.now())
        return pending

    def _still(self, work: Work, verified: VerifiedPassword) -> tuple[Tenant, Account]:
        """Tenant and account, if what the password established still holds. Raises SsoError."""
        tenant = work.tenants.hold(verified.tenant_id)
        # After any switch, even there and back, a password checked before it no longer counts.
        if tenant is None or tenant.password_epoch != verified.password_epoch:
            raise SsoError(ReasonCode.PASSWORD_NOT_ALLOWED)
        account = work.accounts.get(tenant.id, verified.account_id)
        if account is None or account.status is not Status.ACTIVE:
            raise SsoError(ReasonCode.ACCOUNT_DISABLED)
        if fingerprint(work.accounts.password_hash(tenant.id, account.id)) != verified.fingerprint:
            raise SsoError(ReasonCode.WRONG_PASSWORD)
        return tenant, account

    def _open(
        self, work: Work, tenant: Tenant, account: Account, shown: Authentication, visitor: Visitor, *, log: TraceLog
    ) -> Opened:
        log.begin("session")
        log.facts.update(observed(tenant, Method.PASSWORD))
        authentication = replace(shown, return_to=after_password_login(tenant, account, shown.return_to))
        opened = self.sessions.open(work, tenant, account, authentication, visitor)
        work.traces.add(log.finished())
        return opened
