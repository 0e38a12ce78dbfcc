"""Everything that is built once per process, room by room; views and commands take what they use."""

from pathlib import Path

from app.adapters.apply_file.form import FormReader
from app.adapters.apply_file.presets import read_presets
from app.adapters.crypto.common_passwords import CommonPasswords
from app.adapters.crypto.connection_keys import make_key
from app.adapters.crypto.one_time_codes import TimeBasedCodes
from app.adapters.provider.provider_client import OAuthProviderClient
from app.domain.passwords.password_mails import PasswordMails
from app.domain.passwords.password_rules import PasswordRules
from app.domain.setup.setup_mails import SetupMails
from app.ports.sealing import PasswordHasher
from app.ports.system import Clock
from app.services.apply import ApplyService
from app.services.apply.connections import ConnectionApplier
from app.services.connections.connection_keys import ConnectionKeyService
from app.services.connections.drafts import ConnectionDrafts
from app.services.connections.next_secret import NextSecretService
from app.services.connections.set_up import SetUpService
from app.services.health import HealthService
from app.services.jobs import Job, Jobs
from app.services.login.attempts import AttemptService
from app.services.login.connection_checks import ConnectionCheckService
from app.services.login.draft_tests import DraftTestService
from app.services.login.login import LoginService
from app.services.login.tickets import TicketService
from app.services.oauth2.apps import AppService
from app.services.oauth2.connected_apps import ConnectedApps
from app.services.operations import OperationsService
from app.services.passwords.guesses import Guesses
from app.services.passwords.password_changes import PasswordChangeService
from app.services.passwords.password_links import PasswordLinkService
from app.services.passwords.passwords import PasswordService
from app.services.passwords.second_factors import SecondFactorService
from app.services.sessions.logout import LogoutService
from app.services.sessions.own_sessions import OwnSessions
from app.services.sessions.provider_logout import ProviderLogoutService
from app.services.setup.proposals import SetupProposals
from app.services.staff.caller_search import CallerSearch
from app.services.staff.staff import StaffService
from app.services.staff.tenant_directory import TenantDirectory
from app.services.throttling.devices import Devices
from app.settings import Settings
from app.wiring.clean_up import clean_up_jobs
from app.wiring.oauth2 import OAuth2Services
from app.wiring.tenants_and_people import TenantsAndPeople

CONFIG = Path(__file__).resolve().parents[2] / "config"
"""Found next to the installed code, so that commands run from any folder."""


