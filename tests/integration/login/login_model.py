"""A small world whose state is known exactly: what test_state_machine compares the bridge with."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from flask.testing import FlaskClient
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account, AccountId
from app.domain.connections.connection import Connection
from app.domain.sessions.session import session_id
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import SessionLimits, Status, Tenant
from app.factory import create_app
from app.wiring import build
from tests.builders import MovedClock, QuickHasher, World, settings_for
from tests.fake_idp import FakeProvider

PASSWORD = "correct horse battery staple"
COOKIE = "sso_session"
ATTEMPT_S, TICKET_S = 600, 300
LIMITS = SessionLimits()
ALICE, BOB = "alice@acme.example", "bob@acme.example"
PEOPLE = {"alice": ALICE, "alice-again": ALICE, "bob": BOB}
"""By subject at the provider, which both tenants use. Two of them have one address."""
ACCOUNTS = {"acme": {"alice": ALICE, "lead": ALICE, "bob": BOB}, "globex": {"alice": ALICE, "bob": BOB}}
CONNECTIONS = {"acme": ("main", "spare"), "globex": ("main",)}
SLUGS = tuple(ACCOUNTS)


class StandingClock(MovedClock):
    """Moves only when it is told to, so that the model knows the time exactly."""

    def now(self) -> float:
        return 1_790_000_000.0 + self.ahead_s

    def monotonic(self) -> float:
        return 1000.0 + self.ahead_s


@dataclass
class Known:
    """What the model knows of one session."""

    tenant: str
    username: str
    method: Method
    connection: str | None
    expires_at: float
    seen_at: float
    ended: bool = False


@dataclass(frozen=True)
class Unfinished:
    """A person who stands at the provider's door, about to come back."""

    browser: int
    tenant: str
    connection: str
    callback: str
    begun_at: float
    left: str | None
    """The session of another tenant that they agreed to leave."""


@dataclass(frozen=True)
class Chooser:
    """A page that waits for a choice."""

    begun: Unfinished
    shown: TestResponse
    at: float


