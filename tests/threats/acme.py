"""The tenant that the threats are about, and what must hold whenever it refuses somebody."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account
from app.domain.connections.connection import Connection
from app.domain.reasons import Outcome, ReasonCode, reason
from app.domain.tenants.tenant import Status, Tenant
from tests.builders import World, callback_of, password_login
from tests.fake_idp import FakeProvider
from tests.fake_idp.jws import Json
from tests.fake_idp.script import Change

ALICE = "alice@acme.example"
PASSWORD = "correct horse battery staple"
LOGIN = "/t/acme/oauth/login"
BLAMING = re.compile(r"\b(invalid|illegal|forbidden|your fault|your mistake|you must|error|exception)\b", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{\w+\}")
TAG = re.compile(r"<[^>]*>")


@dataclass
class Acme:
    """The tenant acme with its provider, its alice, and a browser of alice's."""

    world: World
    idp: FakeProvider
    tenant: Tenant
    alice: Account
    main: Connection
    browser: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.browser = self.world.client()

    @classmethod
    def founded(cls, world: World, idp: FakeProvider) -> Self:
        tenant = world.tenant("acme")
        alice = world.account(tenant, "alice", email=ALICE, password=PASSWORD)
        return cls(world=world, idp=idp, tenant=tenant, alice=alice, main=world.connection(tenant, idp))

    def sign_in(self, browser: FlaskClient | None = None) -> TestResponse:
        """Out and back; what the callback answers."""
        return self.world.sign_in(browser or self.browser, self.idp)

    def callback(self, browser: FlaskClient | None = None) -> str:
        """Out, and to the provider: the address that it sends the browser back to."""
        return callback_of(browser or self.browser, self.idp)

    def callback_of_connection(self, name: str) -> str:
        """The same, by the connection of this name."""
        return callback_of(self.browser, self.idp, path=f"{LOGIN}?connection={name}")

    def password(
        self, browser: FlaskClient, *, username: str = "alice", password: str = PASSWORD, tenant: str = "acme"
    ) -> TestResponse:
        """Post the password form: alice's right password unless said otherwise."""
        return password_login(browser, username, password, tenant=tenant)

    def opened(self, browser: FlaskClient | None = None) -> str | None:
        """The username of who is signed in."""
        session: Any = self.world.session(browser or self.browser)
        return session["account"]["username"] if session else None

    def switch_off(self, what: str) -> None:
        """Disable the `account`, the `connection` or the `tenant`."""
        if what == "account":
            self.world.save(replace(self.alice, status=Status.DISABLED))
        elif what == "connection":
            self.world.save(replace(self.main, status=Status.DISABLED))
        else:
            self.world.save(replace(self.tenant, status=Status.DISABLED))

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.world.bridge.database.engine.connect() as connection:
            names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
            counts = {name: f'SELECT count(*) FROM "{name}"' for name in names}  # noqa: S608 - the schema's own names
            return {name: connection.exec_driver_sql(count).scalar_one() for name, count in counts.items()}

    def refused(self, response: TestResponse, code: ReasonCode) -> dict[str, Any]:
        """The trace of a login that stopped for this reason, having checked everything that then must hold."""
        shown = response.get_data(as_text=True)
        why = reason(code)
        trace = self.world.trace(response)
        assert (trace["reason"], response.status_code) == (code.value, why.status), (trace, shown)
        assert trace["outcome"] in {Outcome.REFUSED.value, Outcome.FAILED.value}
        assert trace["summary"]
        assert trace["remedy"]
        assert not PLACEHOLDER.search(f"{trace['summary']}{trace['remedy']}")
        steps: Any = trace["steps"]
        assert [step["ok"] for step in steps] == [True] * (len(steps) - 1) + [False]
        assert session_cookie(response) is None
        assert not BLAMING.search(TAG.sub(" ", shown.partition("<main")[2])), shown
        return trace


def session_cookie(response: TestResponse) -> str | None:
    """The session that an answer hands out."""
    for line in response.headers.getlist("Set-Cookie"):
        name, _, rest = line.partition("=")
        if name.endswith("sso_session") and (value := rest.partition(";")[0]):
            return value
    return None


def cookies(browser: FlaskClient) -> dict[str, str]:
    """What the browser holds."""
    return {cookie.key: cookie.value for cookie in (browser._cookies or {}).values()}


def noting(note: Callable[[str], object]) -> Change:
    """A token response as it is, whose id_token is shown to `note`."""

    def change(answer: Json) -> Json:
        note(answer["id_token"])
        return answer

    return change


def parameters(url: str) -> dict[str, str]:
    """Of an address with no parameter twice."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
