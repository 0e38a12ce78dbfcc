"""What every view stands on: the services, and how this installation is reached from outside."""

from dataclasses import dataclass, field

from app.ports.sealing import Sealer
from app.ports.system import Clock, Randomness
from app.services.accounts.account_admin import AccountAdmin
from app.services.accounts.held import HeldLoginService
from app.services.accounts.matching import AccountService
from app.services.audit.audit import AuditService
from app.services.connections.connection_keys import ConnectionKeyService
from app.services.connections.set_up import SetUpService
from app.services.health import HealthService
from app.services.login.login import LoginService
from app.services.mail.outbox import OutboxService
from app.services.passwords.password_changes import PasswordChangeService
from app.services.passwords.password_links import PasswordLinkService
from app.services.passwords.passwords import PasswordService
from app.services.passwords.second_factors import SecondFactorService
from app.services.sessions.logout import LogoutService
from app.services.sessions.provider_logout import ProviderLogoutService
from app.services.sessions.sessions import SessionService
from app.services.sso_only.readiness import ReadinessService
from app.services.sso_only.switching import SwitchService
from app.services.staff.staff import StaffService
from app.services.staff.tenant_directory import TenantDirectory
from app.services.tenants.security_settings import TenantSecurityService
from app.services.tenants.tenant_lookup import TenantLookup
from app.services.throttling.throttled import ThrottledService
from app.services.traces.references import ReferenceService
from app.services.traces.traces import TraceService


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

    tenant_lookup: TenantLookup
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
