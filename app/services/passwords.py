"""Login by username and password, where the policy allows it."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Network, ip_address

from app.domain.account import Account, ascii_lower
from app.domain.errors import SsoError
from app.domain.login_policy import Method
from app.domain.reasons.codes import ReasonCode
from app.domain.tenant import Status, Tenant
from app.ports.counters import Counters, Limit
from app.ports.repositories import Database
from app.ports.sealing import PasswordHasher
from app.ports.system import Clock, Randomness
from app.services.enforcement import Enforcement
from app.services.sessions import Opened, SessionService
from app.services.traces import TraceLog, TraceService

WINDOW_S = 900
MAX_PASSWORD_CHARACTERS = 1024
"""Longer ones are wrong without being hashed; what may be set as a password is shorter by far."""


@dataclass(frozen=True, slots=True)
class PasswordService:
    """The password form's service. Passwords go by username only, never by email."""

    database: Database
    enforcement: Enforcement
    sessions: SessionService
    traces: TraceService
    counters: Counters
    hasher: PasswordHasher
    clock: Clock
    randomness: Randomness

    def refuse_where_closed(self, tenant: Tenant, *, address: str) -> None:
        """Before anything of the form is looked at: in such a tenant everybody gets the same answer."""
        # Anybody may post here as often as they like: it must not fill the store.
        log = TraceLog(self.clock, self.randomness.reference(), Method.PASSWORD, tenant, bound=False)
        with self.traces.attempt(log):
            log.begin("policy")
            self.enforcement.require(tenant, Method.PASSWORD, address=address)

    def login(
        self,
        tenant: Tenant,
        *,
        username: str,
        password: str,
        address: str,
        return_to: str,
        replaces: str | None,
    ) -> Opened:
        """Raises LoginStopped: the same for a wrong password, an unknown name and an account without a password."""
        log = TraceLog(self.clock, self.randomness.reference(), Method.PASSWORD, tenant)
        with self.traces.attempt(log):
            log.begin("policy")
            self.enforcement.require(tenant, Method.PASSWORD, address=address)
            log.begin("throttle")
            limits = throttles(tenant, username=username, address=address)
            # Counted before the password is looked at: guesses sent side by side count one by one.
            for limit in limits:
                retry_after_s = self.counters.hit([limit])
                if retry_after_s:
                    log.bound = False  # nor must a flood that is stopped here
                    raise SsoError(ReasonCode.THROTTLED, retry_after_s=retry_after_s)
            log.begin("password")
            account = self._verified(tenant, username, password)
            self.counters.forgive(limits)
            log.begin("session")
            with self.database.write() as work:
                fresh_tenant = work.tenants.hold(tenant.id)
                fresh = work.accounts.get(tenant.id, account.id)
                # A switch since this request began: what was checked then is not worth anything now.
                if fresh_tenant is None or fresh_tenant.password_epoch != tenant.password_epoch:
                    raise SsoError(ReasonCode.PASSWORD_NOT_ALLOWED)
                if fresh is None or fresh.status is not Status.ACTIVE:
                    raise SsoError(ReasonCode.ACCOUNT_DISABLED)
                opened = self.sessions.open(
                    work,
                    fresh_tenant,
                    fresh,
                    method=Method.PASSWORD,
                    address=address,
                    reference=log.reference,
                    return_to=return_to,
                    replaces=replaces,
                )
                work.traces.add(log.finished())
            return opened

    def _verified(self, tenant: Tenant, username: str, password: str) -> Account:
        if len(password) > MAX_PASSWORD_CHARACTERS:
            raise SsoError(ReasonCode.WRONG_PASSWORD)
        with self.database.read() as work:
            account = work.accounts.by_username(tenant.id, username)
            stored = work.accounts.password_hash(tenant.id, account.id) if account else None
        if not self.hasher.verify(password, stored) or account is None:
            raise SsoError(ReasonCode.WRONG_PASSWORD)
        return account


def throttles(tenant: Tenant, *, username: str, address: str) -> tuple[Limit, ...]:
    """How many failures are too many, in the order in which they are asked.

    A name is stopped early from one address and late from all of them, so that a stranger can hardly keep a person
    out: what a limit of the address stops, those that everybody shares do not count. Logins by SSO ask none of these
    counters.
    """
    name = f"{tenant.id}:{ascii_lower(username)[:255]}"
    stranger = _stranger(address)
    return (
        Limit(key=f"password:address:{tenant.id}:{stranger}", most=100, window_s=WINDOW_S),
        Limit(key=f"password:name-address:{name}:{stranger}", most=10, window_s=WINDOW_S),
        Limit(key=f"password:name:{name}", most=100, window_s=WINDOW_S),
        Limit(key=f"password:tenant:{tenant.id}", most=2000, window_s=WINDOW_S),
    )


def _stranger(address: str) -> str:
    """What one machine may call itself: an IPv4 address, or whatever begins with 64 bits of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Network((int(parsed), 64), strict=False))
