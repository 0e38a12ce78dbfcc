"""Builds the services of rooms that know no provider: tenants, their domains and links, readiness, and people."""

from app.adapters.dns.text_records import DnsTextRecords
from app.domain.setup.setup_mails import SetupMails
from app.ports.sealing import PasswordHasher
from app.ports.system import Clock
from app.services.accounts.account_admin import AccountAdmin
from app.services.accounts.account_changes import AccountChanges, AccountWriter
from app.services.accounts.account_import import AccountImportService
from app.services.accounts.held import HeldLoginService
from app.services.accounts.import_run import ImportRun
from app.services.accounts.matching import AccountService
from app.services.accounts.people import PeopleService
from app.services.accounts.people_files import PeopleFiles
from app.services.accounts.person import PersonService
from app.services.setup.setup_links import SetupLinkService
from app.services.sso_only.readiness import ReadinessService
from app.services.sso_only.switching import SwitchService
from app.services.sso_only.trial_invitations import TrialInvitations
from app.services.tenants.domains import DomainService
from app.services.tenants.logos import LogoService
from app.services.tenants.security_settings import TenantSecurityService
from app.services.tenants.tenant_lookup import TenantLookup
from app.services.throttling.throttled import ThrottledService
from app.services.traces.login_activity import LoginActivityService
from app.services.traces.references import ReferenceService
from app.settings import Settings
from app.wiring.infrastructure import Infrastructure


class TenantsAndPeople(Infrastructure):
    """Each room builds on the ones before it."""

    def __init__(self, settings: Settings, *, clock: Clock, hasher: PasswordHasher) -> None:
        super().__init__(settings, clock=clock, hasher=hasher)
        self._throttling_and_traces()
        self._tenants()
        self._setup_links()
        self._sso_only()
        self._accounts()

    def _throttling_and_traces(self) -> None:
        self.throttled = ThrottledService(
            database=self.database, counters=self.counters, audit=self.audit, clock=self.clock
        )
        self.references = ReferenceService(database=self.database, traces=self.traces)
        self.login_activity = LoginActivityService(database=self.database, clock=self.clock)

    def _tenants(self) -> None:
        self.tenant_lookup = TenantLookup(database=self.database)
        self.tenant_security = TenantSecurityService(database=self.database, clock=self.clock, audit=self.audit)
        self.logos = LogoService(database=self.database, clock=self.clock, audit=self.audit)
        self.domains = DomainService(
            database=self.database,
            records=DnsTextRecords(),
            counters=self.counters,
            clock=self.clock,
            randomness=self.randomness,
            audit=self.audit,
        )

    def _setup_links(self) -> None:
        self.setup_links = SetupLinkService(
            database=self.database,
            outbox=self.outbox,
            audit=self.audit,
            sealer=self.sealer,
            clock=self.clock,
            randomness=self.randomness,
            mails=SetupMails(self.settings.public_url),
        )

    def _sso_only(self) -> None:
        self.readiness = ReadinessService(database=self.database, clock=self.clock)
        self.switching = SwitchService(
            database=self.database,
            clock=self.clock,
            audit=self.audit,
            enforcement=self.enforcement,
            readiness=self.readiness,
            outbox=self.outbox,
        )

        self.trial_invitations = TrialInvitations(
            database=self.database,
            readiness=self.readiness,
            outbox=self.outbox,
            audit=self.audit,
            clock=self.clock,
            base_url=self.settings.public_url,
        )

    def _accounts(self) -> None:
        self.accounts = AccountService(database=self.database, clock=self.clock, randomness=self.randomness)
        self.account_admin = AccountAdmin(database=self.database, audit=self.audit, clock=self.clock)
        self.held = HeldLoginService(
            database=self.database, clock=self.clock, randomness=self.randomness, audit=self.audit
        )

        self.people = PeopleService(database=self.database, throttled=self.throttled, traces=self.traces)
        self.person = PersonService(database=self.database, account_admin=self.account_admin, throttled=self.throttled)
        writer = AccountWriter(audit=self.audit, clock=self.clock, randomness=self.randomness)
        self.account_changes = AccountChanges(database=self.database, writer=writer, audit=self.audit, clock=self.clock)
        self.people_files = PeopleFiles(self.database)
        self.account_imports = AccountImportService(
            database=self.database, sealer=self.sealer, clock=self.clock, randomness=self.randomness
        )
        self.import_run = ImportRun(
            database=self.database,
            imports=self.account_imports,
            writer=writer,
            audit=self.audit,
            clock=self.clock,
        )
