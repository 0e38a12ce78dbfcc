"""The only place that builds adapters and hands them to services."""

from pathlib import Path

from app.adapters.apply_file import FormReader, read_presets
from app.adapters.crypto.common_passwords import CommonPasswords
from app.adapters.crypto.connection_keys import JoseKeyMaker
from app.adapters.crypto.one_time_codes import TimeBasedCodes
from app.adapters.crypto.passwords import Argon2Hasher
from app.adapters.crypto.sealing import KeyringSealer
from app.adapters.http.client import OutboundClient
from app.adapters.logs.audit_heads import StructuredHeadLog
from app.adapters.provider.connector import ProviderConnector
from app.adapters.redis.counters import RedisCounters
from app.adapters.smtp.mailbox import DevelopmentMailbox
from app.adapters.smtp.mailer import SmtpMailer
from app.adapters.smtp.server import mail_address, smtp_server
from app.adapters.sql.counters import SqlCounters
from app.adapters.sql.unit_of_work import SqlDatabase
from app.adapters.system import SystemClock, SystemRandomness
from app.bridge import Bridge
from app.domain.password_mails import PasswordMails
from app.domain.password_rules import PasswordRules
from app.ports.counters import Counters
from app.ports.mail import Mailer
from app.ports.sealing import PasswordHasher
from app.ports.system import Clock
from app.services.account_admin import AccountAdmin
from app.services.accounts import AccountService
from app.services.attempts import AttemptService
from app.services.audit import AuditService
from app.services.connection_keys import ConnectionKeyService
from app.services.discovery import DiscoveryService
from app.services.enforcement import Enforcement
from app.services.half_logins import HalfLogins
from app.services.health import HealthService
from app.services.held import HeldLoginService
from app.services.jobs import Job, Jobs
from app.services.login import LoginService
from app.services.logout import LogoutService
from app.services.outbox import OutboxService
from app.services.password_changes import PasswordChangeService
from app.services.password_links import PasswordLinkService
from app.services.passwords import PasswordService
from app.services.proofs import ProofService
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
from app.services.tickets import TicketService
from app.services.traces import TraceService
from app.settings import Settings, environment
from app.web.metrics import Metrics
from app.web.site import SiteOptions

CONFIG = Path(__file__).resolve().parents[1] / "config"
"""Found beside the installed code, so that commands run from any folder."""


