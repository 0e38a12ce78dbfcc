"""What a login and a check ask of the stores and of the provider: listed in docs/performance.md, and held here.

A new round trip fails this test until somebody has argued for it in that table.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from app.domain.oauth2.pkce import challenge_of
from app.domain.tenants.login_policy import LoginPolicy
from tests.apps import REDIRECT_URI, VERIFIER, App
from tests.builders import World, callback_of, hidden_fields
from tests.fake_idp import FakeProvider
from tests.services.statements import statements

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
PASSWORD = "correct horse battery staple"
_ROW = re.compile(r"^\| `(?P<name>[a-z-]+)` \| (?P<statements>[^|]*) \| (?P<requests>\d+) \|", re.MULTILINE)
_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?([a-z_]+)"?', re.IGNORECASE)


class Way:
    """One browser of one person, at a bridge whose documents of the provider are fetched already."""

    def __init__(self, world: World, idp: FakeProvider) -> None:
        self.world, self.idp, self.browser = world, idp, world.client()
        self.desk = App.registered(world)
        acme = world.tenant("acme")
        world.connection(acme, idp)
        self.bob = world.account(acme, "bob", email="alice@acme.example", password=PASSWORD)
        self.acme = acme
        office = world.tenant("office", policy=LoginPolicy.SSO_ONLY)
        world.connection(office, idp)
        world.account(office, "bob", email="alice@acme.example")
        for tenant in ("acme", "office"):
            world.sign_in(world.client(), idp, path=f"/t/{tenant}/oauth/login")
        self.desk.tokens(acme, self.bob)
        self.steps: dict[str, Callable[[FlaskClient], object]] = {
            "login-out": self.out,
            "login-back": self.back,
            "password-login": self.password,
            "session-check": lambda browser: self.checked(browser, "/session"),
            "forward-auth": lambda browser: self.checked(browser, "/forward-auth"),
            "code": self.code,
            "code-exchange": self.exchange,
            "refresh": self.refresh,
            "introspection": self.introspect,
            "app-login-out": self.out_by_app,
            "app-login-back": self.back_to_app,
        }

    def asked(self) -> int:
        """How many requests the bridge itself has sent to the provider."""
        return len(self.idp.requests()) - len(self.idp.requests("authorize"))

    def out(self, browser: FlaskClient) -> None:
        self.came = callback_of(browser, self.idp)

    def back(self, browser: FlaskClient) -> None:
        assert browser.get(self.came).status_code == 303

    def password(self, _browser: FlaskClient) -> None:
        browser = self.world.client()
        form = hidden_fields(browser.get("/t/acme/login"))
        answer = browser.post("/t/acme/login", data={**form, "username": "bob", "password": PASSWORD})
        assert answer.status_code == 303

    def checked(self, browser: FlaskClient, path: str) -> None:
        assert browser.get(path).status_code == 200

    def code(self, browser: FlaskClient) -> None:
        answer = browser.get(self.app_asks())
        self.given = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def app_asks(self, **more: str) -> str:
        asked = {
            "response_type": "code", "client_id": self.desk.client.client_id, "redirect_uri": REDIRECT_URI,
            "scope": "openid email offline_access", "state": "s", "nonce": "n",
            "code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256", **more,
        }  # fmt: skip
        return f"/oauth2/authorize?{urlencode(asked)}"

    def out_by_app(self, _browser: FlaskClient) -> None:
        """To a workspace where nothing has to be chosen."""
        self.by_app = self.world.client()
        self.came = callback_of(self.by_app, self.idp, path=self.app_asks(tenant="office"))

    def back_to_app(self, _browser: FlaskClient) -> None:
        assert "code=" in self.by_app.get(self.came).headers["Location"]

    def exchange(self, _browser: FlaskClient) -> None:
        answer = self.desk.redeem(self.given)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        self.tokens = answer.get_json()

    def refresh(self, _browser: FlaskClient) -> None:
        answer = self.desk.refresh(self.tokens["refresh_token"])
        assert answer.status_code == 200, answer.get_data(as_text=True)

    def introspect(self, _browser: FlaskClient) -> None:
        assert self.desk.active(self.tokens["access_token"])


@pytest.fixture
def way(tmp_path: Path, idp: FakeProvider) -> Iterator[Way]:
    idp.person("alice", email="alice@acme.example", email_verified=True)
    world = World.create(tmp_path)
    yield Way(world, idp)
    world.close()


def test_a_login_and_a_check_ask_for_what_the_page_lists_and_no_more(way: Way) -> None:
    listed = {found["name"]: (found["statements"].strip(), int(found["requests"])) for found in rows()}
    made: dict[str, tuple[str, int]] = {}
    for name, step in way.steps.items():
        before = way.asked()
        with statements(way.world.bridge.database) as sent:
            step(way.browser)
        made[name] = (shown(sent), way.asked() - before)
    assert made == listed


def rows() -> list[re.Match[str]]:
    return list(_ROW.finditer(PAGE.read_text()))


def shown(sent: list[str]) -> str:
    """Verb and first table of each statement, in order; `write(…)` is one transaction."""
    words: list[str] = []
    for text in sent:
        verb = text.split(None, 1)[0].lower().rstrip(";")
        if verb in ("begin", "commit", "rollback"):
            words.append(verb)
            continue
        table = _TABLE.search(text)
        words.append(f"{verb} {table[1] if table else '?'}")
    return ", ".join(words)
