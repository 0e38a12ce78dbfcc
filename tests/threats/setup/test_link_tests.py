"""A test by a set-up link tells its recipient about the provider, and nothing about accounts (docs/decisions/0024)."""

import re
from dataclasses import replace

import pytest

from app.domain.accounts.account import Role
from app.domain.tenants.tenant import Status
from tests.builders import BASE_URL, hidden_fields, password_login
from tests.fake_idp import FakeProvider, changed
from tests.integration.connections.wizard import Wizard
from tests.integration.support.counter import words
from tests.threats.acme import PASSWORD
from tests.threats.setup.newcomer import Newcomer

PASSING = r"\w{4}-\w{4}-\w{2}|[\d.]+ ms|\d+:\d+(:\d+)?|\d{10}|\d+ seconds? ago"
"""References and times: what differs between any two tests."""


@pytest.fixture
def wizard(newcomer: Newcomer) -> Wizard:
    newcomer.open()
    return Wizard(newcomer.world, newcomer.tenant, newcomer.browser, home="/setup/sso")


@pytest.fixture
def draft(wizard: Wizard, idp: FakeProvider) -> str:
    found = wizard.begin()
    wizard.fill(found, idp)
    return found


def test_whose_provider_it_is_learns_not_who_has_an_account(wizard: Wizard, idp: FakeProvider, draft: str) -> None:
    """Whatever address their provider asserts: somebody's, a disabled account's, or nobody's."""
    world, acme = wizard.world, wizard.tenant
    world.account(acme, "alice", email="alice@acme.example")
    world.save(replace(world.account(acme, "dora", email="dora@acme.example"), status=Status.DISABLED))
    pages = []
    for name in ("first", "alice", "dora", "nobody"):
        idp.person("somebody", email=f"{name}@acme.example")
        page = words(wizard.test(draft, idp)).replace(name, "")
        pages.append(re.sub(PASSING, "", page))
    assert "Which accounts this leads to is shown to the people who review your set-up." in pages[0]
    assert "A login would" not in pages[0]
    assert len(set(pages[1:])) == 1, "the first has no earlier test beside it"


def test_its_trace_counts_no_accounts(wizard: Wizard, idp: FakeProvider, draft: str) -> None:
    wizard.world.account(wizard.tenant, "alice", email="alice@acme.example")
    idp.person("somebody", email="alice@acme.example")
    wizard.test(draft, idp)
    with wizard.world.bridge.database.read() as work:
        (trace,) = work.traces.recent(wizard.tenant.id, most=5)
    assert not {"candidates", "own_account"} & trace.details.keys()


def test_somebody_signed_in_to_another_account_sees_the_test_and_no_proof_of_that_account(
    wizard: Wizard, idp: FakeProvider, draft: str
) -> None:
    world = wizard.world
    world.account(wizard.tenant, "alice", email="alice@acme.example", password=PASSWORD)
    assert password_login(wizard.browser, "alice", PASSWORD).status_code == 303
    idp.person("somebody", email="alice@acme.example")
    page = words(wizard.test(draft, idp))
    assert "The connection works" in page
    assert "OAuth Login works" not in page
    assert "A login would" not in page


def test_an_agent_who_only_has_the_cookie_of_a_result_sees_no_test(
    wizard: Wizard, idp: FakeProvider, draft: str
) -> None:
    """The link was revoked meanwhile."""
    world = wizard.world
    world.account(wizard.tenant, "alice", email="alice@acme.example", password=PASSWORD, roles=[Role.AGENT])
    assert password_login(wizard.browser, "alice", PASSWORD).status_code == 303
    idp.person("somebody", email="alice@acme.example")
    wizard.test(draft, idp)
    wizard.browser.delete_cookie("sso_setup")
    assert wizard.browser.get("/account/check").status_code == 404


def test_after_a_failed_test_it_can_be_made_again(wizard: Wizard, idp: FakeProvider, draft: str) -> None:
    idp.person("somebody", email="alice@acme.example")
    idp.on.id_token(changed(aud="somebody else"))
    out = wizard.post(f"{draft}/test")
    back = idp.authorize(out.headers["Location"]).callback_url
    answer = wizard.browser.get(str(back).removeprefix(BASE_URL), follow_redirects=True)
    assert "Test again" in words(answer, status=502)
    html = answer.get_data(as_text=True)
    assert f'action="/setup/sso{draft}/test"' in html
    again = wizard.browser.post(f"/setup/sso{draft}/test", data=hidden_fields(answer))
    assert again.headers["Location"].startswith(idp.issuer)
