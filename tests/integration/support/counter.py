"""The support console as its people see it: sam (support) and olga (operator) in browsers of their own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Role
from app.domain.audit.audit import AuditEntry
from app.domain.tenants.tenant import Tenant
from tests.builders import World, hidden_fields, password_login

PASSWORD = "what staff type"
CHANGED_MEANWHILE = "Someone else changed this after you opened the page. Nothing was saved."
TAG = re.compile(r"<[^>]*>")


@dataclass
class Counter:
    """A world with the vendor's staff, who sign in by password without a second factor."""

    world: World
    staff: Tenant = field(init=False)

    def __post_init__(self) -> None:
        self.staff = self.world.tenant("staff", name="Vendor")
        self.world.account(self.staff, "sam", password=PASSWORD, roles=[Role.SUPPORT])
        self.world.account(self.staff, "olga", password=PASSWORD, roles=[Role.OPERATOR])

    def browser(self, username: str = "sam", *, tenant: str = "staff") -> "Browser":
        """Of somebody who has just signed in."""
        client = self.world.client()
        answer = password_login(client, username, PASSWORD, tenant=tenant)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return Browser(client)

    def tenant(self, slug: str = "acme") -> Tenant:
        """As it is now."""
        with self.world.bridge.database.read() as work:
            found = work.tenants.by_slug(slug)
        assert found is not None
        return found

    def audit(self, slug: str = "acme") -> list[AuditEntry]:
        with self.world.bridge.database.read() as work:
            return list(work.audit.of_tenant(self.tenant(slug).id))


@dataclass
class Browser:
    """Opens pages and fills in their forms."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def read(self, path: str, *, status: int = 200) -> str:
        """The words of a page."""
        return words(self.client.get(path), status=status)

    def fill(self, path: str, fields: Mapping[str, object], *, page: str | None = None) -> TestResponse:
        """Post the form that stands on `page` (or at `path` itself) to `path`, with `fields` filled in."""
        found = self.client.get(page or path)
        assert found.status_code == 200, found.get_data(as_text=True)
        return self.client.post(path, data={**hidden_fields(found), **fields})


def words(answer: TestResponse, *, status: int = 200) -> str:
    """What somebody reads."""
    html = answer.get_data(as_text=True)
    assert answer.status_code == status, html
    return " ".join(unescape(TAG.sub(" ", html)).split())