class Model(RuleBasedStateMachine):
    """Two tenants, three people at one provider, two browsers; and what is known of every cookie handed out."""

    idp: ClassVar[FakeProvider]
    empty: ClassVar[Path]

    @initialize()
    def found(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sso-bridge-machine-"))
        shutil.copy(self.empty, self.folder / "sso-bridge.sqlite3")
        self.clock = StandingClock()
        configured = settings_for(self.folder)
        bridge = build(configured, clock=self.clock, hasher=QuickHasher())
        self.world = World(bridge=bridge, app=create_app(configured, bridge=bridge), clock=self.clock)
        self.idp.clock = self.clock.now
        self.idp.sessions.clear()
        self.tenants: dict[str, Tenant] = {}
        self.accounts: dict[tuple[str, str], Account] = {}
        self.connections: dict[tuple[str, str], Connection] = {}
        for slug, people in ACCOUNTS.items():
            self.tenants[slug] = self.world.tenant(slug)
            for username, email in people.items():
                account = self.world.account(self.tenants[slug], username, email=email, password=PASSWORD)
                self.accounts[slug, username] = account
            for name in CONNECTIONS[slug]:
                self.connections[slug, name] = self.world.connection(self.tenants[slug], self.idp, name=name)
        self.browsers: list[FlaskClient] = [self.world.client() for _ in range(2)]
        self.known: dict[str, Known] = {}
        self.spent: set[str] = set()
        """Callbacks that their own browser has brought, with whatever end."""
        self.chosen: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()
            shutil.rmtree(self.folder)

    def good(self, known: Known) -> bool:
        now = self.clock.now()
        return not known.ended and now < known.expires_at and now < known.seen_at + LIMITS.idle_s

    def one_that_is_good(self, place: int, *, method: Method | None = None) -> Known:
        found = [known for known in self.known.values() if self.good(known) and method in (None, known.method)]
        return found[place % len(found)]

    def end(self, which: Callable[[Known], bool]) -> None:
        for known in self.known.values():
            known.ended |= which(known)

    def open_for_sso(self, slug: str, name: str) -> bool:
        tenant = self.tenants[slug]
        return (
            tenant.status is Status.ACTIVE
            and tenant.policy is not LoginPolicy.PASSWORD
            and self.connections[slug, name].status is Status.ACTIVE
        )

    def by_id(self, account_id: str) -> Account:
        (found,) = [account for account in self.accounts.values() if account.id == AccountId(account_id)]
        return found

    def cookie(self, browser: int) -> str | None:
        found = self.browsers[browser].get_cookie(COOKIE)
        return found.value if found else None

    def elsewhere(self, browser: int, slug: str) -> bool:
        """Whether a login there would end a session of another tenant."""
        known = self.known.get(self.cookie(browser) or "")
        return known is not None and self.good(known) and known.tenant != slug

    def visit(self, client: FlaskClient, path: str, token: str | None) -> TestResponse:
        answer = client.get(path)
        self.seen(token)
        return answer

    def seen(self, token: str | None) -> None:
        """A request came with this cookie: where the session was good, its idle limit may begin anew."""
        known = self.known.get(token or "")
        if token is None or known is None or not self.good(known):
            return
        with self.world.bridge.database.read() as work:
            live = work.sessions.live(session_id(token), now=self.clock.now())
        assert live is not None
        known.seen_at = live.session.last_seen_at

    def opened(self, browser: int, slug: str, method: Method, *, connection: str | None, before: str | None) -> Known:
        """A new cookie was handed out in place of `before`, which has ended."""
        token = self.cookie(browser)
        assert token
        assert token not in self.known
        if before in self.known:
            self.known[before].ended = True
        with self.world.bridge.database.read() as work:
            live = work.sessions.live(session_id(token), now=self.clock.now())
        assert live is not None
        now = self.clock.now()
        self.known[token] = Known(slug, live.account.username, method, connection, now + LIMITS.absolute_s, now)
        return self.known[token]

    def refused(self, answer: TestResponse, browser: int, *, before: str | None) -> None:
        """A failed login leaves no session behind, and the one before alone. It is never our own bug."""
        assert 400 <= answer.status_code < 500 or answer.status_code == 502, answer.get_data(as_text=True)
        assert self.cookie(browser) == before
        self.seen(before)

    # What must hold

    @invariant()
    def the_bridge_knows_what_the_model_knows(self) -> None:
        if not hasattr(self, "known"):
            return
        with self.world.bridge.database.read() as work:
            for token, known in self.known.items():
                live = work.sessions.live(session_id(token), now=self.clock.now())
                assert (live is not None) == self.good(known), known
                if live is None:
                    continue
                tenant = self.tenants[known.tenant]
                account = self.accounts[known.tenant, known.username]
                assert live.tenant.id == live.account.tenant_id == live.session.tenant_id == tenant.id
                assert (tenant.status, account.status) == (Status.ACTIVE, Status.ACTIVE)
                assert not (known.method is Method.PASSWORD and tenant.policy is LoginPolicy.SSO_ONLY)
                if known.connection:
                    connection = self.connections[known.tenant, known.connection]
                    assert live.session.connection_id == connection.id
                    assert connection.status is Status.ACTIVE

    @invariant()
    def an_account_belongs_to_one_subject_of_a_connection(self) -> None:
        if not hasattr(self, "known"):
            return
        with self.world.bridge.database.read() as work:
            for connection in self.connections.values():
                found = [
                    work.identities.find(connection.id, issuer=self.idp.issuer, subject=subject) for subject in PEOPLE
                ]
                linked = [account for identity in found if identity for account in identity.linked]
                assert len(linked) == len(set(linked))
                assert all(self.by_id(account).tenant_id == connection.tenant_id for account in linked)
