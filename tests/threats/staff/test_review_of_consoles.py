"""What support could do to the vendor's own people, what an old form could undo (docs/rules.md, rules 13, 18, 20)."""

import re
from dataclasses import replace

import pytest

from app.domain.accounts.account import Role
from app.domain.accounts.held import HeldDecision as Held
from app.domain.audit.audit import Actor
from app.domain.errors import NotFound
from app.domain.sso_only.readiness_issues import Kind
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import PlannedSwitch
from app.domain.tenants.tenant import Status
from app.services.sso_only.switch_command import SwitchCommand, SwitchRefused, version
from app.web.accounts.account_acts import DEEDS
from app.wiring import Bridge
from tests.builders import World, hidden_fields, password_login
from tests.fake_idp import FakeProvider
from tests.integration.support.connection_page import active, settings_page, stored
from tests.integration.support.counter import CHANGED_MEANWHILE, Counter
from tests.threats.acme import PASSWORD
from tests.threats.staff.addresses import filled

STAFF_LOGIN = "/t/staff/oauth/login"
KEY = re.compile(r'name="key" value="([^"]+)"')
OLGA = "boss@vendor.example"


@pytest.fixture
def counter(world: World) -> Counter:
    """Sam of support, olga the operator."""
    return Counter(world)


@pytest.fixture
def services(counter: Counter) -> Bridge:
    return counter.world.bridge


@pytest.fixture
def taken_over(counter: Counter, idp: FakeProvider) -> str:
    """Somebody has given themselves the address of an operator at the vendor's own provider: the held login's id."""
    world = counter.world
    world.account(counter.staff, "boss", email=OLGA, roles=[Role.OPERATOR])
    world.connection(counter.staff, idp)
    idp.person("boss", email=OLGA)
    assert world.sign_in(world.client(), idp, path=STAFF_LOGIN).status_code == 303
    idp.person("sam-at-the-provider", email=OLGA)
    assert world.sign_in(world.client(), idp, path=STAFF_LOGIN).status_code == 403
    with world.bridge.database.read() as work:
        (held,) = work.held.of_tenant(counter.staff.id, decision=Held.OPEN)
    return held.id


def test_nobody_of_support_makes_themselves_an_operator_by_a_held_login(
    counter: Counter, taken_over: str, idp: FakeProvider
) -> None:
    sam, here = counter.browser("sam"), f"/support/held/{taken_over}"
    csrf = hidden_fields(sam.get("/account"))["csrf_token"]
    assert "Review" not in sam.read("/support/held")
    assert sam.get(here).status_code == 404
    answer = sam.client.post(here, data={"csrf_token": csrf, "decision": "accept", "reason": "it is me"})
    assert answer.status_code == 404
    thief = counter.world.client()
    counter.world.sign_in(thief, idp, path=STAFF_LOGIN)
    assert counter.world.session(thief) is None


def test_an_operator_decides_about_held_staff(counter: Counter, taken_over: str) -> None:
    answer = counter.browser("olga").fill(f"/support/held/{taken_over}", {"decision": "refuse", "reason": "not boss"})
    assert answer.headers["Location"] == "/support/held?done=refused"


def test_nobody_of_support_guesses_on_at_an_operator_by_releasing_the_name(counter: Counter) -> None:
    for _ in range(11):
        password_login(counter.world.client(), "olga", "a guess", tenant="staff")
    sam = counter.browser("sam")
    keys = KEY.findall(sam.get("/support/throttled").get_data(as_text=True))
    assert keys
    answer = sam.fill("/support/throttled", {"key": keys, "reason": "she asked me to"})
    assert answer.status_code == 400
    assert password_login(counter.world.client(), "olga", "a guess", tenant="staff").status_code == 429
    assert not counter.audit("staff")


def test_nor_by_asking_for_it_in_the_moment_in_which_the_name_is_stopped(counter: Counter) -> None:
    """The page looks at what is stopped twice: what comes in between is decided where it is released."""
    for _ in range(11):
        password_login(counter.world.client(), "olga", "a guess", tenant="staff")
    throttled = counter.world.bridge.throttled
    stopped = throttled.all()
    assert stopped
    for one in stopped:
        with pytest.raises(NotFound):
            throttled.release(one.key, by=Actor("staff/sam"), may=lambda _: False)
    assert password_login(counter.world.client(), "olga", "a guess", tenant="staff").status_code == 429
    assert not counter.audit("staff")


def test_an_old_form_does_not_open_a_tenant_that_was_switched_off_meanwhile(counter: Counter) -> None:
    acme = counter.world.tenant("acme")
    olga, here = counter.browser("olga"), "/support/tenants/acme/edit"
    form = {**hidden_fields(olga.get(here)), "name": "Acme Inc", "accent": "teal", "status": "active"}
    counter.world.save(replace(acme, status=Status.DISABLED))
    answer = olga.client.post(here, data=form)
    assert answer.status_code == 409
    assert CHANGED_MEANWHILE in answer.get_data(as_text=True)
    assert counter.tenant() == replace(acme, status=Status.DISABLED)
    olga.client.post(here, data={name: value for name, value in form.items() if name != "version"})
    assert counter.tenant().status is Status.DISABLED


