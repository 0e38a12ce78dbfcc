"""Somebody who sets up a connection: ada in her own console, or olga of the vendor in support's."""

import re
from dataclasses import dataclass

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.connections.connection import Connection
from app.domain.tenants.tenant import Tenant
from tests.builders import BASE_URL, World, hidden_fields
from tests.fake_idp import FakeProvider
from tests.integration.support.counter import words

SECRET = "the secret of the client"


@dataclass
class Wizard:
    """`home` is the page of all connections."""

    world: World
    tenant: Tenant
    browser: FlaskClient
    home: str = "/admin/sso"

    def read(self, path: str = "", *, status: int = 200) -> str:
        return words(self.browser.get(f"{self.home}{path}"), status=status)

    def post(self, path: str, *, page: str | None = None, **fields: str) -> TestResponse:
        """What a browser sends: the hidden fields of the page, what its fields show, and what was typed."""
        shown = self.browser.get(f"{self.home}{path if page is None else page}")
        return self.browser.post(f"{self.home}{path}", data={**untouched(shown), **fields})

    def begin(self, preset: str = "oidc") -> str:
        """A draft; returns the path of its pages."""
        answer = self.post("/new", preset=preset)
        assert answer.status_code == 303, words(answer, status=answer.status_code)
        return answer.headers["Location"].removeprefix(self.home).removesuffix("/guide")

    def fill(self, draft: str, idp: FakeProvider) -> None:
        """Everything that a draft of the provider needs, step by step."""
        for step, typed in (
            ("address", {"issuer": idp.issuer}),
            ("client", {"client_id": "bridge", "client_secret": SECRET}),
            ("claims", {}),
        ):
            answer = self.post(f"{draft}/{step}", **typed)
            assert answer.status_code == 303, words(answer, status=answer.status_code)

    def test(self, draft: str, idp: FakeProvider) -> TestResponse:
        """There and back."""
        out = self.post(f"{draft}/test")
        assert out.status_code == 303, words(out, status=out.status_code)
        back = idp.authorize(out.headers["Location"]).callback_url
        return self.browser.get(str(back).removeprefix(BASE_URL), follow_redirects=True)

    def activate(self, draft: str) -> TestResponse:
        return self.post(f"{draft}/activate")

    def stored(self) -> list[Connection]:
        with self.world.bridge.database.read() as work:
            return list(work.connections.of_tenant(self.tenant.id))


def untouched(page: TestResponse) -> dict[str, str]:
    """What a browser sends when nobody has touched the form."""
    html = page.get_data(as_text=True)
    found = dict(hidden_fields(page))
    found |= dict(re.findall(r'<input id="field-(\w+)"[^>]*?\bvalue="([^"]*)"', html, re.DOTALL))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        found[name] = re.findall(r'value="([^"]*)" selected', options)[0]
    return found
