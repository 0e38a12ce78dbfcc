"""Everything that people, support and operators may do, in any order; and what must hold after each step.

The model knows of every session cookie that was ever handed out whether it is good. That it agrees with the bridge
includes: what has ended stays ended; no session of a password in an `sso_only` tenant; none of anything disabled.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, precondition, rule, run_state_machine_as_test

from app.domain.accounts.account import Account
from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import Status, Tenant
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand
from tests.builders import (
    BASE_URL,
    World,
    hidden_fields,
    offered_accounts,
    password_login,
)
from tests.chance import examples
from tests.fake_idp import FakeProvider
from tests.integration.login.login_model import (
    ATTEMPT_S,
    CONNECTIONS,
    COOKIE,
    PASSWORD,
    PEOPLE,
    SLUGS,
    TICKET_S,
    Chooser,
    Model,
    Unfinished,
)
from tests.integration.sso_only.switching import switch

Key = TypeVar("Key")
Thing = TypeVar("Thing", Tenant, Account, Connection)
POLICIES = st.sampled_from([LoginPolicy.SSO_OPTIONAL] * 3 + [LoginPolicy.SSO_ONLY] * 2 + [LoginPolicy.PASSWORD])
USUALLY = st.sampled_from([True, True, False])
SELDOM = st.sampled_from([False] * 5 + [True])
PLACES = tuple((slug, name) for slug in SLUGS for name in CONNECTIONS[slug])
BOUNDED = settings(
    phases=(Phase.generate,),  # without shrinking: a failure is told at once, and can be shrunk by hand
    max_examples=examples(0.3),
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
)


class Logins(Model):
    """Whatever people, support and operators do."""

    unfinished = Bundle("unfinished")
    choosers = Bundle("choosers")

    # What people do

    @rule(
        target=unfinished,
        browser=st.sampled_from([0, 1]),
        where=st.sampled_from(PLACES),
        subject=st.sampled_from(sorted(PEOPLE)),
    )
    def go_to_the_provider(self, browser: int, where: tuple[str, str], subject: str) -> Any:
        slug, name = where
        address = f"/t/{slug}/oauth/login?connection={name}"
        elsewhere, cookie = self.elsewhere(browser, slug), self.cookie(browser)
        out = self.visit(self.browsers[browser], address, cookie)
        if not self.open_for_sso(slug, name):
            assert out.status_code == 403
            return multiple()
        if elsewhere:
            out = self.browsers[browser].post(address, data=hidden_fields(out))
        assert out.status_code == (303 if elsewhere else 302)
        self.idp.signed_in = subject
        callback = self.idp.authorize(out.headers["Location"]).callback_url.removeprefix(BASE_URL)
        return Unfinished(browser, slug, name, callback, self.clock.now(), left=cookie if elsewhere else None)

    @rule(target=choosers, begun=unfinished, another_browser=SELDOM)
    def come_back(self, begun: Unfinished, *, another_browser: bool) -> Any:
        browser = begun.browser ^ another_browser
        cookie = self.cookie(browser)
        answer = self.browsers[browser].get(begun.callback)
        allowed = (
            not another_browser
            and begun.callback not in self.spent
            and self.clock.now() < begun.begun_at + ATTEMPT_S
            and self.open_for_sso(begun.tenant, begun.connection)
            and (cookie == begun.left or not self.elsewhere(browser, begun.tenant))
        )
        if not another_browser:
            self.spent.add(begun.callback)
        if answer.status_code == 200:
            assert allowed
            assert self.cookie(browser) == cookie, "nobody is signed in before the choice"
            return Chooser(begun, answer, self.clock.now())
        if answer.status_code == 303:
            assert allowed
            self.opened(browser, begun.tenant, Method.SSO, connection=begun.connection, before=cookie)
        else:
            self.refused(answer, browser, before=cookie)
        return multiple()

    @rule(chooser=choosers, place=st.integers(0, 1), another_browser=SELDOM)
    def choose(self, chooser: Chooser, place: int, *, another_browser: bool) -> None:
        begun = chooser.begun
        browser = begun.browser ^ another_browser
        cookie = self.cookie(browser)
        wanted = offered_accounts(chooser.shown)[place]
        fields = {**hidden_fields(chooser.shown), "account": wanted}
        answer = self.browsers[browser].post("/accounts/choose", data=fields)
        allowed = (
            not another_browser
            and begun.callback not in self.chosen
            and self.clock.now() < chooser.at + TICKET_S
            and self.open_for_sso(begun.tenant, begun.connection)
            and self.by_id(wanted).status is Status.ACTIVE
        )
        if answer.status_code == 303:
            assert allowed
            self.chosen.add(begun.callback)
            known = self.opened(browser, begun.tenant, Method.SSO, connection=begun.connection, before=cookie)
            assert known.username == self.by_id(wanted).username
        else:
            self.refused(answer, browser, before=cookie)

    @rule(
        browser=st.sampled_from([0, 1]),
        where=st.sampled_from(PLACES),
        subject=st.sampled_from(sorted(PEOPLE)),
        place=st.integers(0, 1),
    )
    def sign_in_by_sso(self, browser: int, where: tuple[str, str], subject: str, place: int) -> None:
        """All three steps without anything in between."""
        begun = self.go_to_the_provider(browser, where, subject)
        if isinstance(begun, Unfinished):
            chooser = self.come_back(begun, another_browser=False)
            if isinstance(chooser, Chooser):
                self.choose(chooser, place, another_browser=False)

    @rule(
        browser=st.sampled_from([0, 1]),
        slug=st.sampled_from(SLUGS),
        username=st.sampled_from(["alice", "lead", "bob"]),
        password=st.sampled_from([PASSWORD, PASSWORD, "wrong"]),
    )
    def type_a_password(self, browser: int, slug: str, username: str, password: str) -> None:
        cookie = self.cookie(browser)
        answer = password_login(self.browsers[browser], username, password, tenant=slug)
        tenant = self.tenants[slug]
        account = self.accounts.get((slug, username))
        if tenant.policy is LoginPolicy.SSO_ONLY or tenant.status is Status.DISABLED:
            assert answer.status_code == 403
        if answer.status_code != 303:
            self.refused(answer, browser, before=cookie)
            return
        assert tenant.status is Status.ACTIVE
        assert tenant.policy is not LoginPolicy.SSO_ONLY
        assert account is not None
        assert account.status is Status.ACTIVE
        assert password == PASSWORD
        known = self.opened(browser, slug, Method.PASSWORD, connection=None, before=cookie)
        assert known.username == username

    @precondition(lambda self: any(self.good(known) and known.connection for known in self.known.values()))
    @rule(browser=st.sampled_from([0, 1]), wish=st.sampled_from(["alice", "lead", "bob"]), honest=USUALLY)
    def change_account(self, browser: int, wish: str, *, honest: bool) -> None:
        cookie = self.cookie(browser)
        before = self.known.get(cookie or "")
        if before is None or not self.good(before):
            return
        client = self.browsers[browser]
        page = self.visit(client, "/account", cookie)
        offered = offered_accounts(page)
        target = self.by_id(offered[0]) if offered and honest else self.accounts.get((before.tenant, wish))
        assert not (before.method is Method.PASSWORD and offered)
        assert all(self.by_id(one).tenant_id == self.tenants[before.tenant].id for one in offered)
        if target is None:
            return
        answer = client.post("/accounts/choose", data={**hidden_fields(page), "account": target.id})
        assert (answer.status_code == 303) == (target.id in offered)
        if answer.status_code == 303:
            known = self.opened(browser, before.tenant, before.method, connection=before.connection, before=cookie)
            assert known.username == target.username
            known.expires_at = before.expires_at

    @rule(browser=st.sampled_from([0, 1]))
    def log_out(self, browser: int) -> None:
        client, cookie = self.browsers[browser], self.cookie(browser)
        known = self.known.get(cookie or "")
        if known is None or not self.good(known):
            return
        page = self.visit(client, "/account", cookie)
        assert client.post("/logout", data=hidden_fields(page)).status_code == 303
        known.ended = True

    @rule(browser=st.sampled_from([0, 1]), place=st.integers(0, 30))
    def replay_an_old_cookie(self, browser: int, place: int) -> None:
        if not self.known:
            return
        token = list(self.known)[place % len(self.known)]
        client = self.world.client()
        client.set_cookie(COOKIE, token)
        known = self.known[token]
        answer = self.visit(client, "/session", token)
        assert answer.status_code == (200 if self.good(known) else 401)
        assert client.get("/forward-auth").status_code == answer.status_code
        if answer.status_code == 200:
            said = answer.get_json()
            assert (said["tenant"], said["account"]["username"], said["method"], said["connection"]) == (
                known.tenant,
                known.username,
                known.method.value,
                known.connection,
            )

    # What support and operators do

    @rule(slug=st.sampled_from(SLUGS), policy=POLICIES)
    def switch_policy(self, slug: str, policy: LoginPolicy) -> None:
        before = self.tenants[slug]
        self.world.bridge.enforcement.switch(
            SwitchCommand(slug, policy, by=Actor("sam@staff", reason="ticket"), accepted=EVERY_BLOCKER)
        )
        self.tenants[slug] = replace(before, policy=policy)
        if policy is LoginPolicy.SSO_ONLY and before.policy is not policy:
            self.end(lambda known: known.tenant == slug and known.method is Method.PASSWORD)
        if policy is LoginPolicy.PASSWORD and before.policy is not policy:
            self.end(lambda known: known.tenant == slug and known.method is Method.SSO)

    @rule(slug=st.sampled_from(SLUGS))
    def switch_there_and_back(self, slug: str) -> None:
        self.switch_policy(slug, LoginPolicy.SSO_ONLY)
        self.switch_policy(slug, LoginPolicy.SSO_OPTIONAL)

    @rule(slug=st.sampled_from(SLUGS), back=USUALLY)
    def switch_a_tenant_off(self, slug: str, *, back: bool) -> None:
        for after in statuses(back=back):
            switch(self.world, self.tenants[slug], after)
            self.tenants[slug] = replace(self.tenants[slug], status=after)
        self.end(lambda known: known.tenant == slug)

    @precondition(lambda self: any(self.good(known) for known in self.known.values()))
    @rule(place=st.integers(0, 30), back=USUALLY)
    def switch_off_the_account_of_a_session(self, place: int, *, back: bool) -> None:
        known = self.one_that_is_good(place)
        who = (known.tenant, known.username)
        for after in statuses(back=back):
            switch(self.world, self.accounts[who], after)
            self.accounts[who] = replace(self.accounts[who], status=after)
        self.end(lambda known: (known.tenant, known.username) == who)

    @precondition(lambda self: any(self.good(known) and known.connection for known in self.known.values()))
    @rule(place=st.integers(0, 30), back=USUALLY)
    def switch_off_the_connection_of_a_session(self, place: int, *, back: bool) -> None:
        known = self.one_that_is_good(place, method=Method.SSO)
        which = (known.tenant, known.connection or "")
        for after in statuses(back=back):
            switch(self.world, self.connections[which], after)
            self.connections[which] = replace(self.connections[which], status=after)
        self.end(lambda known: (known.tenant, known.connection) == which)

    @rule()
    def switch_everything_on(self) -> None:
        all_on(self.world, self.tenants)
        all_on(self.world, self.accounts)
        all_on(self.world, self.connections)

    @rule(seconds=st.sampled_from([70, 130, 310, 3100, 32500]))
    def wait(self, seconds: int) -> None:
        self.clock.forward(seconds)


def all_on(world: World, things: dict[Key, Thing]) -> None:
    for key, thing in list(things.items()):
        if thing.status is Status.DISABLED:
            switch(world, thing, Status.ACTIVE)
            things[key] = replace(thing, status=Status.ACTIVE)


def statuses(*, back: bool) -> list[Status]:
    """Off, and perhaps on again."""
    return [Status.DISABLED, Status.ACTIVE] if back else [Status.DISABLED]


def test_whatever_happens_in_whatever_order_only_good_sessions_are_alive(
    idp: FakeProvider, migrated_sqlite: Path
) -> None:
    for subject, email in PEOPLE.items():
        idp.person(subject, email=email)
    Logins.idp, Logins.empty = idp, migrated_sqlite
    run_state_machine_as_test(Logins, settings=BOUNDED)
