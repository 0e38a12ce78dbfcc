"""Attempts that are no login, as somebody who is signed in begins and ends them."""

from dataclasses import dataclass, replace
from typing import Self

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account, Role
from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection
from app.domain.login.login_attempt import Purpose
from app.domain.reasons import ReasonCode, reason
from app.domain.sessions.session import SignedIn
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from app.services.login.request import LoginRequest
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand
from tests.builders import BASE_URL, World
from tests.threats.acme import Acme, session_cookie

ADDRESS = "127.0.0.1"
CHECK_RESULT = "/account/check"
NO_LOGIN = (Purpose.TEST, Purpose.PROVE, Purpose.REAUTH)


@dataclass
class Prover:
    """alice, an admin of acme, in her browser."""

    acme: Acme

    @classmethod
    def by_password(cls, acme: Acme, policy: LoginPolicy = LoginPolicy.SSO_OPTIONAL) -> Self:
        prover = cls._admin(acme, policy)
        assert acme.password(acme.browser).status_code == 303
        return prover

    @classmethod
    def by_sso(cls, acme: Acme, policy: LoginPolicy = LoginPolicy.SSO_OPTIONAL) -> Self:
        prover = cls._admin(acme, policy)
        assert acme.sign_in().status_code == 303
        return prover

    @classmethod
    def for_purpose(cls, acme: Acme, purpose: Purpose) -> Self:
        """Signed in as the purpose wants it."""
        return cls.by_sso(acme) if purpose is Purpose.REAUTH else cls.by_password(acme)

    @classmethod
    def _admin(cls, acme: Acme, policy: LoginPolicy) -> Self:
        acme.idp.clock = acme.world.clock.now
        acme.alice = replace(acme.alice, roles=(Role.TENANT_ADMIN,))
        acme.tenant = replace(acme.tenant, policy=policy)
        acme.world.save(acme.alice)
        acme.world.save(acme.tenant)
        return cls(acme)

    @property
    def world(self) -> World:
        return self.acme.world

    def signed_in(self, browser: FlaskClient | None = None) -> SignedIn | None:
        cookie = (browser or self.acme.browser).get_cookie("sso_session")
        return self.world.bridge.sessions.check(cookie.value if cookie else None)

    def begin(self, purpose: Purpose, *, browser: FlaskClient | None = None, return_to: str = "/account") -> str:
        """Out, and to the provider: the address that it sends the browser back to."""
        browser = browser or self.acme.browser
        begun = self.world.bridge.login.begin(
            self.tenant(),
            self.connection(),
            LoginRequest(return_to=return_to, purpose=purpose, started_by=self.signed_in(browser)),
            client_ip=ADDRESS,
        )
        browser.set_cookie(f"sso_login_{begun.attempt.id}", begun.sealed)
        return str(self.acme.idp.authorize(begun.url).callback_url).removeprefix(BASE_URL)

    def end(self, callback: str, browser: FlaskClient | None = None) -> TestResponse:
        """What the browser shows in the end."""
        browser = browser or self.acme.browser
        response = browser.get(callback)
        if response.headers.get("Location") != CHECK_RESULT:
            return response
        assert (response.status_code, session_cookie(response)) == (303, None)
        return browser.get(CHECK_RESULT)

    def attempt(self, purpose: Purpose) -> TestResponse:
        """Out and back."""
        return self.end(self.begin(purpose))

    def refused(self, response: TestResponse, code: ReasonCode) -> dict[str, object]:
        """The trace; no session came of it."""
        shown = response.get_data(as_text=True)
        trace = self.world.trace(response)
        assert (trace["reason"], response.status_code) == (code.value, reason(code).status), (trace, shown)
        assert session_cookie(response) is None
        return trace

    def switch(self, policy: LoginPolicy) -> None:
        self.world.bridge.enforcement.switch(
            SwitchCommand("acme", policy, by=Actor("staff/sam", reason="ticket 4711"), accepted=EVERY_BLOCKER)
        )

    def tenant(self) -> Tenant:
        """As it is stored."""
        with self.world.bridge.database.read() as work:
            found = work.tenants.get(self.acme.tenant.id)
        assert found is not None
        return found

    def connection(self) -> Connection:
        with self.world.bridge.database.read() as work:
            found = work.connections.get(self.acme.tenant.id, self.acme.main.id)
        assert found is not None
        return found

    def account(self) -> Account:
        with self.world.bridge.database.read() as work:
            found = work.accounts.get(self.acme.tenant.id, self.acme.alice.id)
        assert found is not None
        return found
