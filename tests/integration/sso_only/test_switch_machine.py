"""A switch-over in every order: agents, the admin, support, the operator, the provider, the clock and the worker.

In an enforced tenant nothing born of a password is usable by anybody; each change of the policy has one audit entry;
the chain verifies (docs/rules.md, rules 4, 5 and 16).
"""

from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from app.adapters.sql.audit.audit import SqlAudit
from app.domain.audit.audit import Actor
from app.domain.tenants.login_policy import LoginPolicy
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand, SwitchRefused
from app.services.sso_only.switching import NotPossible
from app.web.oauth2.grants import DEVICE_CODE
from tests.builders import BASE_URL, callback_of, hidden_fields, password_login
from tests.chance import examples
from tests.fake_idp import FakeProvider, changed
from tests.integration.login.login_model import PASSWORD
from tests.integration.sso_only.switch_model import ELSEWHERE, PEOPLE, SUPPORT, Crash, SwitchModel, came_in, crash
from tests.threats.passwords.mailed import ask, mails, newest_link
from tests.threats.passwords.mailed import send as send_link
from tests.threats.passwords.phone import send

POLICIES = st.sampled_from([LoginPolicy.SSO_ONLY] * 3 + [LoginPolicy.SSO_OPTIONAL] * 2 + [LoginPolicy.PASSWORD])
WHO = st.sampled_from(sorted(PEOPLE))
BOUNDED = settings(
    phases=(Phase.generate,),  # without shrinking: a failure is told at once, and can be shrunk by hand
    max_examples=examples(0.2),
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
)


