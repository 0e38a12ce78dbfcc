"""Somebody in customer IT, without an account, who got a set-up link; and the mailbox it came to."""

import re
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.audit.audit import Actor, AuditEntry
from app.domain.connections.connection import ConnectionId
from app.domain.setup.setup_link import SetupLink
from app.domain.tenants.tenant import Tenant
from tests.builders import World, hidden_fields

IT = "it@acme.example"
BY = Actor("staff/sam", "192.0.2.1", "they asked for it on the telephone")


@dataclass
class Newcomer:
    """`browser` is where the link is opened."""

    world: World
    tenant: Tenant
    link: SetupLink = field(init=False)
    url: str = field(init=False)
    browser: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.link = self.world.bridge.setup_links.send(self.tenant.slug, IT, by=BY)
        self.url = re.findall(r"/setup/\S+", self.mails()[0])[0]
        self.browser = self.world.client()

    def mails(self, to: str = IT) -> list[str]:
        """The newest first."""
        newest = self.world.bridge.outbox.newest(most=50)
        return [body for queued, body in newest if queued.to == to]

    def ask(self, browser: FlaskClient | None = None) -> TestResponse:
        """Press the button that mails a code."""
        browser = browser or self.browser
        return browser.post(self.url, data=hidden_fields(browser.get(self.url)))

    def code(self) -> str:
        """From the newest mail."""
        found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", self.mails()[0])
        assert found, self.mails()[0]
        return found[0]

    def type(self, code: str, browser: FlaskClient | None = None) -> TestResponse:
        browser = browser or self.browser
        form = hidden_fields(browser.get(f"{self.url}/code"))
        return browser.post(f"{self.url}/code", data={**form, "code": code})

    def open(self) -> None:
        assert self.ask().status_code == 303
        answer = self.type(self.code())
        assert answer.headers.get("Location") == "/setup/sso", answer.get_data(as_text=True)

    def token(self) -> str:
        """Of the forms of the set-up."""
        return hidden_fields(self.browser.get("/setup/sso/new"))["csrf_token"]

    def begin(self, preset: str = "oidc", name: str = "main") -> ConnectionId:
        answer = self.browser.post("/setup/sso/new", data={"csrf_token": self.token(), "preset": preset, "name": name})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return ConnectionId(answer.headers["Location"].split("/")[3])

    def audit(self) -> list[AuditEntry]:
        with self.world.bridge.database.read() as work:
            return list(work.audit.of_tenant(self.tenant.id))
