"""A tenant that is being switched over, and everything born of a password there: what test_switch_machine watches."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from flask.testing import FlaskClient
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from werkzeug.test import TestResponse

from app.adapters.sql.audit.audit import SqlAudit
from app.domain.accounts.account import Role
from app.domain.audit.audit import ChainedEntry
from app.domain.sessions.session import session_id
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import STAFF, SessionLimits, Tenant
from app.factory import create_app
from app.wiring import build
from tests.apps import App
from tests.builders import QuickHasher, World, hidden_fields, settings_for
from tests.contracts.audit.audited import made
from tests.fake_idp import FakeProvider
from tests.integration.login.login_model import COOKIE, PASSWORD, StandingClock
from tests.threats.passwords.mailed import open_link
from tests.threats.passwords.phone import Phone

PEOPLE = {"alice": "alice@acme.example", "ada": "ada@acme.example"}
SUPPORT, ELSEWHERE = "staff/sam", "192.0.2.7"


class Crash(Exception):
    """The worker's process ends in the middle of its transaction."""


@dataclass
class Thing:
    """Something that a password brought about: `use` tries to get in by it, and says whether somebody did.

    `epoch` counts the switches to `sso_only` before it was made: after the next one it is dead for ever.
    """

    what: str
    epoch: int
    use: Callable[[], bool]
    spent: bool = False
    refused_after: int = -1
    """How many switches there had been when it was last found dead: only another one could revive it."""


class SwitchModel(RuleBasedStateMachine):
    """The tenant, its people, and what is known of the policy."""

    idp: ClassVar[FakeProvider]
    empty: ClassVar[Path]

    @initialize()
    def found(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.empty, self.folder / "sso-bridge.sqlite3")
        self.clock = StandingClock()
        configured = settings_for(self.folder)
        bridge = build(configured, clock=self.clock, hasher=QuickHasher())
        self.world = World(bridge=bridge, app=create_app(configured, bridge=bridge), clock=self.clock)
        self.idp.clock = self.clock.now
        self.idp.sessions.clear()
        self.acme = self.world.tenant("acme")
        made(bridge.database, self.acme, self.world.tenant(STAFF))
        self.alice = self.world.account(self.acme, "alice", email=PEOPLE["alice"], password=PASSWORD)
        self.world.account(
            self.acme, "ada", email=PEOPLE["ada"], password=PASSWORD, roles=(Role.AGENT, Role.TENANT_ADMIN)
        )
        lee = self.world.account(self.acme, "lee", email="lee@acme.example", password=PASSWORD)
        self.phone = Phone.of(self.world, self.acme, lee)
        self.main = self.world.connection(self.acme, self.idp)
        self.desk = App.registered(self.world)
        self.policy = LoginPolicy.SSO_OPTIONAL
        self.switches = 0
        """Of the policy, whatever the way."""
        self.epoch = 0
        self.things: list[Thing] = []
        self.by_sso: list[tuple[FlaskClient, float]] = []
        """With the time of the login."""
        self.ended: list[FlaskClient] = []
        """Who came in by SSO before a switch to passwords."""

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()
            shutil.rmtree(self.folder)

    def stored(self) -> Tenant:
        with self.world.bridge.database.read() as work:
            tenant = work.tenants.get(self.acme.id)
        assert tenant is not None
        return tenant

    def keep(self, what: str, use: Callable[[], bool]) -> None:
        self.things.append(Thing(what, self.epoch, use))

    def switched(self, policy: LoginPolicy) -> None:
        """The bridge says that it has switched."""
        assert policy is not self.policy
        self.policy = policy
        self.switches += 1
        if policy is LoginPolicy.SSO_ONLY:
            self.epoch += 1
        if policy is LoginPolicy.PASSWORD:
            self.ended += [client for client, _ in self.by_sso]
            self.by_sso = []

    def alive(self, client: FlaskClient) -> bool:
        cookie = client.get_cookie(COOKIE)
        if cookie is None:
            return False
        with self.world.bridge.database.read() as work:
            return work.sessions.live(session_id(cookie.value), now=self.clock.now()) is not None

    def sets_a_password(self, link: str) -> bool:
        """Try it: the password is the same one again."""
        client = self.world.client()
        page = open_link(client, link)
        fields = {**hidden_fields(page), "new": PASSWORD, "again": PASSWORD}
        answer = client.post("/t/acme/password/new", data=fields)
        return answer.status_code == 303 and "new-password=set" in answer.headers["Location"]

    # What must hold

    @invariant()
    def where_passwords_are_off_nothing_born_of_one_is_usable_by_anybody(self) -> None:
        """And what a switch has ended stays ended when passwords are on again."""
        if not hasattr(self, "things"):
            return
        for thing in self.things:
            dead = self.policy is LoginPolicy.SSO_ONLY or thing.epoch < self.epoch
            if dead and not thing.spent and thing.refused_after < self.switches:
                assert not thing.use(), thing
                thing.refused_after = self.switches

    @invariant()
    def every_change_of_the_policy_has_one_entry_in_the_audit(self) -> None:
        if not hasattr(self, "things"):
            return
        assert self.stored().policy is self.policy
        with self.world.bridge.database.read() as work:
            entries = [entry for entry in work.audit.of_tenant(self.acme.id) if entry.action == "tenant.policy"]
        assert len(entries) == self.switches
        assert all(entry.actor == SUPPORT and entry.reason for entry in entries)

    @invariant()
    def the_chain_verifies(self) -> None:
        if hasattr(self, "things"):
            assert self.world.bridge.audit.verify().sound

    @invariant()
    def who_came_in_by_the_provider_stays(self) -> None:
        if hasattr(self, "things") and self.policy is LoginPolicy.SSO_ONLY:
            young = [client for client, at in self.by_sso if self.clock.now() < at + SessionLimits().idle_s]
            assert all(self.alive(client) for client in young)

    @invariant()
    def whom_a_switch_to_passwords_signed_out_stays_out(self) -> None:
        if hasattr(self, "things"):
            assert not any(self.alive(client) for client in self.ended[-5:])


def crash(self: SqlAudit, link: ChainedEntry, *, seal: str) -> None:
    """In place of the write of an audit entry."""
    raise Crash


def came_in(answer: TestResponse) -> bool:
    """Whether an answer hands out a session."""
    return any(
        line.startswith(f"{COOKIE}=") and f"{COOKIE}=;" not in line for line in answer.headers.getlist("Set-Cookie")
    )
