"""A tenant's allowed networks stand before every door, and nobody talks a way around them (docs/rules.md, rule 19)."""

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Role
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import SecurityPolicy
from tests.builders import callback_of, choose, hidden_fields, offered_accounts, password_login
from tests.threats.acme import ALICE, LOGIN, PASSWORD, Acme
from tests.threats.running import running_world

APP = Path(__file__).parents[3] / "app"
OFFICE, VPN = "203.0.113.0/24", "2001:db8:5::/48"
INSIDE, AT_HOME = "203.0.113.7", "198.51.100.20"
REFUSED = ReasonCode.NETWORK_NOT_ALLOWED


def allow(acme: Acme, *networks: str, policy: LoginPolicy = LoginPolicy.SSO_OPTIONAL) -> None:
    acme.tenant = replace(acme.tenant, policy=policy, security=SecurityPolicy(networks=networks))
    acme.world.save(acme.tenant)


def sit_at(browser: FlaskClient, client_ip: str) -> FlaskClient:
    """From now on the browser's requests come from there."""
    browser.environ_base["REMOTE_ADDR"] = client_ip
    return browser


def by_password(acme: Acme, browser: FlaskClient) -> TestResponse:
    return acme.password(browser)


def by_the_provider(acme: Acme, browser: FlaskClient) -> TestResponse:
    return browser.get(LOGIN)


def by_the_provider_of_several(acme: Acme, browser: FlaskClient) -> TestResponse:
    acme.world.connection(acme.tenant, acme.idp, name="spare")
    return browser.get(LOGIN)


DOORS: dict[str, Callable[[Acme, FlaskClient], TestResponse]] = {
    "password": by_password,
    "provider": by_the_provider,
    "one of several providers": by_the_provider_of_several,
}


@pytest.mark.parametrize("door", DOORS)
def test_from_elsewhere_no_door_opens(acme: Acme, door: str) -> None:
    allow(acme, OFFICE, VPN)
    browser = sit_at(acme.world.client(), AT_HOME)
    trace = acme.refused(DOORS[door](acme, browser), REFUSED)
    assert trace["details"] == {"received": AT_HOME, "expected": f"{OFFICE}, {VPN}"}
    assert acme.opened(browser) is None


@pytest.mark.parametrize("client_ip", [INSIDE, "2001:db8:5::1", "::ffff:203.0.113.7"])
def test_from_the_office_both_doors_open(acme: Acme, client_ip: str) -> None:
    allow(acme, OFFICE, VPN)
    assert acme.password(sit_at(acme.world.client(), client_ip)).status_code == 303
    browser = sit_at(acme.world.client(), client_ip)
    assert acme.sign_in(browser).status_code == 303
    assert acme.opened(browser) == "alice"


@pytest.mark.parametrize("client_ip", ["", "unknown", "203.0.113.7:4711", "::ffff:198.51.100.20", "fe80::1%eth0"])
def test_an_address_that_cannot_be_read_is_in_no_network(acme: Acme, client_ip: str) -> None:
    allow(acme, OFFICE)
    acme.refused(acme.password(sit_at(acme.world.client(), client_ip)), REFUSED)
    acme.refused(sit_at(acme.world.client(), client_ip).get(LOGIN), REFUSED)


def test_whoever_leaves_the_office_on_the_way_is_refused_on_the_way_back(acme: Acme) -> None:
    allow(acme, OFFICE)
    back = callback_of(sit_at(acme.browser, INSIDE), acme.idp)
    acme.idp.forget_requests()
    acme.refused(sit_at(acme.browser, AT_HOME).get(back), REFUSED)
    assert acme.idp.requests("token") == []  # refused before the provider is asked anything


def test_a_network_that_is_taken_away_on_the_way_is_gone(acme: Acme) -> None:
    back = callback_of(sit_at(acme.browser, AT_HOME), acme.idp)
    allow(acme, OFFICE)
    acme.refused(acme.browser.get(back), REFUSED)


def test_a_choice_of_accounts_is_made_in_the_office(acme: Acme) -> None:
    acme.world.account(acme.tenant, "alice.lead", email=ALICE, roles=(Role.SUPERVISOR,))
    chooser = acme.sign_in(sit_at(acme.browser, INSIDE))
    allow(acme, OFFICE)
    acme.refused(choose(sit_at(acme.browser, AT_HOME), chooser, offered_accounts(chooser)[0]), REFUSED)
    assert choose(sit_at(acme.browser, INSIDE), chooser, offered_accounts(chooser)[0]).status_code == 303


def test_the_account_is_changed_in_the_office(acme: Acme) -> None:
    acme.world.account(acme.tenant, "alice.lead", email=ALICE, roles=(Role.SUPERVISOR,))
    chooser = acme.sign_in(sit_at(acme.browser, INSIDE))
    choose(acme.browser, chooser, offered_accounts(chooser)[0])
    before = acme.opened()
    allow(acme, OFFICE)
    page = sit_at(acme.browser, AT_HOME).get("/account")
    acme.refused(choose(acme.browser, page, offered_accounts(page)[0]), REFUSED)
    assert acme.opened() == before
    assert choose(sit_at(acme.browser, INSIDE), page, offered_accounts(page)[0]).status_code == 303
    assert acme.opened() != before


def test_who_is_signed_in_stays_so_and_can_sign_out_from_anywhere(acme: Acme) -> None:
    assert acme.sign_in(sit_at(acme.browser, INSIDE)).status_code == 303
    allow(acme, OFFICE)
    sit_at(acme.browser, AT_HOME)
    assert acme.opened() == "alice"
    assert acme.browser.get("/forward-auth").status_code == 200
    assert acme.browser.post("/logout", data=hidden_fields(acme.browser.get("/account"))).status_code == 303
    assert acme.opened() is None