@pytest.mark.parametrize("key", ["issuer", "token_endpoint", "discovery_url"])
def test_a_stored_secret_is_not_sent_to_a_host_that_it_was_not_given_for(
    counter: Counter, idp: FakeProvider, rival: FakeProvider, key: str
) -> None:
    acme = counter.world.tenant("acme")
    main = counter.world.connection(acme, idp)
    olga, here = counter.browser("olga"), settings_page(counter.browser("olga"))
    assert olga.fill(here, {key: f"{rival.issuer}/token"}).status_code == 303
    assert stored(counter).client_secret is None
    again = "Must be entered again because it would be sent to a different host."
    assert again in olga.get(here.replace("advanced", "activate")).get_data(as_text=True)
    assert active(counter) == main
    assert olga.fill(here, {key: f"{idp.issuer}/else"}).status_code == 303
    assert stored(counter).client_secret == main.client_secret


def test_an_old_form_does_not_give_back_a_role_that_was_taken_meanwhile(counter: Counter) -> None:
    eve = counter.world.account(counter.staff, "eve", roles=[Role.SUPPORT, Role.OPERATOR])
    olga, here = counter.browser("olga"), f"/support/staff/{eve.id}"
    form = {**hidden_fields(olga.get(here)), "action": "roles", "roles": ["support", "operator"]}
    counter.world.save(replace(eve, roles=(Role.SUPPORT,)))
    answer = olga.client.post(here, data=form)
    assert answer.status_code == 409
    assert CHANGED_MEANWHILE in answer.get_data(as_text=True)
    assert not counter.audit("staff")


def test_a_plan_that_is_there_already_is_no_way_over_what_nobody_accepted(
    counter: Counter, services: Bridge, idp: FakeProvider
) -> None:
    acme = counter.world.tenant("acme")
    counter.world.connection(acme, idp)
    at = counter.world.clock.now() + 7200
    plan = PlannedSwitch(LoginPolicy.SSO_ONLY, at=at, actor="staff/olga", address="", reason="ticket", overridden=())
    counter.world.save(replace(acme, planned=plan))
    sam = Actor("staff/sam", reason="ticket")
    same = SwitchCommand(
        "acme", LoginPolicy.SSO_ONLY, by=sam, at=at, version="of an old page", accepted=["nothing of it"]
    )
    with pytest.raises(SwitchRefused):
        services.switching.plan(same)
    assert counter.tenant().planned == plan


@pytest.mark.parametrize("policy", ["password", "sso_only"])
def test_nothing_that_support_posts_changes_the_vendors_own_tenant(
    counter: Counter, idp: FakeProvider, policy: str
) -> None:
    world, staff = counter.world, counter.staff
    world.connection(staff, idp)
    olga = counter.browser("olga")
    with world.bridge.database.read() as work:
        boss = work.accounts.by_username(staff.id, "olga")
        assert boss is not None
        (session,) = work.sessions.of_account(staff.id, boss.id, now=world.clock.now())
    sam = counter.browser("sam")
    fields = {
        "csrf_token": hidden_fields(sam.get("/account"))["csrf_token"],
        "version": version(staff),
        "policy": policy,
        "accepted": [kind.value for kind in Kind],
        "roles": "operator",
        "status": "disabled",
        "action": "disable",
        **dict.fromkeys(("reason", "username", "name"), "mine"),
        **dict.fromkeys(("on", "shared_desk"), "yes"),
    }
    parts = {
        "slug": "staff",
        "name": "main",
        "session_id": session.session.id,
        "account_id": boss.id,
        "held_id": "x",
        "domain": "d.x",
        "identity_id": "x",
    }
    for rule in world.app.url_map.iter_rules():
        if rule.rule.startswith("/support") and "POST" in (rule.methods or ()):
            for act in DEEDS:
                path = filled(rule.rule, {**parts, "act": act})
                assert sam.client.post(path, data=fields).status_code in {400, 403, 404}, path
    assert counter.tenant("staff") == staff
    assert not counter.audit("staff")
    assert world.session(olga.client)


def test_an_id_that_no_database_can_hold_is_nobodys_session(postgres_world: World) -> None:
    staff = postgres_world.tenant("staff")
    postgres_world.account(staff, "sam", password=PASSWORD, roles=[Role.SUPPORT])
    postgres_world.tenant("acme")
    sam = postgres_world.client()
    password_login(sam, "sam", PASSWORD, tenant="staff")
    assert sam.get("/support/tenants/acme/sessions/%00/end", follow_redirects=True).status_code == 404
