"""One tenant with one of everything that an address can name, and those who have no business with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask.testing import FlaskClient

from app.domain.accounts.account import Account, Role
from app.domain.accounts.account_import import ImportId
from app.domain.accounts.held import HeldDecision
from app.domain.connections.connection import Connection, ConnectionId
from app.domain.oauth2.client import ClientId
from app.domain.oauth2.client_settings import ClientSettings
from app.domain.oauth2.client_type import ClientType
from app.domain.tenants.tenant import Tenant
from tests.builders import World, hidden_fields, password_login
from tests.fake_idp import FakeProvider
from tests.threats.setup.newcomer import BY, Newcomer

PASSWORD = "what they type"
EMAIL = "alice@acme.example"
TABLES = (
    "tenants", "connections", "connection_drafts", "accounts", "identities", "identity_accounts", "second_factors",
    "domain_claims", "held_logins", "account_imports", "notice_settings", "outbox", "audit_entries", "clients",
)  # fmt: skip
"""What none of them may change. A session's last use changes with every request."""


@dataclass
class Everything:
    """`acme` has it all; gina is an admin of globex, and it@globex.example sets up that tenant."""

    world: World
    idp: FakeProvider
    acme: Tenant = field(init=False)
    alice: Account = field(init=False)
    main: Connection = field(init=False)
    draft: ConnectionId = field(init=False)
    people_file: ImportId = field(init=False)
    app: ClientId = field(init=False)
    newcomer: Newcomer = field(init=False)

    def __post_init__(self) -> None:
        world, idp = self.world, self.idp
        self.acme = world.tenant("acme", name="Acme Support")
        self.alice = self._person(self.acme, "alice", Role.AGENT)
        ada = self._person(self.acme, "ada", Role.TENANT_ADMIN)
        self.people_file = world.bridge.account_imports.upload(
            self.acme, b"username,roles\nnew,agent\n", file_name="people.csv", by=BY, account=ada.id
        )
        settings = ClientSettings(name="Export", scopes=("accounts:read",))
        made = world.bridge.apps.create(self.acme.id, ClientType.CREDENTIAL, settings, form="a form", by=BY)
        self.app = made.client.client_id
        self.main = world.connection(self.acme, idp)
        idp.person("alice", email=EMAIL)
        world.sign_in(world.client(), idp)
        idp.person("newcomer", email=EMAIL)
        world.sign_in(world.client(), idp)
        self._person(world.tenant("staff"), "sam", Role.SUPPORT)
        world.bridge.domains.add(self.acme, "acme.example", by=BY)
        self.newcomer = Newcomer(world, self.acme)
        self.newcomer.open()
        self.draft = self.newcomer.begin(name="proposed")
        globex = world.tenant("globex")
        self._person(globex, "gina", Role.TENANT_ADMIN)
        world.connection(globex, idp)

    def objects(self) -> Mapping[str, str]:
        """What each part of an address is called in a route, and one of acme's. A new part belongs here."""
        with self.world.bridge.database.read() as work:
            (held,) = work.held.of_tenant(self.acme.id, decision=HeldDecision.OPEN)
            identity = work.identities.find(self.main.id, issuer=self.idp.issuer, subject="alice")
            sessions = work.sessions.of_tenant(self.acme.id, now=self.world.clock.now(), most=9)
        return {
            "slug": "acme",
            "name": "main",
            "account_id": self.alice.id,
            "session_id": sessions[0].session.id,
            "held_id": held.id,
            "connection_id": self.draft,
            "import_id": self.people_file,
            "link_id": self.newcomer.link.id,
            "domain": "acme.example",
            "act": "disable",
            "client_id": self.app,
            "step": "client",
            "reference": held.reference,
            "identity_id": identity.id if identity else "",
        }

    def visitors(self) -> Mapping[str, "Stranger"]:
        """By what they are."""
        of_link = Newcomer(self.world, self.world.bridge.tenant_directory.one("globex"))
        of_link.open()
        return {
            "nobody": Stranger(self.world.client(), ""),
            "agent": self._signed_in("alice", "acme"),
            "admin of another tenant": self._signed_in("gina", "globex"),
            "set-up link of another tenant": Stranger(of_link.browser, of_link.token()),
        }

    def stored(self) -> Mapping[str, str]:
        """By table."""
        with self.world.bridge.database.engine.connect() as connection:
            reading = {table: f"SELECT * FROM {table}" for table in TABLES}  # noqa: S608 - fixed names
            return {table: str(connection.exec_driver_sql(query).fetchall()) for table, query in reading.items()}

    def _person(self, tenant: Tenant, username: str, role: Role) -> Account:
        return self.world.account(
            tenant, username, email=f"{username}@{tenant.slug}.example", password=PASSWORD, roles=[role]
        )

    def _signed_in(self, username: str, slug: str) -> "Stranger":
        browser = self.world.client()
        assert password_login(browser, username, PASSWORD, tenant=slug).status_code == 303
        token = hidden_fields(browser.get("/account"))["csrf_token"]
        return Stranger(browser, token, lambda: self._signed_in(username, slug))


@dataclass
class Stranger:
    """`token` is that of their own forms."""

    browser: FlaskClient
    token: str
    signed_in_again: Callable[[], "Stranger"] | None = None

    def knock(self, method: str, path: str) -> "Answer":
        if self.signed_in_again and self.browser.get("/session").status_code != 200:
            again = self.signed_in_again()  # they may end their own sessions
            self.browser, self.token = again.browser, again.token
        data = {"csrf_token": self.token, "reason": "mine", "version": "x"} if method == "POST" else None
        answer = self.browser.open(path, method=method, data=data)
        return Answer(answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True))


@dataclass
class Answer:
    """What somebody got."""

    status: int
    location: str
    page: str
