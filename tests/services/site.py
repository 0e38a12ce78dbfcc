"""A World that a browser can visit: its application served in this process, on a loopback port of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from app.cli.demo.provider import DemoProvider
from app.domain.accounts.account import Role
from app.domain.connections.connection import Connection, ConnectionId, Provider, Sealed
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from tests.builders import World
from tests.services.process import LOOPBACK, free_port


@dataclass(kw_only=True)
class Site:
    """`world`, reachable at `base_url`: a name that browsers take for another site than the providers' 127.0.0.1."""

    world: World
    base_url: str
    _at_canaille: list[Connection] = field(default_factory=list)

    def url(self, path: str) -> str:
        return self.base_url + path

    def connect(self, tenant: Tenant, provider: DemoProvider, *, name: str = "main", **settings: object) -> Connection:
        """A connection to Canaille, which accepts its redirect URI from now on. OIDC by discovery unless told else."""
        world = self.world
        known = Provider(
            issuer=provider.issuer,
            client_id=provider.client_id,
            client_auth_encoding="raw",  # it takes the halves of HTTP Basic as they come
            email_trust="always",  # it never says `email_verified`
        )
        connection = Connection(
            id=ConnectionId(world.randomness.short_id()),
            tenant_id=tenant.id,
            name=name,
            provider=replace(known, **settings),  # type: ignore[arg-type]  # a test names fields of the dataclass
            client_secret=Sealed(
                world.bridge.sealer.seal(provider.client_secret.encode(), purpose="connection-secret")
            ),
        )
        world.save(connection)
        self._at_canaille.append(connection)
        provider.register(
            redirect_uris=[world.bridge.login.redirect_uri(one.id) for one in self._at_canaille],
            post_logout_uris=[self.url("/logged-out")],
        )
        return connection

    def acme(self, provider: DemoProvider, *, policy: LoginPolicy = LoginPolicy.SSO_OPTIONAL) -> Tenant:
        """The demo's tenant: Alice has one account, Bob has two with one email. Their passwords are `demo-<name>`."""
        tenant = self.world.tenant("acme", name="Acme Support", policy=policy, email_domains=("acme.example",))
        self.world.account(tenant, "alice", email="alice@acme.example", password="demo-alice")
        self.world.account(tenant, "bob", email="bob@acme.example", password="demo-bob")
        self.world.account(tenant, "bob.supervisor", email="bob@acme.example", roles=(Role.SUPERVISOR,))
        self.connect(tenant, provider)
        return tenant


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's shape
        """The bridge writes a log of its own."""


@contextmanager
def serving(server: BaseWSGIServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path, sqlite_url: str) -> Iterator[Site]:
    """Nobody and nothing is in it yet. An indirect parameter of a test is a dict of settings."""
    port = free_port()
    base_url = f"http://localhost:{port}"
    settings: dict[str, object] = {"database_url": sqlite_url, **getattr(request, "param", {})}
    world = World.create(tmp_path, base_url=base_url, **settings)
    with serving(make_server(LOOPBACK, port, world.app, threaded=True, request_handler=_QuietHandler)):
        yield Site(world=world, base_url=base_url)
    world.close()
