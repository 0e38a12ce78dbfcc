"""What every view stands on: the services, and how this installation is reached from outside."""

from dataclasses import dataclass

from app.ports.sealing import Sealer
from app.ports.system import Clock, Randomness
from app.services.accounts import AccountService
from app.services.connection_keys import ConnectionKeyService
from app.services.discovery import DiscoveryService
from app.services.health import HealthService
from app.services.login import LoginService
from app.services.logout import LogoutService
from app.services.outbox import OutboxService
from app.services.passwords import PasswordService
from app.services.provider_logout import ProviderLogoutService
from app.services.sessions import SessionService
from app.services.traces import TraceService


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """The outside of this installation."""

    base_url: str
    development: bool = False
    cookie_domain: str = ""
    forward_auth_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0

    @property
    def forward_auth_origins(self) -> list[str]:
        """Where a login may go on to beside our own pages: a form that ends a login may be redirected there."""
        return [f"https://{host}" for host in self.forward_auth_hosts]

    @property
    def secure(self) -> bool:
        """Cookies may carry `Secure` and the prefixes that demand it."""
        return self.base_url.startswith("https://")


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that views call."""

    discovery: DiscoveryService
    login: LoginService
    passwords: PasswordService
    accounts: AccountService
    sessions: SessionService
    logout: LogoutService
    provider_logout: ProviderLogoutService
    connection_keys: ConnectionKeyService
    traces: TraceService
    outbox: OutboxService
    health: HealthService
    sealer: Sealer
    clock: Clock
    randomness: Randomness
