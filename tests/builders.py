"""A whole bridge for a test: real parts over SQLite, a clock that the test moves, a quick password hasher."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import VerificationError
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.adapters.system import SystemClock, SystemRandomness
from app.domain.accounts.account import Account, AccountId, Role
from app.domain.connections.connection import Connection, ConnectionId, Provider, Sealed
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status, Tenant, TenantId
from app.factory import create_app
from app.services.traces.traces import explain
from app.settings import Settings
from app.wiring import Bridge, build
from tests.fake_idp import FakeProvider
from tests.quick_app import quicken

quicken()

BASE_URL = "http://localhost:8000"
CLIENT_SECRET = "the client secret of the bridge at this provider"


class MovedClock(SystemClock):
    """Real time, plus what the test adds: tokens of real providers stay valid until the test says otherwise."""

    def __init__(self) -> None:
        self.ahead_s = 0.0
        self._stands_at: float | None = None

    def now(self) -> float:
        return (super().now() if self._stands_at is None else self._stands_at) + self.ahead_s

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s

    def forward(self, seconds: float) -> None:
        self.ahead_s += seconds

    def stand(self) -> None:
        """From now on the test alone moves it: what happens to the second does not depend on a busy machine."""
        self._stands_at = super().now()


class QuickHasher:
    """argon2id with the least work: the rules are the same, the suite is not slow."""

    def __init__(self) -> None:
        self._argon2 = Argon2(time_cost=1, memory_cost=8, parallelism=1)
        self._nobody = self._argon2.hash("nobody")

    def hash(self, password: str) -> str:
        return self._argon2.hash(password)

    def verify(self, password: str, stored: str | None) -> bool:
        try:
            self._argon2.verify(stored or self._nobody, password)
        except VerificationError:
            return False
        return bool(stored)


def settings_for(folder: Path, **changes: object) -> Settings:
    """Development settings with a database in `folder`."""
    values: dict[str, Any] = {
        "env": "development",
        "base_url": BASE_URL,
        "instance_dir": folder,
        "secret_keys": (b"k" * 32,),
        **changes,
    }
    return Settings(**values)


@dataclass
class World:
    """A bridge, its web application and shortcuts to fill and question it."""

    bridge: Bridge
    app: Flask
    clock: MovedClock
    randomness: SystemRandomness = field(default_factory=SystemRandomness)

    @classmethod
    def create(cls, folder: Path, **changes: object) -> "World":
        """On a fresh, migrated database."""
        clock = MovedClock()
        settings = settings_for(folder, **changes)
        bridge = build(settings, clock=clock, hasher=QuickHasher())
        if bridge.database.missing_migrations():
            bridge.database.upgrade()
        return cls(bridge=bridge, app=create_app(settings, bridge=bridge), clock=clock)

    def close(self) -> None:
        """Close what is open to databases and providers."""
        self.bridge.close()

    def client(self) -> FlaskClient:
        """A browser of its own."""
        return self.app.test_client()

    def tenant(self, slug: str = "acme", **changes: object) -> Tenant:
        tenant = replace(
            Tenant(id=TenantId(secrets.token_hex(8)), slug=slug, name=slug.title(), policy=LoginPolicy.SSO_OPTIONAL),
            **changes,  # type: ignore[arg-type]  # a test names fields of the dataclass
        )
        with self.bridge.database.write() as work:
            work.tenants.save(tenant)
        return tenant

    def account(
        self,
        tenant: Tenant,
        username: str,
        *,
        email: str | None = None,
        password: str | None = None,
        roles: Sequence[Role] = (Role.AGENT,),
        external_id: str | None = None,
        status: Status = Status.ACTIVE,
    ) -> Account:
        account = Account(
            id=AccountId(self.randomness.short_id()),
            tenant_id=tenant.id,
            username=username,
            name=username.title(),
            email=email,
            roles=tuple(roles),
            external_id=external_id,
            status=status,
        )
        with self.bridge.database.write() as work:
            work.accounts.save(account)
            if password is not None:
                work.accounts.set_password_hash(tenant.id, account.id, self.bridge.hasher.hash(password))
        return account

    def connection(self, tenant: Tenant, idp: FakeProvider, *, name: str = "main", **settings: object) -> Connection:
        """To `idp`, which accepts it: by discovery unless `settings` say otherwise."""
        provider = replace(
            Provider(issuer=idp.issuer, client_id="bridge"),
            **settings,  # type: ignore[arg-type]  # a test names fields of the dataclass
        )
        connection = Connection(
            id=ConnectionId(self.randomness.short_id()),
            tenant_id=tenant.id,
            name=name,
            provider=provider,
            client_secret=Sealed(self.bridge.sealer.seal(CLIENT_SECRET.encode(), purpose="connection-secret")),
        )
        with self.bridge.database.write() as work:
            work.connections.save(connection)
        return connection

    def save(self, thing: Tenant | Account | Connection) -> None:
        """Store a changed one, as `apply` would."""
        with self.bridge.database.write() as work:
            if isinstance(thing, Tenant):
                work.tenants.save(thing)
            elif isinstance(thing, Account):
                work.accounts.save(thing)
            else:
                work.connections.save(thing)

    def sign_in(self, client: FlaskClient, idp: FakeProvider, *, path: str = "/t/acme/oauth/login") -> TestResponse:
        """The whole way out and back, up to what the callback answers."""
        return client.get(callback_of(client, idp, path=path))

    def session(self, client: FlaskClient) -> dict[str, object] | None:
        """What `/session` says, or None where nobody is signed in."""
        response = client.get("/session")
        return dict(response.get_json()) if response.status_code == 200 else None

    def trace(self, response: TestResponse) -> dict[str, object]:
        """The trace behind the reference that a page shows."""
        return explain(self.bridge.traces.get(reference_in(response)))


def callback_of(client: FlaskClient, idp: FakeProvider, *, path: str = "/t/acme/oauth/login") -> str:
    """Go out, sign in at the provider, and stop at the address that the provider sends the browser back to."""
    out = client.get(path)
    assert out.status_code == 302, out.get_data(as_text=True)
    return str(idp.authorize(out.headers["Location"]).callback_url).removeprefix(BASE_URL)


def reference_in(response: TestResponse) -> str:
    """The reference that an error page shows."""
    found = re.search(r'data-reference="([^"]+)"', response.get_data(as_text=True))
    assert found, response.get_data(as_text=True)
    return found[1]


def hidden_fields(response: TestResponse) -> dict[str, str]:
    """Name and value of the hidden fields of a page's forms."""
    fields = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", response.get_data(as_text=True)):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name:
            fields[name[1]] = unescape(value[1]) if value else ""
    return fields


def offered_accounts(response: TestResponse) -> list[str]:
    """The account ids on a chooser, in order."""
    return re.findall(r'name="account" value="([^"]+)"', response.get_data(as_text=True))


def choose(client: FlaskClient, page: TestResponse, account_id: str) -> TestResponse:
    """Press an account's button on a chooser."""
    return client.post("/accounts/choose", data={**hidden_fields(page), "account": account_id})


def password_login(client: FlaskClient, username: str, password: str, *, tenant: str = "acme") -> TestResponse:
    """Open the login page and post its form."""
    page = client.get(f"/t/{tenant}/login")
    fields = {**hidden_fields(page), "username": username, "password": password}
    return client.post(f"/t/{tenant}/login", data=fields)
