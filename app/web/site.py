"""What every view stands on: the services, and how this installation is reached from outside."""

from dataclasses import dataclass, field

from app.ports.sealing import Sealer
from app.ports.system import Clock, Randomness
from app.services.account_admin import AccountAdmin
from app.services.accounts import AccountService
from app.services.audit import AuditService
from app.services.connection_keys import ConnectionKeyService
from app.services.discovery import DiscoveryService
from app.services.health import HealthService
from app.services.held import HeldLoginService
from app.services.login import LoginService
from app.services.logout import LogoutService
from app.services.outbox import OutboxService
from app.services.password_changes import PasswordChangeService
from app.services.password_links import PasswordLinkService
from app.services.passwords import PasswordService
from app.services.provider_logout import ProviderLogoutService
from app.services.readiness import ReadinessService
from app.services.references import ReferenceService
from app.services.second_factors import SecondFactorService
from app.services.sessions import SessionService
from app.services.set_up import SetUpService
from app.services.staff import StaffService
from app.services.switch_decisions import SwitchDecisions
from app.services.switching import SwitchService
from app.services.tenant_directory import TenantDirectory
from app.services.tenant_security import TenantSecurityService
from app.services.throttled import ThrottledService
from app.services.traces import TraceService


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """The outside of this installation."""

    base_url: str
    development: bool = False
    cookie_domain: str = ""
    forward_auth_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    metrics_token: str = field(default="", repr=False)
    """What `/metrics` asks for; empty: nothing."""

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
    """Everything that views call: the way in, people's own pages, the consoles, and what the machinery asks."""

    discovery: DiscoveryService
    login: LoginService
    passwords: PasswordService
    second_factors: SecondFactorService
    accounts: AccountService
    sessions: SessionService
    logout: LogoutService
    provider_logout: ProviderLogoutService

    password_changes: PasswordChangeService
    password_links: PasswordLinkService

    readiness: ReadinessService
    switching: SwitchService
    switch_decisions: SwitchDecisions
    tenant_directory: TenantDirectory
    tenant_security: TenantSecurityService
    set_up: SetUpService
    account_admin: AccountAdmin
    staff: StaffService
    references: ReferenceService
    held: HeldLoginService
    throttled: ThrottledService
    audit: AuditService

    traces: TraceService
    connection_keys: ConnectionKeyService
    outbox: OutboxService
    health: HealthService
    sealer: Sealer
    clock: Clock
    randomness: Randomness