class SwitchOver(SwitchModel):
    """Whatever they do."""

    # Agents and the admin

    @rule(who=WHO)
    def sign_in_with_a_password(self, who: str) -> None:
        client = self.world.client()
        answer = password_login(client, who, PASSWORD)
        assert came_in(answer) is (self.policy is not LoginPolicy.SSO_ONLY)
        if came_in(answer):
            self.keep("session", lambda: self.alive(client))

    @rule()
    def begin_a_login_with_a_code(self) -> None:
        client = self.world.client()
        shown = password_login(client, "lee", PASSWORD)
        assert not came_in(shown)
        if shown.status_code == 200:
            self.keep("half-finished login", lambda: came_in(send(client, shown, self.phone.code())))

    @rule(by_support=st.booleans())
    def a_link_is_mailed(self, *, by_support: bool) -> None:
        before = mails(self.world)
        if by_support and self.policy is not LoginPolicy.SSO_ONLY:
            send_link(self.world, self.alice)
        else:
            ask(self.world.client(), "alice")
        if mails(self.world) == before:  # refused, or asked for too often
            return
        assert self.policy is not LoginPolicy.SSO_ONLY
        link = newest_link(self.world)
        self.keep("link", lambda: self.sets_a_password(link))

    @rule(with_code=st.booleans())
    def an_app_is_signed_in_to_with_a_password(self, *, with_code: bool) -> None:
        """It keeps a code, or exchanges it and keeps the refresh token."""
        if self.policy is LoginPolicy.SSO_ONLY:
            return
        code = self.desk.signed_in(self.stored(), self.alice).code
        if with_code:
            self.keep("code", lambda: self.desk.redeem(code).status_code == 200)
            return
        tokens = self.desk.redeem(code).get_json()
        self.keep("refresh token", lambda: self.desk.refresh(tokens["refresh_token"]).status_code == 200)
        self.keep("session", lambda: self.desk.active(tokens["access_token"]))

    @rule()
    def a_device_is_let_in_with_a_password(self) -> None:
        client = self.world.client()
        if not came_in(password_login(client, "alice", PASSWORD)):
            return
        asked = self.desk.post("/oauth2/device_authorization", scope="openid offline_access")
        if asked.status_code == 429:
            return
        begun = asked.get_json()
        page = client.get("/device", query_string={"user_code": begun["user_code"]})
        assert client.post("/device", data={**hidden_fields(page), "decision": "allow"}).status_code == 200
        self.keep(
            "device code",
            lambda: (
                self.desk.post("/oauth2/token", grant_type=DEVICE_CODE, device_code=begun["device_code"]).status_code
                == 200
            ),
        )

    @rule(place=st.integers(0, 30))
    def use_what_is_kept(self, place: int) -> None:
        """A code is typed, a session goes on: what is dead is looked at after every step anyway."""
        kept = [thing for thing in self.things if not thing.spent]
        if kept:
            thing = kept[place % len(kept)]
            used = thing.use()
            assert not used or (self.policy is not LoginPolicy.SSO_ONLY and thing.epoch == self.epoch)
            thing.spent = used and thing.what != "session"

    @rule(who=WHO)
    def sign_in_at_the_provider(self, who: str) -> None:
        client = self.world.client()
        self.idp.signed_in = who
        if self.policy is LoginPolicy.PASSWORD:
            assert client.get("/t/acme/oauth/login").status_code == 403
            return
        assert client.get(callback_of(client, self.idp)).status_code == 303
        self.by_sso.append((client, self.clock.now()))

    @rule(who=st.sampled_from(["nina", "alice"]))
    def the_provider_sends_somebody_whom_nobody_knows(self, who: str) -> None:
        """A stranger, or alice under an address that nobody has: the one is refused, the other was renamed there."""
        if self.policy is LoginPolicy.PASSWORD:
            return
        client = self.world.client()
        self.idp.signed_in = who
        self.idp.on.id_token(changed(email=f"{who}@elsewhere.example"))
        back = client.get(callback_of(client, self.idp))
        if came_in(back):
            assert who == "alice"
            self.by_sso.append((client, self.clock.now()))
        self.idp.honest()

    @rule(who=WHO)
    def try_the_provider_while_signed_in_with_a_password(self, who: str) -> None:
        client = self.world.client()
        if not came_in(password_login(client, who, PASSWORD)):
            return
        self.keep("session", lambda: self.alive(client))
        page = client.get("/account/try-sso")
        if page.status_code != 200:
            return
        out = client.post("/account/try-sso", data={**hidden_fields(page), "connection": "main"})
        assert out.status_code == 303
        self.idp.signed_in = who
        back = client.get(self.idp.authorize(out.headers["Location"]).callback_url.removeprefix(BASE_URL))
        assert (back.status_code, back.headers["Location"]) == (303, "/account/check")
        assert not came_in(back), "a proof opens nothing"

    @rule()
    def the_admin_asks_for_the_switch(self) -> None:
        try:
            self.world.bridge.switching.request(self.acme.id, by=Actor("acme/ada", ELSEWHERE, "please"))
        except NotPossible:
            assert self.policy is LoginPolicy.SSO_ONLY or self.stored().planned is not None

    # Support and the operator

    @rule(on=st.booleans())
    def support_observes(self, *, on: bool) -> None:
        try:
            self.world.bridge.switching.observe("acme", on, by=Actor(SUPPORT, ELSEWHERE, "ticket"))
        except NotPossible:
            assert self.policy is LoginPolicy.SSO_ONLY

    @rule(policy=POLICIES, override=st.booleans(), clicks=st.integers(1, 2))
    def support_switches(self, policy: LoginPolicy, *, override: bool, clicks: int) -> None:
        for _ in range(clicks):
            blocked = self.world.bridge.readiness.of("acme").blockers
            try:
                switched = self.world.bridge.enforcement.switch(
                    SwitchCommand(
                        "acme", policy, by=Actor(SUPPORT, reason="ticket"), accepted=EVERY_BLOCKER if override else ()
                    )
                )
            except SwitchRefused:
                assert blocked
                assert policy is LoginPolicy.SSO_ONLY
                assert not override
                continue
            if switched.before is not policy:
                assert override or not blocked or policy is not LoginPolicy.SSO_ONLY
                self.switched(policy)

    @rule(policy=POLICIES, in_s=st.sampled_from([60, 600, 7200]), override=st.booleans())
    def support_plans(self, policy: LoginPolicy, in_s: int, *, override: bool) -> None:
        before = self.stored().planned
        try:
            self.world.bridge.switching.plan(
                SwitchCommand(
                    "acme",
                    policy,
                    by=Actor(SUPPORT, ELSEWHERE, "ticket"),
                    at=self.clock.now() + in_s,
                    accepted=EVERY_BLOCKER if override else (),
                )
            )
        except (SwitchRefused, NotPossible):
            assert self.stored().planned == before

    @rule()
    def support_cancels(self) -> None:
        self.world.bridge.switching.cancel("acme", by=Actor(SUPPORT, ELSEWHERE, "ticket"))
        assert self.stored().planned is None

    @rule()
    def the_operator_changes_the_connection(self) -> None:
        """Nobody has come through its new settings yet."""
        scopes = ("openid", "email") if "profile" in self.main.provider.scopes else ("openid", "email", "profile")
        self.main = replace(self.main, provider=replace(self.main.provider, scopes=scopes))
        self.world.save(self.main)

    # The clock and the worker

    @rule(seconds=st.sampled_from([30, 120, 700, 3700]))
    def wait(self, seconds: int) -> None:
        self.clock.forward(seconds)

    @rule()
    def the_worker_comes_round(self) -> None:
        before = self.stored()
        due = before.planned is not None and before.planned.at <= self.clock.now()
        done = self.world.bridge.switching.carry_out_due()
        assert self.world.bridge.switching.carry_out_due() == 0, "exactly once"
        assert done <= due
        if done and before.planned is not None:
            self.switched(before.planned.policy)
        assert self.stored().planned == (None if due else before.planned)

    @precondition(lambda self: hasattr(self, "world") and self.stored().planned is not None)
    @rule()
    def the_worker_crashes_in_the_middle(self) -> None:
        before = self.stored()
        assert before.planned is not None
        self.clock.forward(max(0.0, before.planned.at - self.clock.now()) + 1)
        with patch.object(SqlAudit, "add", crash), pytest.raises(Crash):
            self.world.bridge.switching.carry_out_due()
        assert self.stored() == before
        self.the_worker_comes_round()


def test_whatever_happens_in_whatever_order_the_switch_holds(idp: FakeProvider, migrated_sqlite: Path) -> None:
    for subject, email in {**PEOPLE, "nina": "nina@acme.example"}.items():
        idp.person(subject, email=email)
    SwitchOver.idp, SwitchOver.empty = idp, migrated_sqlite
    run_state_machine_as_test(SwitchOver, settings=BOUNDED)
