"""The second factor of password logins: set up, used, removed (docs/rules.md, rule 17)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from app.domain.accounts.account import Account, AccountId
from app.domain.audit.audit import Actor, AuditEntry, named
from app.domain.connections.connection import Sealed
from app.domain.errors import Detail, NotFound, Refused, SsoError
from app.domain.passwords.password_mails import PasswordMails
from app.domain.passwords.second_factor import (
    RECOVERY_CHARACTERS,
    RECOVERY_CODES,
    SecondFactor,
    in_groups,
    plain_code,
    recovery_hash,
)
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import SessionId, SignedIn
from app.domain.tenants.login_policy import Method
from app.domain.tenants.security_policy import TotpRule
from app.domain.tenants.tenant import Tenant, TenantId
from app.domain.text import Text
from app.ports.counters import Counters
from app.ports.one_time_codes import OneTimeCodes, QrCode
from app.ports.repositories import Database, Work
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock, Randomness
from app.services.audit.audit import AuditService
from app.services.mail.outbox import OutboxService
from app.services.sealed_payload import SealedPayload
from app.services.sso_only.enforcement import Enforcement
from app.services.throttling.throttle import code_limits, count, forgive

SECRET = "second-factor"
"""The purpose for which the secrets are sealed."""
REMOVED = "second_factor.removed"


@dataclass(frozen=True, slots=True)
class FactorOffer:
    """A secret shown to someone who is signed in, until they confirm it with a first code."""

    session: SessionId
    secret: str = field(repr=False)


OFFER = SealedPayload(FactorOffer, "second-factor-offer-2")


class FactorDemanded(Refused):
    """The tenant requires a second factor, so it cannot be given up."""


@dataclass(frozen=True, slots=True)
class NewFactor:
    """A second factor that is not confirmed yet, for the page that shows it."""

    secret: str = field(repr=False)
    address: str = field(repr=False)
    qr_code: QrCode = field(repr=False)

    @property
    def grouped(self) -> str:
        """The secret, grouped for typing."""
        return in_groups(self.secret)


@dataclass(frozen=True, slots=True)
class SecondFactorService:
    """The only way to check a code: tries are counted by account, whatever address they come from."""

    database: Database
    enforcement: Enforcement
    counters: Counters
    codes: OneTimeCodes
    sealer: Sealer
    audit: AuditService
    outbox: OutboxService
    mails: PasswordMails
    clock: Clock
    randomness: Randomness

    def of(self, tenant_id: TenantId, account_id: AccountId) -> SecondFactor | None:
        """Ask only for someone who has authenticated: whether a second factor exists is nobody else's business."""
        with self.database.read() as work:
            return work.second_factors.get(tenant_id, account_id)

    def new(self, tenant: Tenant, username: str, *, secret: str | None = None) -> NewFactor:
        """What to show for setting one up; with a `secret`, the same again. Nothing is written."""
        secret = secret or self.codes.new_secret()
        address = self.codes.address(secret, issuer=tenant.name or tenant.slug, label=username)
        return NewFactor(secret=secret, address=address, qr_code=self.codes.qr_code(address))

    @contextmanager
    def one_try(self, tenant: Tenant, account_id: AccountId) -> Iterator[None]:
        """Wraps every check of a code: raises SsoError `throttled`, and does not count what succeeds."""
        limits = code_limits(tenant, account_id)
        count(self.counters, limits)
        yield
        forgive(self.counters, limits)

    def use(self, work: Work, tenant: Tenant, account: Account, code: str) -> bool:
        """Use up an app's code or a recovery code, in the caller's transaction and within `one_try`.

        False if it matches neither, was used before, or the account has no second factor. A code works once, even in a
        race: the row stays locked until the transaction ends.
        """
        factor = work.second_factors.lock(tenant.id, account.id)
        used = self._after_use(factor, code) if factor else None
        if used is None:
            return False
        work.second_factors.save(used)
        return True

    def enrol(
        self, work: Work, tenant: Tenant, account: Account, *, secret: str, code: str, client_ip: str
    ) -> tuple[str, ...]:
        """Set up with a first code, in the caller's transaction and within `one_try`. Returns the recovery codes.

        Raises SsoError `wrong_code`, or `attempt_used` if the account has a second factor by now.
        """
        now = self.clock.now()
        step = self.codes.step(secret, plain_code(code), at=now, after=0)
        if step is None:
            raise SsoError(ReasonCode.WRONG_CODE)
        recovery = self._recovery_codes()
        factor = SecondFactor(
            tenant_id=tenant.id,
            account_id=account.id,
            secret=Sealed(self.sealer.seal(secret.encode(), purpose=SECRET)),
            confirmed_at=now,
            last_step=step,
            recovery=_hashes(recovery),
        )
        if not work.second_factors.add(factor):
            raise SsoError(ReasonCode.ATTEMPT_USED)
        person = Actor(named(tenant, account), client_ip)
        after: dict[str, Detail] = {"recovery_codes": len(recovery)}
        entry = person.did("second_factor.enrolled", person.name, tenant_id=tenant.id, at=now, after=after)
        self._record_and_tell(work, tenant, account, entry, client_ip=client_ip)
        return recovery

    def offer(self, signed_in: SignedIn, *, ticket: str | None = None) -> tuple[NewFactor, str]:
        """A new one for the person signed in, with the ticket that carries its secret; for `ticket`, the same one."""
        secret = self._offered(signed_in, ticket) if ticket else None
        new = self.new(signed_in.tenant, signed_in.account.username, secret=secret)
        return new, OFFER.seal(FactorOffer(signed_in.session.id, new.secret), self.sealer)

    def enrol_own(self, signed_in: SignedIn, *, ticket: str, code: str, client_ip: str) -> tuple[str, ...]:
        """`enrol` for someone signed in with the password. Raises SsoError."""
        secret = self._offered(signed_in, ticket)
        with self._own(signed_in, client_ip) as (work, tenant, account):
            return self.enrol(work, tenant, account, secret=secret, code=code, client_ip=client_ip)

    def renew_recovery(self, signed_in: SignedIn, *, code: str, client_ip: str) -> tuple[str, ...]:
        """New recovery codes; the old ones stop working. Raises SsoError."""
        with self._own(signed_in, client_ip) as (work, tenant, account):
            before = self._used(work, tenant, account, code)
            recovery = self._recovery_codes()
            work.second_factors.save(replace(before, recovery=_hashes(recovery)))
            person = Actor(named(tenant, account), client_ip)
            entry = person.did(
                "second_factor.codes_renewed",
                person.name,
                tenant_id=tenant.id,
                at=self.clock.now(),
                before={"recovery_codes": len(before.recovery)},
                after={"recovery_codes": len(recovery)},
            )
            self._record_and_tell(work, tenant, account, entry, client_ip=client_ip)
            return recovery

    def give_up(self, signed_in: SignedIn, *, code: str, client_ip: str) -> None:
        """Removed by the person with a fresh code, unless the tenant requires one.

        Raises SsoError, and FactorDemanded.
        """
        with self._own(signed_in, client_ip) as (work, tenant, account):
            if tenant.security.totp is TotpRule.REQUIRED:
                raise FactorDemanded
            self._used(work, tenant, account, code)
            work.second_factors.remove(tenant.id, account.id)
            person = Actor(named(tenant, account), client_ip)
            entry = person.did(REMOVED, person.name, tenant_id=tenant.id, at=self.clock.now())
            self._record_and_tell(work, tenant, account, entry, client_ip=client_ip)

    def remove(self, tenant_id: TenantId, account_id: AccountId, *, by: Actor) -> None:
        """Removed by support for someone who has lost it. Raises NotFound if there is none."""
        with self.database.write() as work:
            tenant = work.tenants.hold(tenant_id)
            account = work.accounts.get(tenant_id, account_id)
            if tenant is None or account is None:
                raise NotFound("account", account_id)
            if not work.second_factors.remove(tenant_id, account_id):
                raise NotFound("second factor of", account.username)
            entry = by.did(REMOVED, named(tenant, account), tenant_id=tenant.id, at=self.clock.now())
            self._record_and_tell(work, tenant, account, entry, client_ip=None)

    def _offered(self, signed_in: SignedIn, ticket: str) -> str:
        try:
            offer = OFFER.open(ticket, self.sealer)
        except SealBroken as error:
            raise SsoError(
                ReasonCode.SESSION_CHANGED, error=Text("the ticket was not issued by this bridge")
            ) from error
        if offer.session != signed_in.session.id:
            raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the ticket belongs to another session"))
        return offer.secret

    @contextmanager
    def _own(self, signed_in: SignedIn, client_ip: str) -> Iterator[tuple[Work, Tenant, Account]]:
        """One try at a code by the person signed in, in a transaction in which the session is still live."""
        with self.one_try(signed_in.tenant, signed_in.account.id), self.database.write() as work:
            work.tenants.hold(signed_in.tenant.id)
            live = work.sessions.live(signed_in.session.id, now=self.clock.now())
            if live is None or live.session.method is not Method.PASSWORD:
                raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the session was not opened with a password"))
            self.enforcement.require(live.tenant, Method.PASSWORD, client_ip=client_ip)
            yield work, live.tenant, live.account

    def _used(self, work: Work, tenant: Tenant, account: Account, code: str) -> SecondFactor:
        factor = work.second_factors.lock(tenant.id, account.id)
        used = self._after_use(factor, code) if factor else None
        if used is None:
            raise SsoError(ReasonCode.WRONG_CODE)
        return used

    def _after_use(self, factor: SecondFactor, code: str) -> SecondFactor | None:
        recovered = factor.after_recovery(code)
        if recovered is not None:
            return recovered
        try:
            secret = self.sealer.open(factor.secret, purpose=SECRET).decode()
        except SealBroken as error:
            raise SsoError(
                ReasonCode.MISCONFIGURED,
                error=Text("a second factor is encrypted with a key that is no longer configured"),
            ) from error
        step = self.codes.step(secret, plain_code(code), at=self.clock.now(), after=factor.last_step)
        return None if step is None else replace(factor, last_step=step)

    def _recovery_codes(self) -> tuple[str, ...]:
        return tuple(self._recovery_code() for _ in range(RECOVERY_CODES))

    def _recovery_code(self) -> str:
        letters = self.randomness.short_id() + self.randomness.short_id()
        return in_groups(letters[:RECOVERY_CHARACTERS], "-")

    def _record_and_tell(
        self, work: Work, tenant: Tenant, account: Account, entry: AuditEntry, *, client_ip: str | None
    ) -> None:
        """`client_ip` is where the person did it; None if someone else did."""
        self.audit.record(work, entry)
        self.outbox.tell(
            work, account, self.mails.second_factor(tenant, account, entry.action, at=entry.at, client_ip=client_ip)
        )


def _hashes(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(recovery_hash(code) for code in codes)