def build(settings: Settings, *, clock: Clock | None = None, hasher: PasswordHasher | None = None) -> Bridge:
    """All parts for these settings. Opens no connection yet. Tests hand in a clock and a quicker hasher."""
    time = clock or SystemClock()
    randomness = SystemRandomness()
    sealer = KeyringSealer(settings.secret_keys)
    passwords_hasher = hasher or Argon2Hasher()
    database = SqlDatabase(settings.database, head_log=StructuredHeadLog(development=settings.development))
    audit = AuditService(database=database, sealer=sealer)
    counters = _counters(settings, database, time)
    outbound = OutboundClient(
        allow_http=settings.development,
        networks=settings.upstream_networks,
        clock=time,
        ca_bundle=environment().get("REQUESTS_CA_BUNDLE"),
    )
    connection_keys = ConnectionKeyService(
        database=database, maker=JoseKeyMaker(), sealer=sealer, clock=time, audit=audit
    )
    connector = ProviderConnector(
        outbound=outbound,
        sealer=sealer,
        clock=time,
        randomness=randomness,
        own_keys=connection_keys,
        allow_http=settings.development,
    )
    enforcement = Enforcement(database=database, clock=time, audit=audit)
    traces = TraceService(database=database, clock=time)
    outbox = OutboxService(
        database=database,
        mailer=_mailer(settings),
        sealer=sealer,
        clock=time,
        randomness=randomness,
        keep_bodies=settings.development,
    )
    readiness = ReadinessService(database=database, clock=time)
    switching = SwitchService(
        database=database, clock=time, audit=audit, enforcement=enforcement, readiness=readiness, outbox=outbox
    )
    sessions = SessionService(
        database=database, enforcement=enforcement, sealer=sealer, clock=time, randomness=randomness
    )
    second_factors = SecondFactorService(
        database=database,
        enforcement=enforcement,
        counters=counters,
        codes=TimeBasedCodes(),
        sealer=sealer,
        audit=audit,
        clock=time,
        randomness=randomness,
    )
    passwords = PasswordService(
        database=database,
        enforcement=enforcement,
        sessions=sessions,
        second_factors=second_factors,
        half_logins=HalfLogins(sealer=sealer, clock=time, randomness=randomness),
        traces=traces,
        counters=counters,
        hasher=passwords_hasher,
        clock=time,
        randomness=randomness,
    )
    password_mails = PasswordMails(settings.public_url)
    password_links = PasswordLinkService(
        database=database,
        enforcement=enforcement,
        outbox=outbox,
        audit=audit,
        traces=traces,
        counters=counters,
        sealer=sealer,
        clock=time,
        randomness=randomness,
        mails=password_mails,
    )
    password_changes = PasswordChangeService(
        database=database,
        enforcement=enforcement,
        passwords=passwords,
        sessions=sessions,
        links=password_links,
        outbox=outbox,
        audit=audit,
        traces=traces,
        counters=counters,
        hasher=passwords_hasher,
        rules=PasswordRules(CommonPasswords()),
        clock=time,
        randomness=randomness,
        mails=password_mails,
    )
    accounts = AccountService(database=database, clock=time, randomness=randomness)
    provisioning = ProvisioningService(
        database=database,
        enforcement=enforcement,
        audit=audit,
        sealer=sealer,
        hasher=passwords_hasher,
        clock=time,
        randomness=randomness,
    )
    reader = FormReader(presets=read_presets(CONFIG / "providers.toml"), development=settings.development)
    return Bridge(
        settings=settings,
        site=SiteOptions(
            base_url=settings.public_url,
            development=settings.development,
            cookie_domain=settings.cookie_domain,
            forward_auth_hosts=settings.forward_auth_hosts,
            trusted_proxies=settings.trusted_proxies,
        ),
        metrics=Metrics(multiprocess=environment().get("PROMETHEUS_MULTIPROC_DIR", "")),
        clock=time,
        randomness=randomness,
        sealer=sealer,
        hasher=passwords_hasher,
        database=database,
        counters=counters,
        outbound=outbound,
        connector=connector,
        connection_keys=connection_keys,
        audit=audit,
        enforcement=enforcement,
        readiness=readiness,
        switch_decisions=SwitchDecisions(database=database, clock=time, enforcement=enforcement, switching=switching),
        tenant_directory=TenantDirectory(database=database, readiness=readiness),
        switching=switching,
        discovery=DiscoveryService(database=database),
        login=LoginService(
            database=database,
            connector=connector,
            enforcement=enforcement,
            accounts=accounts,
            sessions=sessions,
            tickets=TicketService(sealer=sealer, clock=time),
            attempts=AttemptService(database=database, sealer=sealer, clock=time),
            proofs=ProofService(database=database, sessions=sessions, clock=time),
            traces=traces,
            clock=time,
            randomness=randomness,
            base_url=settings.public_url,
        ),
        passwords=passwords,
        password_links=password_links,
        password_changes=password_changes,
        second_factors=second_factors,
        accounts=accounts,
        account_admin=AccountAdmin(database=database, audit=audit, clock=time),
        sessions=sessions,
        logout=LogoutService(
            database=database,
            sessions=sessions,
            sealer=sealer,
            randomness=randomness,
            base_url=settings.public_url,
        ),
        provider_logout=ProviderLogoutService(database=database, connector=connector, clock=time),
        traces=traces,
        references=ReferenceService(database=database, traces=traces),
        throttled=ThrottledService(database=database, counters=counters, audit=audit, clock=time),
        outbox=outbox,
        held=HeldLoginService(database=database, clock=time, randomness=randomness, audit=audit),
        jobs=_jobs(settings, database, traces=traces, outbox=outbox, switching=switching, clock=time),
        health=HealthService(database=database, counters=counters, outbox=outbox),
        provisioning=provisioning,
        set_up=SetUpService(
            database=database,
            reader=reader,
            provisioning=provisioning,
            connector=connector,
            sealer=sealer,
            clock=time,
        ),
        tenant_security=TenantSecurityService(database=database, clock=time, audit=audit),
        staff=StaffService(database=database, clock=time, randomness=randomness, audit=audit, reader=reader),
    )


def _jobs(
    settings: Settings,
    database: SqlDatabase,
    *,
    traces: TraceService,
    outbox: OutboxService,
    switching: SwitchService,
    clock: Clock,
) -> Jobs:
    return Jobs(
        clock=clock,
        jobs=(
            Job("deliver mail", every_s=5, run=outbox.deliver),
            Job("planned switches", every_s=5, run=switching.carry_out_due),
            Job("purge", every_s=600, run=lambda: database.purge(clock.now())),
            Job("forget old traces", every_s=3600, run=lambda: traces.forget_old(days=settings.trace_days)),
            Job("forget old mail", every_s=3600, run=outbox.forget_old),
        ),
    )


def _counters(settings: Settings, database: SqlDatabase, clock: Clock) -> Counters:
    return RedisCounters(settings.redis_url) if settings.redis_url else SqlCounters(engine=database.engine, clock=clock)


def _mailer(settings: Settings) -> Mailer | None:
    if settings.smtp_url:
        return SmtpMailer(
            smtp_server(settings.smtp_url),
            sender=mail_address(settings.mail_from),
            ca_bundle=environment().get("REQUESTS_CA_BUNDLE"),
        )
    return DevelopmentMailbox() if settings.development else None
