"""An app that signs people in through the bridge, as far as their browsers see of it."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.oauth2.authorization import AuthorizationCode, token_hash
from app.domain.oauth2.client import Client, ClientId
from app.domain.oauth2.scopes import STANDARD_SCOPES
from tests.builders import BASE_URL, World, hidden_fields
from tests.contracts.oauth2.stored_code import stored_code
from tests.threats.acme import Acme

CALLBACK = "https://desk.example/callback"
CONTINUE = "/oauth2/authorize/continue"


@dataclass
class OAuth2App:
    """A client of the bridge, registered as `client`."""

    world: World
    client: Client
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @classmethod
    def registered(cls, world: World, client_id: str = "agent-desk", **changes: Any) -> "OAuth2App":
        """First party and public, unless `changes` say otherwise."""
        client = Client(
            client_id=ClientId(client_id),
            name="Agent Desk",
            redirect_uris=(CALLBACK,),
            scopes=tuple(sorted(STANDARD_SCOPES)),
            trusted=True,
        )
        made = cls(world, replace(client, **changes))
        made.save()
        return made

    def save(self, **changes: Any) -> None:
        self.client = replace(self.client, **changes)
        with self.world.bridge.database.write() as work:
            work.clients.save(self.client)

    @property
    def challenge(self) -> str:
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def parameters(self, **changes: str | None) -> dict[str, str]:
        """Of an authorization request; None leaves one out."""
        given: dict[str, str | None] = {
            "client_id": self.client.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid",
            "state": "the state",
            "nonce": "the nonce",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (given | changes).items() if value is not None}

    def url(self, **changes: str | None) -> str:
        return f"/oauth2/authorize?{urlencode(self.parameters(**changes))}"

    def ask(self, browser: FlaskClient, **changes: str | None) -> TestResponse:
        return browser.get(self.url(**changes))

    def code(self, response: TestResponse, uri: str = CALLBACK) -> AuthorizationCode:
        """What is stored for the code that a response brings."""
        with self.world.bridge.database.read() as work:
            found = stored_code(work, token_hash(answered(response, uri)["code"]))
        assert found is not None
        return found


def answered(response: TestResponse, uri: str = CALLBACK) -> dict[str, str]:
    """The parameters that the app gets: by a redirect to `uri`, and to nowhere else."""
    assert response.status_code in (302, 303), response.get_data(as_text=True)
    location = response.headers["Location"]
    assert location.startswith(f"{uri}{'&' if '?' in uri else '?'}"), location
    assert "#" not in location
    pairs = parse_qsl(urlsplit(location).query, keep_blank_values=True)
    assert len(pairs) == len(dict(pairs)), "no parameter twice"
    got = dict(pairs)
    assert got["iss"] == BASE_URL
    return got


def location(response: TestResponse) -> str:
    """Where a response of the bridge sends the browser, on the bridge."""
    assert response.status_code in (302, 303), response.get_data(as_text=True)
    found = response.headers["Location"]
    assert found.startswith("/"), found
    return found


def login(app: OAuth2App, acme: Acme, **changes: str | None) -> TestResponse:
    """Not signed in yet: to the provider and back, up to what the app is answered or the person asked."""
    to_login = location(app.ask(acme.browser, tenant="acme", **changes))
    onward = query_of(to_login)["next"]
    wanted = {name: value for name, value in query_of(to_login).items() if name in ("prompt", "max_age")}
    return through_provider(acme, f"/t/acme/oauth/login?{urlencode({'next': onward, **wanted})}")


def through_provider(acme: Acme, path: str) -> TestResponse:
    """From the address of a login at the provider, up to what the app is answered or the person asked."""
    back = acme.world.sign_in(acme.browser, acme.idp, path=path)
    onward = back.headers.get("Location", "")
    return acme.browser.get(onward) if onward.startswith("/") else back


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def decide(browser: FlaskClient, page: TestResponse, decision: str) -> TestResponse:
    """Press a button on the consent page."""
    return browser.post(CONTINUE, data={**hidden_fields(page), "decision": decision})
