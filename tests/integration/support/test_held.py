"""Held logins of all tenants on one page: both sides, and the decision with its reason."""

import re

import pytest

from app.domain.accounts.held import HeldDecision, HeldLogin
from app.domain.tenants.tenant import Tenant
from tests.builders import World, reference_in
from tests.fake_idp import FakeProvider
from tests.integration.support.counter import Counter

HERE = "/support/held"
EMAIL = "alice@acme.example"


@pytest.fixture
def acme(counter: Counter, idp: FakeProvider) -> Tenant:
    """Its address alice@acme.example has changed hands: the subject `newcomer` waits."""
    tenant = counter.world.tenant("acme", name="Acme Support")
    counter.world.account(tenant, "alice", email=EMAIL)
    counter.world.connection(tenant, idp)
    idp.person("alice", email=EMAIL)
    counter.world.sign_in(counter.world.client(), idp)
    idp.person("newcomer", email=EMAIL)
    reference_in(counter.world.sign_in(counter.world.client(), idp))
    return tenant


def waiting(world: World, tenant: Tenant, decision: HeldDecision = HeldDecision.OPEN) -> HeldLogin:
    with world.bridge.database.read() as work:
        (held,) = work.held.of_tenant(tenant.id, decision=decision)
    return held


def test_where_nobody_waits_the_page_says_so(counter: Counter) -> None:
    assert "No logins are waiting for a decision." in counter.browser().read(HERE)


def test_both_sides_are_shown(counter: Counter, acme: Tenant, idp: FakeProvider) -> None:
    held = waiting(counter.world, acme)
    for page in (counter.browser().read(HERE), counter.browser().read(f"{HERE}/{held.id}")):
        assert re.search(rf"Who is signing in Signs in as {EMAIL} Subject newcomer Issuer {idp.issuer}", page)
        assert re.search(r"Who has the account now Account alice Alice Subject alice Last login", page)
        assert held.reference in page


def test_accepting_gives_the_newcomer_the_account(counter: Counter, acme: Tenant, idp: FakeProvider) -> None:
    held = waiting(counter.world, acme)
    answer = counter.browser().fill(f"{HERE}/{held.id}", {"decision": "accept", "reason": "the admin said so"})
    assert answer.headers["Location"] == f"{HERE}?done=accepted"
    client = counter.world.client()
    counter.world.sign_in(client, idp)
    assert counter.world.session(client)
    (entry,) = counter.audit()
    assert (entry.action, entry.actor, entry.address, entry.reason) == (
        "held.accepted",
        "staff/sam",
        "127.0.0.1",
        "the admin said so",
    )


def test_refusing_keeps_them_out_and_is_listed(counter: Counter, acme: Tenant, idp: FakeProvider) -> None:
    browser = counter.browser()
    held = waiting(counter.world, acme)
    browser.fill(f"{HERE}/{held.id}", {"decision": "refuse", "reason": "nobody knows them"})
    client = counter.world.client()
    counter.world.sign_in(client, idp)
    assert counter.world.session(client) is None
    page = browser.read(f"{HERE}?done=refused")
    assert "No logins are waiting for a decision." in page
    assert re.search(r"Decided in the last 30 days .*newcomer Refused staff/sam", page)
    assert waiting(counter.world, acme, HeldDecision.REFUSED).decided_by == "staff/sam"


@pytest.mark.parametrize("fields", [{"decision": "accept"}, {"decision": "accept", "reason": " "}, {"reason": "why"}])
def test_without_a_reason_or_a_decision_nothing_is_decided(
    counter: Counter, acme: Tenant, fields: dict[str, str]
) -> None:
    held = waiting(counter.world, acme)
    answer = counter.browser().fill(f"{HERE}/{held.id}", fields)
    assert answer.status_code in {200, 400}
    assert "Who is signing in" in answer.get_data(as_text=True)
    assert waiting(counter.world, acme).id == held.id
    assert counter.audit() == []


def test_the_second_of_two_people_is_told_that_it_was_decided(counter: Counter, acme: Tenant) -> None:
    held = waiting(counter.world, acme)
    counter.browser("olga").fill(f"{HERE}/{held.id}", {"decision": "refuse", "reason": "first"})
    assert counter.browser().get(f"{HERE}/{held.id}").status_code == 404
    assert len(counter.audit()) == 1


def test_a_decision_asks_who_decides(counter: Counter, acme: Tenant) -> None:
    held = waiting(counter.world, acme)
    browser = counter.browser()
    counter.world.clock.forward(601)
    assert browser.get(HERE).status_code == 200
    assert browser.get(f"{HERE}/{held.id}").headers["Location"].startswith("/account/confirm?next=")


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("query", ["?at=x&after=y", "?at=nan&after=%00", "?after=x", "?at=1e400&after=x"])
def test_a_page_that_nobody_linked_to_is_no_error(counter: Counter, query: str) -> None:
    assert counter.browser().get(f"{HERE}{query}").status_code == 200
