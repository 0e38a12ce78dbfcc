"""Everything that is built once per process, and what the views see of it."""

from dataclasses import dataclass

from app.adapters.sql.unit_of_work import SqlDatabase
from app.ports.connector import Connector
from app.ports.counters import Counters
from app.ports.outbound import Outbound
from app.ports.sealing import PasswordHasher, Sealer
from app.ports.system import Clock, Randomness
from app.services.account_admin import AccountAdmin
from app.services.accounts import AccountService
from app.services.audit import AuditService
from app.services.connection_keys import ConnectionKeyService
from app.services.discovery import DiscoveryService
from app.services.enforcement import Enforcement
from app.services.health import HealthService
from app.services.held import HeldLoginService
from app.services.jobs import Jobs
from app.services.login import LoginService
from app.services.logout import LogoutService
from app.services.outbox import OutboxService
from app.services.password_changes import PasswordChangeService
from app.services.password_links import PasswordLinkService
from app.services.passwords import PasswordService
from app.services.provider_logout import ProviderLogoutService
from app.services.provisioning import ProvisioningService
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
from app.settings import Settings
from app.web.metrics import Metrics
from app.web.site import Services, SiteOptions


@dataclass(frozen=True, slots=True)
class Bridge:
    """Everything, built once per process."""

    settings: Settings
    site: SiteOptions
    metrics: Metrics
    clock: Clock
    randomness: Randomness
    sealer: Sealer
    hasher: PasswordHasher
    database: SqlDatabase
    counters: Counters
    outbound: Outbound
    connector: Connector
    connection_keys: ConnectionKeyService
    audit: AuditService
    enforcement: Enforcement
    readiness: ReadinessService
    switching: SwitchService
    discovery: DiscoveryService
    login: LoginService
    passwords: PasswordService
    password_links: PasswordLinkService
    password_changes: PasswordChangeService
    second_factors: SecondFactorService
    accounts: AccountService
    account_admin: AccountAdmin
    sessions: SessionService
    logout: LogoutService
    provider_logout: ProviderLogoutService
    traces: TraceService
    references: ReferenceService
    throttled: ThrottledService
    outbox: OutboxService
    held: HeldLoginService
    jobs: Jobs
    health: HealthService
    provisioning: ProvisioningService
    set_up: SetUpService
    switch_decisions: SwitchDecisions
    tenant_directory: TenantDirectory
    tenant_security: TenantSecurityService
    staff: StaffService


def web_services(bridge: Bridge) -> Services:
    """What the views see of it."""
    return Services(
        discovery=bridge.discovery,
        readiness=bridge.readiness,
        switching=bridge.switching,
        login=bridge.login,
        passwords=bridge.passwords,
        password_links=bridge.password_links,
        password_changes=bridge.password_changes,
        second_factors=bridge.second_factors,
        accounts=bridge.accounts,
        account_admin=bridge.account_admin,
        sessions=bridge.sessions,
        logout=bridge.logout,
        provider_logout=bridge.provider_logout,
        connection_keys=bridge.connection_keys,
        traces=bridge.traces,
        references=bridge.references,
        held=bridge.held,
        throttled=bridge.throttled,
        outbox=bridge.outbox,
        health=bridge.health,
        set_up=bridge.set_up,
        switch_decisions=bridge.switch_decisions,
        tenant_directory=bridge.tenant_directory,
        tenant_security=bridge.tenant_security,
        staff=bridge.staff,
        audit=bridge.audit,
        sealer=bridge.sealer,
        clock=bridge.clock,
        randomness=bridge.randomness,
    )
