"""What everything stands on: clock, keys, stores, the ways out, and the services that nearly all others ask."""

from dataclasses import dataclass

from app.adapters.crypto.sealing import KeyringSealer
from app.adapters.http.client import OutboundClient
from app.adapters.logs.audit_heads import StructuredHeadLog
from app.adapters.redis.counters import RedisCounters
from app.adapters.smtp.mailbox import DevelopmentMailbox
from app.adapters.smtp.mailer import SmtpMailer
from app.adapters.smtp.server import mail_address, smtp_server
from app.adapters.sql.throttling.counters import SqlCounters
from app.adapters.sql.unit_of_work import SqlDatabase
from app.adapters.system import SystemRandomness
from app.ports.counters import Counters
from app.ports.mail import Mailer
from app.ports.sealing import PasswordHasher, Sealer
from app.ports.system import Clock, Randomness
from app.services.audit.audit import AuditService
from app.services.mail.outbox import OutboxService
from app.services.sessions.sessions import SessionService
from app.services.sso_only.enforcement import Enforcement
from app.services.throttling.fair_places import FairPlaces
from app.services.traces.traces import TraceService
from app.settings import Settings, environment


@dataclass(frozen=True, slots=True)
class Infrastructure:
    """Built first."""

    settings: Settings
    clock: Clock
    randomness: Randomness
    sealer: Sealer
    hasher: PasswordHasher
    places: FairPlaces
    database: SqlDatabase
    counters: Counters
    outbound: OutboundClient
    audit: AuditService
    enforcement: Enforcement
    traces: TraceService
    outbox: OutboxService
    sessions: SessionService


def build_infrastructure(settings: Settings, *, clock: Clock, hasher: PasswordHasher) -> Infrastructure:
    randomness = SystemRandomness()
    sealer = KeyringSealer(settings.secret_keys)
    database = SqlDatabase(settings.database, head_log=StructuredHeadLog(development=settings.development))
    audit = AuditService(database=database, sealer=sealer)
    enforcement = Enforcement(database=database, clock=clock, audit=audit)
    return Infrastructure(
        settings=settings,
        clock=clock,
        randomness=randomness,
        sealer=sealer,
        hasher=hasher,
        places=FairPlaces(),
        database=database,
        counters=_counters(settings, database, clock),
        outbound=OutboundClient(
            allow_http=settings.development,
            networks=settings.upstream_networks,
            clock=clock,
            ca_bundle=environment().get("REQUESTS_CA_BUNDLE"),
        ),
        audit=audit,
        enforcement=enforcement,
        traces=TraceService(database=database, clock=clock, sealer=sealer),
        outbox=OutboxService(
            database=database,
            mailer=_mailer(settings),
            sealer=sealer,
            clock=clock,
            randomness=randomness,
            keep_bodies=settings.development,
        ),
        sessions=SessionService(
            database=database, enforcement=enforcement, sealer=sealer, clock=clock, randomness=randomness
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
