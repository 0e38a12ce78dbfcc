"""A reference looked up: why it failed, the fix, every step, and the last successful login beside it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from app.domain.accounts.account import Account
from app.domain.errors import Detail
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from app.services.traces.traces import explain
from tests.builders import World, password_login, reference_in
from tests.fake_idp import FakeProvider, without
from tests.fake_idp.script import Change
from tests.integration.support.counter import Counter

EMAIL = "alice@acme.example"


@pytest.fixture
def acme(counter: Counter, idp: FakeProvider) -> Iterator[Tenant]:
    tenant = counter.world.tenant("acme", name="Acme Support")
    counter.world.account(tenant, "alice", email=EMAIL, password="not used here")
    counter.world.connection(tenant, idp)
    idp.person("alice", email=EMAIL)
    yield tenant
    idp.honest()


def url(reference: str) -> str:
    return f"/support/references?{urlencode({'q': reference})}"


def failed(world: World, idp: FakeProvider, change: Change) -> str:
    idp.on.id_token(change)
    reference = reference_in(world.sign_in(world.client(), idp))
    idp.honest()
    return reference


def succeeded(world: World, idp: FakeProvider) -> str:
    client = world.client()
    world.sign_in(client, idp)
    session = world.session(client)
    assert session
    return str(session["reference"])


def test_without_a_reference_the_page_says_what_it_is_for(counter: Counter) -> None:
    assert "Enter it here to see what happened" in counter.browser().read("/support/references")


def test_the_reference_outlasts_a_login_on_the_way(counter: Counter) -> None:
    for query in ("q=ABCD-EFGH", "reference=ABCD-EFGH"):
        answer = counter.world.client().get(f"/support/references?{query}&done=all")
        (onward,) = parse_qs(urlsplit(answer.headers["Location"]).query)["next"]
        assert onward == f"/support/references?{query}"


@pytest.mark.usefixtures("acme")
def test_a_slash_too_many_is_shown_character_by_character_with_the_fix(counter: Counter, idp: FakeProvider) -> None:
    reference = failed(counter.world, idp, lambda claims: {**claims, "iss": f"{claims['iss']}/"})
    page = counter.browser().get(url(reference)).get_data(as_text=True)
    sides = [unescape(side) for side in re.findall(r'<code class="compared" dir="ltr">(.*?)</code>', page)]
    assert sides == [
        f'{idp.issuer}<mark class="mark-none"><span class="visually-hidden">(nothing)</span></mark>',
        f'{idp.issuer}<mark class="mark-received">/</mark>',
    ]
    for words in (
        "Refused",
        "issuer_mismatch",
        "They differ only in the trailing slash",
        "What to do",
        "Failed here",
    ):
        assert words in page


@pytest.mark.usefixtures("acme")
def test_beside_it_stands_the_last_login_that_went_well(counter: Counter, idp: FakeProvider) -> None:
    good = succeeded(counter.world, idp)
    reference = failed(counter.world, idp, lambda claims: {**claims, "iss": "https://elsewhere.example"})
    succeeded(counter.world, idp)  # later: not what was the case then
    page = counter.browser().read(url(reference))
    assert f"Compared with the last successful login of the same kind: {good}" in page
    assert "Session session opened, attempt completed Not reached" in page
    assert "Unknown: the login stopped before its claims were read." in page


@pytest.mark.usefixtures("acme")
def test_claims_that_came_then_and_are_missing_now_are_named(counter: Counter, idp: FakeProvider) -> None:
    succeeded(counter.world, idp)
    idp.on.userinfo(without("email"))
    reference = failed(counter.world, idp, without("email"))
    page = counter.browser().read(url(reference))
    assert "Missing compared with the successful login email Received this time" in page
    assert "the id_token has no email" in page
    assert "Skipped" in page


@pytest.mark.usefixtures("acme")
def test_a_clock_that_is_wrong_is_measured(counter: Counter, idp: FakeProvider) -> None:
    reference = failed(
        counter.world, idp, lambda claims: {**claims, "iat": claims["iat"] - 900, "exp": claims["exp"] - 9000}
    )
    page = counter.browser().read(url(reference))
    assert re.search(r"Clock skew the provider's clock is 90\d s behind ours", page)
    assert "Our time" in page
    assert "up to 120 are allowed for clock skew" in page


@pytest.mark.usefixtures("acme")
def test_it_may_be_typed_as_it_was_read_out(counter: Counter, idp: FakeProvider) -> None:
    reference = succeeded(counter.world, idp)
    typed = f" {reference.replace('-', ' ').lower().replace('0', 'o').replace('1', 'l')} "
    page = counter.browser().read(url(typed))
    assert "Signed in" in page
    assert reference in page


@pytest.mark.parametrize("typed", ["7K3Q-9MWT-2", "x", "ü", "\x00", "<b>", "%", "a" * 5000])
def test_an_unknown_one_says_so_and_what_to_try(counter: Counter, typed: str) -> None:
    page = counter.browser().read(url(typed), status=404)
    assert "No login found for" in page
    assert "10 characters" in page
    assert "30 days" in page


@pytest.mark.parametrize("typed", ["7K3Q-9MWT-2X", "7k3q9mwt2x", "oilo oilo oi"])
def test_of_an_unknown_one_with_nothing_missing_nobody_asks_whether_something_is(counter: Counter, typed: str) -> None:
    page = counter.browser().read(url(typed), status=404)
    assert "No login found for" in page
    assert "10 characters" not in page
    assert "30 days" in page


@pytest.mark.usefixtures("acme")
def test_a_login_that_went_well_has_reached_all_that_it_needed(counter: Counter, idp: FakeProvider) -> None:
    succeeded(counter.world, idp)
    page = counter.browser().read(url(succeeded(counter.world, idp)))
    assert "Signed in" in page
    assert "Not reached" not in page


@pytest.mark.usefixtures("acme")
def test_a_connection_test_says_whether_it_found_the_admins_own_account(counter: Counter, idp: FakeProvider) -> None:
    login = counter.world.bridge.traces.get(succeeded(counter.world, idp))
    details: dict[str, Detail] = {"purpose": "test", "candidates": 1, "own_account": True}
    with counter.world.bridge.database.write() as work:
        work.traces.add(replace(login, reference="7K3Q-9MWT-2X", details=details))
    page = counter.browser().read(url("7K3Q-9MWT-2X"))
    assert "Includes their own account yes" in page
    assert "own_account" not in page


def test_a_login_by_password_is_told_too(counter: Counter) -> None:
    tenant = counter.world.tenant("acme")
    counter.world.account(tenant, "alice", password="hers")
    answer = password_login(counter.world.client(), "alice", "not hers")
    page = counter.browser().read(url(reference_in(answer)))
    assert "wrong_password" in page
    assert "username and password are correct" in page
    assert "Claims" not in page


def test_what_no_login_of_ours_stands_behind_has_no_tenant(counter: Counter, acme: Tenant) -> None:
    with counter.world.bridge.database.read() as work:
        (connection,) = work.connections.of_tenant(acme.id)
    answer = counter.world.client().get(f"/callback/{connection.id}?code=x&state=y")
    assert "attempt_unknown" in counter.browser().read(url(reference_in(answer)))


def test_a_held_login_leads_to_its_decision(counter: Counter, acme: Tenant, idp: FakeProvider) -> None:
    succeeded(counter.world, idp)
    idp.person("somebody-else", email=EMAIL)
    reference = reference_in(counter.world.sign_in(counter.world.client(), idp))
    page = counter.browser().get(url(reference)).get_data(as_text=True)
    with counter.world.bridge.database.read() as work:
        held = work.held.by_reference(acme.id, reference)
    assert held
    assert f'href="/support/held/{held.id}"' in page


@pytest.mark.usefixtures("acme")
def test_support_is_not_sent_to_pages_that_only_operators_see(counter: Counter, idp: FakeProvider) -> None:
    reference = succeeded(counter.world, idp)
    with counter.world.bridge.database.read() as work:
        (main,) = work.connections.of_tenant(counter.tenant().id)
    link = f'href="/support/tenants/acme/sso/{main.id}"'
    assert link not in counter.browser("sam").get(url(reference)).get_data(as_text=True)
    assert link in counter.browser("olga").get(url(reference)).get_data(as_text=True)


def test_a_tenant_that_takes_no_passwords_any_more_explains_its_refusals(counter: Counter) -> None:
    tenant = counter.world.tenant("acme", policy=LoginPolicy.SSO_ONLY)
    alice: Account = counter.world.account(tenant, "alice", password="hers")
    answer = counter.world.client().post("/t/acme/login", data={"username": alice.username, "password": "hers"})
    assert answer.status_code in {400, 403}
    assert "What to do" in counter.browser().read(url(reference_in(answer)))


# Who was not found


def nobody_found(counter: Counter, idp: FakeProvider, email: str) -> str:
    idp.person("stranger", email=email)
    idp.signed_in = "stranger"
    return reference_in(counter.world.sign_in(counter.world.client(), idp))


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("alcie@acme.example", "differs by one letter"),
        ("alice+desk@acme.example", "after the plus sign"),
        ("alice@acme-group.example", "different domain"),
    ],
)
def test_support_sees_whom_somebody_may_be_and_not_their_whole_address(
    counter: Counter, acme: Tenant, idp: FakeProvider, email: str, words: str
) -> None:
    reference = nobody_found(counter, idp, email)
    page = unescape(counter.browser().get(url(reference)).get_data(as_text=True))
    assert f"a…@{email.rpartition('@')[2]}" in page
    assert email not in page
    assert words in page
    assert "/support/tenants/acme/people/" in page


def test_an_operator_sees_the_whole_address_that_came(counter: Counter, acme: Tenant, idp: FakeProvider) -> None:
    reference = nobody_found(counter, idp, "robert@acme.example")
    page = unescape(counter.browser("olga").read(url(reference)))
    assert "robert@acme.example" in page
    assert "No account has a similar value." in page


def test_a_trace_that_is_exported_never_has_the_whole_address(
    counter: Counter, acme: Tenant, idp: FakeProvider
) -> None:
    reference = nobody_found(counter, idp, "robert@acme.example")
    trace = counter.world.bridge.traces.get(reference)
    told = explain(trace)
    assert trace.details["sought"] == "r…@acme.example"
    assert "r…@acme.example" in str(told["summary"])
    assert "robert" not in str(told)
    assert "robert" not in str(trace)


def test_accounts_of_other_tenants_are_nobody_to_have_been_meant(
    counter: Counter, acme: Tenant, idp: FakeProvider
) -> None:
    globex = counter.world.tenant("globex")
    counter.world.account(globex, "robbert", email="robbert@acme.example")
    reference = nobody_found(counter, idp, "robert@acme.example")
    assert "No account has a similar value." in counter.browser().read(url(reference))
