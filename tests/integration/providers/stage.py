"""Plays a provider at its real addresses: our preset, a customer's apply file, and a fake on the wire.

Only the address changes on the way out; whatever nobody plays is not asked.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.adapters.apply_file.presets import read_presets
from app.adapters.apply_file.read import parse_apply_file
from app.adapters.http.client import OutboundClient
from app.cli.apply.apply import apply_spec
from app.ports.outbound import Answer, OutboundRequest
from tests.builders import BASE_URL, World, hidden_fields
from tests.fake_idp import FakeProvider, FormPost, RecordedRequest
from tests.fake_idp.browser import authorize

PRESETS = read_presets(Path(__file__).parents[3] / "config" / "providers.toml")
ALICE = "alice@acme.example"
SECRET = "s3cret~with+odd%characters"
ACCOUNT = {"username": "alice", "email": ALICE}


@dataclass
class Stage:
    """A tenant `acme` with alice in it, and providers at addresses on the internet."""

    world: World
    folder: Path
    hosts: dict[str, str] = field(default_factory=dict)

    def play(self, idp: FakeProvider, *origins: str) -> FakeProvider:
        """`idp` is at these origins from now on; the first is the one that it names itself by."""
        self.hosts |= dict.fromkeys(origins, idp.base_url)
        idp.base_url = origins[0]
        return idp

    def at(self, url: str) -> str:
        """Where `url` is really played."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self.hosts:
            raise AssertionError(f"nobody plays {url}")
        return self.hosts[origin] + url.removeprefix(origin)

    def connect(
        self,
        preset: str,
        *,
        slug: str = "acme",
        account: Mapping[str, object] = ACCOUNT,
        email_domains: Sequence[str] = (),
        **keys: Any,
    ) -> None:
        """Apply a customer's file: the preset and these keys."""
        credentials = {"client_id": "bridge", "client_secret": SECRET}
        file = "\n".join(
            [
                "[[tenants]]",
                f'slug = "{slug}"',
                'policy = "sso_optional"',
                f"email_domains = {toml(list(email_domains))}",
                "[[tenants.accounts]]",
                *(f"{name} = {toml(value)}" for name, value in account.items()),
                "[[tenants.connections]]",
                f'name = "main"\npreset = "{preset}"',
                *(f"{name} = {toml(value)}" for name, value in {**credentials, **keys}.items()),
            ]
        )
        spec = parse_apply_file(file.encode(), folder=Path("/"), environment={}, presets=PRESETS, development=False)
        apply_spec(self.world.bridge, spec)

    def sign_in(self, client: FlaskClient | None = None, *, slug: str = "acme") -> TestResponse:
        """The whole way out and back, by whichever response mode, up to what the callback answers."""
        client = client or self.world.client()
        out = client.get(f"/t/{slug}/oauth/login")
        if out.status_code != 302:
            return out
        place = self.at(out.headers["Location"])
        arrived = authorize(place, "http://" + urlsplit(place).netloc)
        if "location" in arrived.answered.headers:
            return client.get(arrived.callback_url.removeprefix(BASE_URL))
        return self.posted(client, arrived.form)

    def posted(self, client: FlaskClient, form: FormPost) -> TestResponse:
        """What a browser does with the provider's form: the POST from there travels without cookies, the next not."""
        path = form.action.removeprefix(BASE_URL)
        again = self.world.client().post(path, data=form.fields)
        return client.post(path, data=hidden_fields(again))

    def log_out(self, client: FlaskClient) -> str:
        """Where the browser goes on to."""
        answer = client.post("/logout", data=hidden_fields(client.get("/account")))
        return answer.headers["Location"]

    def database_bytes(self) -> bytes:
        """Everything that is kept."""
        return b"".join(file.read_bytes() for file in self.folder.glob("*.sqlite3*"))

    def opens(self, *, slug: str = "acme") -> bool:
        """Whether such a login signs alice in."""
        client = self.world.client()
        self.sign_in(client, slug=slug)
        session: Any = self.world.session(client)
        return session is not None and session["account"]["username"] == "alice"

    def refused(self, *, slug: str = "acme") -> dict[str, Any]:
        """The trace of such a login, which signs nobody in."""
        client = self.world.client()
        answer = self.sign_in(client, slug=slug)
        assert self.world.session(client) is None
        assert 400 <= answer.status_code < 600
        assert answer.status_code != 500
        return self.world.trace(answer)

    def reason(self, *, slug: str = "acme") -> object:
        return self.refused(slug=slug)["reason"]


def staged(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Until the test ends. `folder` is where the world keeps its database."""
    stage = Stage(world, folder)
    really_send = OutboundClient.send

    def send(client: OutboundClient, request: OutboundRequest, *, bulkhead_key: str, deadline: float) -> Answer:
        moved = replace(request, url=stage.at(request.url))
        return really_send(client, moved, bulkhead_key=bulkhead_key, deadline=deadline)

    monkeypatch.setattr(OutboundClient, "send", send)
    return stage


def sent(idp: FakeProvider, endpoint: str) -> RecordedRequest:
    """The one request that came to `endpoint`."""
    (request,) = [one for one in idp.requests() if one.endpoint == endpoint]
    return request


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {toml(inner)}" for name, inner in value.items()) + " }"
    return json.dumps(value)
