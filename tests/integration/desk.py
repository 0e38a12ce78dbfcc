"""Alice at acme, who signs in through the fake provider, as often as a test likes, each time in a new browser."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import Tenant
from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.fake_idp.jws import Json


@dataclass
class Desk:
    """`browser` is the last one used."""

    world: World
    idp: FakeProvider
    tenant: Tenant
    connection: Connection
    browser: FlaskClient

    @classmethod
    def furnished(cls, world: World, idp: FakeProvider, **settings: Any) -> "Desk":
        tenant = world.tenant("acme")
        world.account(tenant, "alice", email="alice@acme.example")
        connection = world.connection(tenant, idp, **settings)
        return cls(world, idp, tenant, connection, world.client())

    def sign_in(self) -> TestResponse:
        self.browser = self.world.client()
        return self.world.sign_in(self.browser, self.idp)

    def signed_in(self) -> str:
        """Who a login opens; the test fails where it opens nothing."""
        answer = self.sign_in()
        session: Any = self.world.session(self.browser)
        assert session, self.world.trace(answer)
        return str(session["account"]["username"])

    def refused(self) -> ReasonCode:
        """Why a login opens nothing; the test fails where it opens something, or the answer blames us."""
        answer = self.sign_in()
        assert self.world.session(self.browser) is None
        assert answer.status_code in (403, 502, 504), answer.status_code
        return ReasonCode(str(self.world.trace(answer)["reason"]))

    def key_set(self) -> Json:
        """What the bridge publishes for the connection."""
        answer = self.world.client().get(f"/t/{self.tenant.slug}/jwks/{self.connection.name}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return dict(answer.get_json())

    def rotate(self, *, withdraw: bool = False) -> list[str]:
        service = self.world.bridge.connection_keys
        return service.rotate(self.tenant.slug, self.connection.name, withdraw=withdraw, by=Actor("a test"))
