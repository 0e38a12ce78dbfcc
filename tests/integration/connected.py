"""A tenant that is made from an apply file, with a connection that the test writes key by key."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.adapters.apply_file.read import parse_apply_file
from app.cli.apply.apply import apply_spec
from tests.builders import World
from tests.fake_idp import FakeProvider

ALICE = "alice@acme.example"
SECRET = "s3cret + 100% of: caf\u00e9 & more/=~"
ODD_CLIENT_ID = "bridge+%:\u00e9"


@dataclass
class Connected:
    """A tenant that is made from a file; alice has an account."""

    world: World
    folder: Path

    def connect(self, account: str = f'email = "{ALICE}"', **keys: object) -> None:
        """One connection with these keys and no others."""
        lines = [f"{name} = {toml(value)}" for name, value in {"name": "main", **keys}.items()]
        file = f"""
            [[tenants]]
            slug = "acme"
            name = "Acme Support"
            policy = "sso_optional"
            [[tenants.accounts]]
            username = "alice"
            {account}
            [[tenants.connections]]
            {chr(10).join(lines)}
        """
        presets = {"house": {"protocol": "oidc", "email_trust": "always", "client_auth": "client_secret_post"}}
        spec = parse_apply_file(
            file.encode(), folder=self.folder, environment={"SECRET": SECRET}, presets=presets, development=True
        )
        apply_spec(self.world.bridge, spec)

    def sign_in(self, idp: FakeProvider, client: FlaskClient | None = None) -> TestResponse:
        return self.world.sign_in(client or self.world.client(), idp)

    def opens(self, idp: FakeProvider) -> bool:
        """Whether such a login signs alice in."""
        client = self.world.client()
        self.sign_in(idp, client)
        session: Any = self.world.session(client)
        return session is not None and session["account"]["username"] == "alice"

    def reason(self, idp: FakeProvider) -> object:
        """Why such a login does not."""
        client = self.world.client()
        answer = self.sign_in(idp, client)
        assert self.world.session(client) is None
        return self.world.trace(answer)["reason"]


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {toml(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def sent(idp: FakeProvider, endpoint: str) -> Any:
    """The one request that came to `endpoint`."""
    (request,) = [one for one in idp.requests() if one.endpoint == endpoint]
    return request
