"""Nothing is changed in a console without a role, a form of this session, and a fresh authentication."""

from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule

from app.domain.accounts.account import Role
from app.domain.sessions.session import FRESH_S
from app.web.consoles.console_pages import ConsolePages
from tests.builders import World, hidden_fields
from tests.integration.support.counter import PASSWORD, Browser, Counter
from tests.threats.staff.addresses import filled

CONSOLES = ("/support", "/admin")
ONLY_LOOKS = {"GET", "HEAD", "OPTIONS"}
_A_DRAFT = "a draft serves no login: activating it asks"
_OF_BOTH = {
    "/sso/new": _A_DRAFT,
    "/sso/<connection_id>/change": _A_DRAFT,
    "/sso/<connection_id>/<step>": _A_DRAFT,
    "/sso/<connection_id>/advanced": _A_DRAFT,
    "/sso/<connection_id>/discard": _A_DRAFT,
    "/sso/<connection_id>/test": "a test opens nothing, and only says that it passed",
}
WITHOUT_CONFIRMATION = {
    "/admin/connections/<path:name>/test": "a test opens nothing, and changes only when it was last tested",
    "/support/tenants/<slug>/test/<path:name>": "a test opens nothing, and changes only when it was last tested",
    "/admin/switch-request": "it only asks support, who decide",
    **{f"/admin{rule}": why for rule, why in _OF_BOTH.items()},
    **{f"/support/tenants/<slug>{rule}": why for rule, why in _OF_BOTH.items()},
}
"""Whoever adds an address here says why."""
ANYTHING = {
    "slug": "acme",
    "name": "main",
    "account_id": "a",
    "session_id": "s",
    "held_id": "h",
    "link_id": "l",
    "act": "disable",
    "identity_id": "i",
    "domain": "d.example",
    "connection_id": "c",
    "step": "address",
    "client_id": "c",
}


@pytest.fixture
def counter(world: World) -> Counter:
    counter = Counter(world)
    acme = counter.world.tenant("acme")
    counter.world.account(acme, "ada", password=PASSWORD, roles=[Role.TENANT_ADMIN])
    counter.world.account(acme, "alice", password=PASSWORD)
    return counter


def forms(world: World) -> Iterator[Rule]:
    """Every route of the consoles that may change something."""
    for rule in world.app.url_map.iter_rules():
        if rule.rule.startswith(CONSOLES) and (rule.methods or set()) - ONLY_LOOKS:
            yield rule


def of_console(counter: Counter, rule: Rule) -> Browser:
    """Of somebody who may come in there."""
    staff = rule.rule.startswith("/support")
    return counter.browser("olga") if staff else counter.browser("ada", tenant="acme")


def test_every_route_of_a_console_stands_behind_the_guard(world: World) -> None:
    open_routes = [
        rule.rule
        for rule in world.app.url_map.iter_rules()
        if rule.rule.startswith(CONSOLES)
        and not isinstance(world.app.blueprints[rule.endpoint.partition(".")[0]], ConsolePages)
    ]
    assert open_routes == []
    assert list(forms(world))


def test_every_form_asks_who_it_is_once_more_but_those_that_are_named(counter: Counter) -> None:
    asked: set[str] = set()
    not_asked: set[str] = set()
    for rule in forms(counter.world):
        browser = of_console(counter, rule)
        token = hidden_fields(browser.get("/account"))["csrf_token"]
        counter.world.clock.forward(FRESH_S + 1)
        answer = browser.client.post(filled(rule.rule, ANYTHING), data={"csrf_token": token, "reason": "mine"})
        confirms = answer.status_code == 303 and answer.headers["Location"].startswith("/account/confirm?next=")
        (asked if confirms else not_asked).add(rule.rule)
    assert not_asked == set(WITHOUT_CONFIRMATION)
    assert asked


def test_what_is_not_asked_says_why(world: World) -> None:
    said = {
        rule.rule: pages.without_confirmation[rule.endpoint.partition(".")[2]]
        for rule in forms(world)
        if isinstance(pages := world.app.blueprints[rule.endpoint.partition(".")[0]], ConsolePages)
        and rule.endpoint.partition(".")[2] in pages.without_confirmation
    }
    assert said == WITHOUT_CONFIRMATION


def test_a_confirmation_leads_to_a_page_and_not_to_the_address_of_a_button(counter: Counter) -> None:
    for rule in forms(counter.world):
        if rule.rule in WITHOUT_CONFIRMATION:
            continue
        browser = of_console(counter, rule)
        token = hidden_fields(browser.get("/account"))["csrf_token"]
        counter.world.clock.forward(FRESH_S + 1)
        answer = browser.client.post(filled(rule.rule, ANYTHING), data={"csrf_token": token})
        onward = hidden_fields(browser.get(answer.headers["Location"]))["next"]
        assert counter.world.app.url_map.bind("localhost").match(onward, method="GET"), rule.rule


def test_every_form_is_refused_without_the_token_of_its_session(counter: Counter) -> None:
    for rule in forms(counter.world):
        browser, other = of_console(counter, rule), of_console(counter, rule)
        foreign = hidden_fields(other.get("/account"))["csrf_token"]
        for token in ("", foreign):
            answer = browser.client.post(filled(rule.rule, ANYTHING), data={"csrf_token": token, "reason": "mine"})
            assert answer.status_code == 400, rule.rule


def test_every_form_is_refused_to_who_has_no_role_there(counter: Counter) -> None:
    alice = counter.browser("alice", tenant="acme")
    token = hidden_fields(alice.get("/account"))["csrf_token"]
    for rule in forms(counter.world):
        answer = alice.client.post(filled(rule.rule, ANYTHING), data={"csrf_token": token, "reason": "mine"})
        assert answer.status_code == 403, rule.rule


def test_whoever_is_not_signed_in_is_sent_to_a_login_that_leads_to_the_page(counter: Counter) -> None:
    answer = counter.world.client().post("/support/tenants/acme/switch/check")
    assert answer.headers["Location"] == "/t/staff/login?next=%2Fsupport%2Ftenants%2Facme%2Fswitch"