class Bridge(TenantsAndPeople):
    """Each room builds on the ones before it."""

    def __init__(self, settings: Settings, *, clock: Clock, hasher: PasswordHasher) -> None:
        super().__init__(settings, clock=clock, hasher=hasher)
        self._apply()
        self._apps()
        self._connections()
        self._staff()
        self._login()
        self._sessions()
        self._passwords()
        self._new_passwords()
        self.oauth2 = OAuth2Services(self)
        self._operations()

    def _apply(self) -> None:
        self.reader = FormReader(presets=read_presets(CONFIG / "providers.toml"), development=self.settings.development)
        self.applier = ApplyService(
            database=self.database,
            enforcement=self.enforcement,
            audit=self.audit,
            sealer=self.sealer,
            outbound=self.outbound,
            hasher=self.hasher,
            clock=self.clock,
            randomness=self.randomness,
        )

    def _apps(self) -> None:
        self.apps = AppService(
            database=self.database,
            audit=self.audit,
            clock=self.clock,
            randomness=self.randomness,
            development=self.settings.development,
        )
        self.connected_apps = ConnectedApps(database=self.database, audit=self.audit, clock=self.clock)

    def _connections(self) -> None:
        self.connection_keys = ConnectionKeyService(
            database=self.database, make_key=make_key, sealer=self.sealer, clock=self.clock, audit=self.audit
        )
        self.provider_client = OAuthProviderClient(
            outbound=self.outbound,
            sealer=self.sealer,
            clock=self.clock,
            randomness=self.randomness,
            own_keys=self.connection_keys,
            allow_http=self.settings.development,
        )
        self.drafts = ConnectionDrafts(
            database=self.database,
            reader=self.reader,
            applier=ConnectionApplier(sealer=self.sealer, outbound=self.outbound, randomness=self.randomness),
            provider_client=self.provider_client,
            audit=self.audit,
            clock=self.clock,
            randomness=self.randomness,
            base_url=self.settings.public_url,
        )
        self.next_secret = NextSecretService(database=self.database, audit=self.audit, clock=self.clock)
        self.setup_proposals = SetupProposals(
            database=self.database,
            drafts=self.drafts,
            outbox=self.outbox,
            mails=SetupMails(self.settings.public_url),
        )
        self.set_up = SetUpService(
            database=self.database,
            reader=self.reader,
            applier=self.applier,
        )

    def _staff(self) -> None:
        self.staff = StaffService(
            database=self.database,
            clock=self.clock,
            randomness=self.randomness,
            audit=self.audit,
            reader=self.reader,
        )
        self.caller_search = CallerSearch(database=self.database)
        self.tenant_directory = TenantDirectory(
            database=self.database, readiness=self.readiness, activity=self.login_activity
        )

    def _login(self) -> None:
        self.login = LoginService(
            database=self.database,
            provider_client=self.provider_client,
            enforcement=self.enforcement,
            accounts=self.accounts,
            sessions=self.sessions,
            tickets=TicketService(sealer=self.sealer, clock=self.clock),
            attempts=AttemptService(database=self.database, sealer=self.sealer, clock=self.clock, traces=self.traces),
            connection_checks=ConnectionCheckService(database=self.database, sessions=self.sessions, clock=self.clock),
            next_secret=self.next_secret,
            draft_tests=DraftTestService(
                database=self.database, accounts=self.accounts, setup_links=self.setup_links, clock=self.clock
            ),
            traces=self.traces,
            clock=self.clock,
            randomness=self.randomness,
            base_url=self.settings.public_url,
        )

    def _sessions(self) -> None:
        self.own_sessions = OwnSessions(database=self.database, audit=self.audit, clock=self.clock)
        self.logout = LogoutService(
            database=self.database,
            sessions=self.sessions,
            sealer=self.sealer,
            randomness=self.randomness,
            base_url=self.settings.public_url,
        )
        self.provider_logout = ProviderLogoutService(
            database=self.database,
            provider_client=self.provider_client,
            traces=self.traces,
            clock=self.clock,
        )

    def _passwords(self) -> None:
        self.second_factors = SecondFactorService(
            database=self.database,
            enforcement=self.enforcement,
            counters=self.counters,
            codes=TimeBasedCodes(),
            sealer=self.sealer,
            audit=self.audit,
            outbox=self.outbox,
            mails=PasswordMails(self.settings.public_url),
            clock=self.clock,
            randomness=self.randomness,
        )
        self.passwords = PasswordService(
            database=self.database,
            enforcement=self.enforcement,
            sessions=self.sessions,
            second_factors=self.second_factors,
            traces=self.traces,
            guesses=Guesses(
                counters=self.counters,
                devices=Devices(sealer=self.sealer, clock=self.clock, randomness=self.randomness),
                places=self.places,
            ),
            hasher=self.hasher,
            sealer=self.sealer,
            clock=self.clock,
            randomness=self.randomness,
        )

    def _new_passwords(self) -> None:
        self.password_links = PasswordLinkService(
            database=self.database,
            enforcement=self.enforcement,
            outbox=self.outbox,
            audit=self.audit,
            traces=self.traces,
            counters=self.counters,
            sealer=self.sealer,
            clock=self.clock,
            mails=PasswordMails(self.settings.public_url),
        )
        self.password_changes = PasswordChangeService(
            database=self.database,
            enforcement=self.enforcement,
            passwords=self.passwords,
            sessions=self.sessions,
            links=self.password_links,
            outbox=self.outbox,
            audit=self.audit,
            traces=self.traces,
            counters=self.counters,
            hasher=self.hasher,
            places=self.places,
            rules=PasswordRules(CommonPasswords()),
            clock=self.clock,
            mails=PasswordMails(self.settings.public_url),
        )

    def _operations(self) -> None:
        """Health checks, and the jobs of `sso-bridge worker` with their intervals."""
        self.health = HealthService(database=self.database, counters=self.counters, outbox=self.outbox)
        self.operations = OperationsService(
            database=self.database,
            outbox=self.outbox,
            switching=self.switching,
            app_logouts=self.oauth2.app_logouts,
            clock=self.clock,
        )
        self.jobs = Jobs(
            clock=self.clock,
            jobs=(
                Job("deliver mail", every_s=5, run=self.outbox.deliver),
                Job("tell apps", every_s=2, run=self.oauth2.app_logouts.start_due),
                Job("account imports", every_s=2, run=self.import_run.carry_out_waiting),
                Job("planned switches", every_s=5, run=self.switching.carry_out_due),
                Job("count logins", every_s=300, run=self.login_activity.count),
                Job("check domains", every_s=60, run=self.domains.check_due),
                *self.notice_jobs.jobs(),
                *clean_up_jobs(self),
            ),
        )
