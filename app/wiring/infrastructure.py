"""What every room needs: clock, keys, stores, outbound connections, and the services that most others use."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from app.adapters.crypto.sealing import KeyringSealer
from app.adapters.http.client import OutboundClient
from app.adapters.logs import log_head
from app.adapters.smtp.mailbox import DevelopmentMailbox
from app.adapters.sql.throttling.counters import SqlCounters
from app.adapters.sql.unit_of_work import SqlDatabase
from app.adapters.system import SystemRandomness
from app.adapters.translations.catalogs import Catalogs
from app.domain.mail.notice_mails import NoticeMails
from app.ports.counters import Counters
from app.ports.mail import Mailer
from app.ports.sealing import PasswordHasher, Sealer
from app.ports.system import Clock, Randomness
from app.ports.translations import Translations
from app.services.audit.audit import AuditService
from app.services.mail.notice_jobs import NoticeJobs
from app.services.mail.notices import NoticeService
from app.services.mail.outbox import OutboxService
from app.services.sessions.sessions import SessionService
from app.services.sso_only.enforcement import Enforcement
from app.services.throttling.fair_places import FairPlaces
from app.services.traces.traces import TraceService
from app.settings import Settings, SettingsError, environment


class Infrastructure:
    """Built first. Opens no connection yet."""

    def __init__(self, settings: Settings, *, clock: Clock, hasher: PasswordHasher) -> None:
        self.settings = settings
        self.clock = clock
        self.hasher = hasher
        self.places = FairPlaces()
        self._open: list[Callable[[], None]] = []
        self.randomness: Randomness = SystemRandomness()
        self.translations: Translations = Catalogs()
        self.sealer: Sealer = KeyringSealer(settings.secret_keys)
        self._stores()
        self._ways_out()
        self._asked_by_all()

    def close(self) -> None:
        """Connections kept open between requests. Each is opened again when needed."""
        for close in self._open:
            close()

    def _stores(self) -> None:
        head_log = partial(log_head, development=self.settings.development)
        with _named("SSO_BRIDGE_DATABASE_URL"):
            self.database = SqlDatabase(self.settings.database, head_log=head_log)
        self._open.append(self.database.close)
        self.counters = self._counters()

    def _ways_out(self) -> None:
        self.outbound = OutboundClient(
            allow_http=self.settings.development,
            networks=self.settings.upstream_networks,
            clock=self.clock,
            ca_bundle=environment().get("REQUESTS_CA_BUNDLE"),
        )
        self._open.append(self.outbound.close)
        self.outbox = OutboxService(
            database=self.database,
            mailer=self._mailer(),
            sealer=self.sealer,
            clock=self.clock,
            randomness=self.randomness,
            translations=self.translations,
            keep_bodies=self.settings.development,
        )

    def _asked_by_all(self) -> None:
        self.audit = AuditService(database=self.database, sealer=self.sealer)
        self.notices = NoticeService(database=self.database, outbox=self.outbox, audit=self.audit, clock=self.clock)
        self.notice_mails = NoticeMails(self.settings.public_url)
        self.notice_jobs = NoticeJobs(
            database=self.database, notices=self.notices, mails=self.notice_mails, clock=self.clock
        )
        self.enforcement = Enforcement(
            database=self.database,
            clock=self.clock,
            audit=self.audit,
            notices=self.notices,
            notice_mails=self.notice_mails,
        )
        self.traces = TraceService(
            database=self.database, clock=self.clock, randomness=self.randomness, sealer=self.sealer
        )
        self.sessions = SessionService(
            database=self.database,
            enforcement=self.enforcement,
            sealer=self.sealer,
            clock=self.clock,
            randomness=self.randomness,
        )

    def _counters(self) -> Counters:
        if self.settings.redis_url:
            from app.adapters.redis.counters import RedisCounters  # noqa: PLC0415 - most installations have no Redis

            with _named("SSO_BRIDGE_REDIS_URL"):
                counters = RedisCounters(self.settings.redis_url)
            self._open.append(counters.close)
            return counters
        return SqlCounters(engine=self.database.engine, clock=self.clock)

    def _mailer(self) -> Mailer | None:
        if self.settings.smtp_url:
            from app.adapters.smtp.mailer import SmtpMailer  # noqa: PLC0415 - not everybody has a mail server
            from app.adapters.smtp.server import mail_address, smtp_server  # noqa: PLC0415

            return SmtpMailer(
                smtp_server(self.settings.smtp_url),
                sender=mail_address(self.settings.mail_from),
                ca_bundle=environment().get("REQUESTS_CA_BUNDLE"),
            )
        return DevelopmentMailbox() if self.settings.development else None


@contextmanager
def _named(setting: str) -> Iterator[None]:
    """Only the driver knows whether it can use a URL; the person has to know which one."""
    try:
        yield
    except ValueError as error:
        raise SettingsError(f"{setting}: {error}") from error
