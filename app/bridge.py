"""Everything that is built once per process, and what the views see of it."""

from dataclasses import dataclass

from app.adapters.sql.unit_of_work import SqlDatabase
from app.ports.connector import Connector
from app.ports.counters import Counters
from app.ports.outbound import Outbound
from app.ports.sealing import PasswordHasher, Sealer
from app.ports.system import Clock, Randomness
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
from app.services.passwords import PasswordService
from app.services.provider_logout import ProviderLogoutService
from app.services.provisioning import ProvisioningService
from app.services.sessions import SessionService
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
    discovery: DiscoveryService
    login: LoginService
    passwords: PasswordService
    accounts: AccountService
    sessions: SessionService
    logout: LogoutService
    provider_logout: ProviderLogoutService
    traces: TraceService
    outbox: OutboxService
    held: HeldLoginService
    jobs: Jobs
    health: HealthService
    provisioning: ProvisioningService


def web_services(bridge: Bridge) -> Services:
    """What the views see of it."""
    return Services(
        discovery=bridge.discovery,
        login=bridge.login,
        passwords=bridge.passwords,
        accounts=bridge.accounts,
        sessions=bridge.sessions,
        logout=bridge.logout,
        provider_logout=bridge.provider_logout,
        connection_keys=bridge.connection_keys,
        traces=bridge.traces,
        outbox=bridge.outbox,
        health=bridge.health,
        sealer=bridge.sealer,
        clock=bridge.clock,
        randomness=bridge.randomness,
    )
