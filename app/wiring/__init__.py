"""The only place that builds adapters and hands them to services: `ground`, then what stands on it."""

from pathlib import Path

from app.adapters.apply_file import FormReader, read_presets
from app.adapters.crypto.connection_keys import JoseKeyMaker
from app.adapters.crypto.passwords import Argon2Hasher
from app.adapters.provider.provider_client import OAuthProviderClient
from app.adapters.system import SystemClock
from app.bridge import Bridge
from app.ports.provider_client import ProviderClient
from app.ports.sealing import PasswordHasher
from app.ports.system import Clock
from app.services.accounts.account_admin import AccountAdmin
from app.services.accounts.held import HeldLoginService
from app.services.accounts.matching import AccountService
from app.services.apply import ApplyService
from app.services.connections.connection_keys import ConnectionKeyService
from app.services.connections.set_up import SetUpService
from app.services.health import HealthService
from app.services.jobs import Job, Jobs
from app.services.login.attempts import AttemptService
from app.services.login.connection_checks import ConnectionCheckService
from app.services.login.login import LoginService
from app.services.login.tickets import TicketService
from app.services.sessions.logout import LogoutService
from app.services.sessions.provider_logout import ProviderLogoutService
from app.services.sso_only.readiness import ReadinessService
from app.services.sso_only.switching import SwitchService
from app.services.staff.staff import StaffService
from app.services.staff.tenant_directory import TenantDirectory
from app.services.tenants.security_settings import TenantSecurityService
from app.services.tenants.tenant_lookup import TenantLookup
from app.services.throttling.throttled import ThrottledService
from app.services.traces.references import ReferenceService
from app.settings import Settings, environment
from app.web.metrics import Metrics
from app.web.site import SiteOptions
from app.wiring.by_password import by_password
from app.wiring.infrastructure import Infrastructure, build_infrastructure

CONFIG = Path(__file__).resolve().parents[2] / "config"
"""Found beside the installed code, so that commands run from any folder."""


def build(settings: Settings, *, clock: Clock | None = None, hasher: PasswordHasher | None = None) -> Bridge:
    """All parts for these settings. Opens no connection yet. Tests hand in a clock and a quicker hasher."""
    ground = build_infrastructure(settings, clock=clock or SystemClock(), hasher=hasher or Argon2Hasher())
    database, audit, time, randomness = ground.database, ground.audit, ground.clock, ground.randomness
    passwords = by_password(ground)
    connection_keys = ConnectionKeyService(
        database=database, maker=JoseKeyMaker(), sealer=ground.sealer, clock=time, audit=audit
    )
    provider_client = OAuthProviderClient(
        outbound=ground.outbound,
        sealer=ground.sealer,
        clock=time,
        randomness=randomness,
        own_keys=connection_keys,
        allow_http=settings.development,
    )
    accounts = AccountService(database=database, clock=time, randomness=randomness)
    readiness = ReadinessService(database=database, clock=time)
    switching = SwitchService(
        database=database,
        clock=time,
        audit=audit,
        enforcement=ground.enforcement,
        readiness=readiness,
        outbox=ground.outbox,
    )
    provisioning = _provisioning(ground)
    reader = FormReader(presets=read_presets(CONFIG / "providers.toml"), development=settings.development)
    return Bridge(
        settings=settings,
        site=_site(settings),
        metrics=Metrics(multiprocess=environment().get("PROMETHEUS_MULTIPROC_DIR", "")),
        clock=time,
        randomness=randomness,
        sealer=ground.sealer,
        hasher=ground.hasher,
        database=database,
        counters=ground.counters,
        outbound=ground.outbound,
        provider_client=provider_client,
        enforcement=ground.enforcement,
        tenant_lookup=TenantLookup(database=database),
        login=_login(ground, provider_client, accounts),
        passwords=passwords.passwords,
        second_factors=passwords.second_factors,
        password_links=passwords.links,
        password_changes=passwords.changes,
        accounts=accounts,
        sessions=ground.sessions,
        logout=LogoutService(
            database=database,
            sessions=ground.sessions,
            sealer=ground.sealer,
            randomness=randomness,
            base_url=settings.public_url,
        ),
        provider_logout=ProviderLogoutService(
            database=database, provider_client=provider_client, traces=ground.traces, clock=time, randomness=randomness
        ),
        readiness=readiness,
        switching=switching,
        tenant_directory=TenantDirectory(database=database, readiness=readiness),
        tenant_security=TenantSecurityService(database=database, clock=time, audit=audit),
        provisioning=provisioning,
        set_up=SetUpService(
            database=database,
            reader=reader,
            provisioning=provisioning,
            provider_client=provider_client,
            sealer=ground.sealer,
            clock=time,
        ),
        account_admin=AccountAdmin(database=database, audit=audit, clock=time),
        staff=StaffService(database=database, clock=time, randomness=randomness, audit=audit, reader=reader),
        references=ReferenceService(database=database, traces=ground.traces),
        held=HeldLoginService(database=database, clock=time, randomness=randomness, audit=audit),
        throttled=ThrottledService(database=database, counters=ground.counters, audit=audit, clock=time),
        audit=audit,
        traces=ground.traces,
        connection_keys=connection_keys,
        outbox=ground.outbox,
        health=HealthService(database=database, counters=ground.counters, outbox=ground.outbox),
        jobs=_jobs(ground, switching),
    )


def _login(ground: Infrastructure, provider_client: ProviderClient, accounts: AccountService) -> LoginService:
    return LoginService(
        database=ground.database,
        provider_client=provider_client,
        enforcement=ground.enforcement,
        accounts=accounts,
        sessions=ground.sessions,
        tickets=TicketService(sealer=ground.sealer, clock=ground.clock),
        attempts=AttemptService(database=ground.database, sealer=ground.sealer, clock=ground.clock),
        connection_checks=ConnectionCheckService(
            database=ground.database, sessions=ground.sessions, clock=ground.clock
        ),
        traces=ground.traces,
        clock=ground.clock,
        randomness=ground.randomness,
        base_url=ground.settings.public_url,
    )


def _provisioning(ground: Infrastructure) -> ApplyService:
    return ApplyService(
        database=ground.database,
        enforcement=ground.enforcement,
        audit=ground.audit,
        sealer=ground.sealer,
        hasher=ground.hasher,
        clock=ground.clock,
        randomness=ground.randomness,
    )


def _site(settings: Settings) -> SiteOptions:
    return SiteOptions(
        base_url=settings.public_url,
        development=settings.development,
        cookie_domain=settings.cookie_domain,
        forward_auth_hosts=settings.forward_auth_hosts,
        trusted_proxies=settings.trusted_proxies,
        metrics_token=settings.metrics_token,
    )


def _jobs(ground: Infrastructure, switching: SwitchService) -> Jobs:
    """What `sso-bridge worker` does, and how often."""
    database, clock, days = ground.database, ground.clock, ground.settings.trace_days
    return Jobs(
        clock=clock,
        jobs=(
            Job("deliver mail", every_s=5, run=ground.outbox.deliver),
            Job("planned switches", every_s=5, run=switching.carry_out_due),
            Job("purge", every_s=600, run=lambda: database.purge(clock.now())),
            Job("forget old traces", every_s=3600, run=lambda: ground.traces.forget_old(days=days)),
            Job("forget old mail", every_s=3600, run=ground.outbox.forget_old),
        ),
    )