def test_who_one_is_is_confirmed_in_the_office(acme: Acme) -> None:
    assert acme.password(sit_at(acme.browser, INSIDE)).status_code == 303
    allow(acme, OFFICE)
    page = sit_at(acme.browser, AT_HOME).get("/account/confirm?next=/account")
    form = {**hidden_fields(page), "password": PASSWORD}
    assert REFUSED.value == acme.world.trace(acme.browser.post("/account/confirm", data=form))["reason"]
    assert acme.opened() == "alice"
    assert sit_at(acme.browser, INSIDE).post("/account/confirm", data=form).status_code == 303


def test_a_link_for_a_new_password_is_asked_for_in_the_office(acme: Acme) -> None:
    allow(acme, OFFICE)
    forgot = "/t/acme/password/forgot"
    form = {**hidden_fields(sit_at(acme.browser, AT_HOME).get(forgot)), "username": "alice"}
    acme.refused(acme.browser.post(forgot, data=form), REFUSED)
    assert acme.world.bridge.outbox.newest(most=1) == []


def test_known_and_unknown_people_outside_get_one_answer_before_the_form_is_read(acme: Acme) -> None:
    allow(acme, OFFICE)
    browser = sit_at(acme.world.client(), AT_HOME)
    tries: tuple[dict[str, str], ...] = (
        {"username": "alice", "password": PASSWORD},
        {"username": "alice", "password": "guess"},
        {"username": "nobody", "password": "guess"},
        {},
        {"csrf_token": "forged", "username": "x" * 5000},
    )
    shown = set()
    for data in tries:
        answer = browser.post("/t/acme/login", data=data)
        trace = acme.refused(answer, REFUSED)
        shown.add(answer.get_data(as_text=True).replace(str(trace["reference"]), "REFERENCE"))
    assert len(shown) == 1


def test_whose_networks_they_are_is_a_matter_of_the_tenant_alone(acme: Acme) -> None:
    allow(acme, OFFICE)
    globex = acme.world.tenant("globex", policy=LoginPolicy.PASSWORD)
    acme.world.account(globex, "gina", password=PASSWORD)
    browser = sit_at(acme.world.client(), AT_HOME)
    assert acme.password(browser, username="gina", tenant="globex").status_code == 303


def test_the_networks_come_before_the_policy(acme: Acme) -> None:
    """What a tenant accepts is no business of somebody who may not log in from there at all."""
    for policy in LoginPolicy:
        allow(acme, OFFICE, policy=policy)
        browser = sit_at(acme.world.client(), AT_HOME)
        acme.refused(browser.post("/t/acme/login", data={}), REFUSED)
        acme.refused(browser.get(LOGIN), REFUSED)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip", "Client-Ip", "True-Client-Ip"])
def test_without_proxies_no_header_says_where_somebody_is(acme: Acme, header: str) -> None:
    allow(acme, OFFICE)
    browser = sit_at(acme.world.client(), AT_HOME)
    said = f"for={INSIDE}" if header == "Forwarded" else INSIDE
    acme.refused(browser.get(LOGIN, headers={header: said}), REFUSED)


PROXY, SECOND_PROXY = "192.0.2.1", "192.0.2.2"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "opens"),
    [
        (1, INSIDE, True),
        (1, f"{AT_HOME}, {INSIDE}", True),  # the person may say what they like: the proxy adds what it saw
        (1, AT_HOME, False),
        (1, f"{INSIDE}, {AT_HOME}", False),
        (1, f"{INSIDE}, {INSIDE}, {AT_HOME}", False),
        (2, f"{INSIDE}, {SECOND_PROXY}", True),
        (2, f"{AT_HOME}, {SECOND_PROXY}", False),
        (2, f"{INSIDE}, {AT_HOME}, {SECOND_PROXY}", False),
        (2, INSIDE, False),  # one proxy was gone round
        (1, "", False),
        (1, "unknown", False),
        (1, f"{INSIDE}:4711", False),
        (1, "2001:db8:5::9", True),
        (1, "::ffff:203.0.113.9", True),
    ],
)
def test_behind_proxies_the_address_is_the_one_that_the_outermost_of_them_saw(
    tmp_path: Path,
    proxies: int,
    forwarded: str,
    opens: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    with running_world(tmp_path, trusted_proxies=proxies) as world:
        security = SecurityPolicy(networks=(OFFICE, VPN))
        world.account(world.tenant("acme", security=security), "alice", password=PASSWORD)
        browser = sit_at(world.client(), PROXY)
        browser.environ_base["HTTP_X_FORWARDED_FOR"] = forwarded
        assert password_login(browser, "alice", PASSWORD).status_code == (303 if opens else 403)


def test_every_door_says_from_where_but_the_ones_that_only_send_mail_or_test() -> None:
    """Without an address the networks are skipped.

    Staff send somebody a link, which is checked when it is used; who runs a test is asked by connection_checks. An app
    with a secret asks from its own server: only a public one asks from its person's computer.
    """
    skipping = {
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("enforcement.require", "enforcement.require_active"))
        and any(named.arg == "client_ip" and "None" in ast.unparse(named.value) for named in node.keywords)
    }
    assert skipping == {
        "services/passwords/password_links.py",
        "services/login/login.py",
        "services/oauth2/tokens.py",
    }
