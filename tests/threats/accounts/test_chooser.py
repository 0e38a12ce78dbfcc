"""The choice between accounts: for this browser, once, soon, and only of what was offered (docs/rules.md, rule 3)."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account
from app.domain.connections.connection import MatchBy
from app.domain.login.login_attempt import CHOICE_S
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status
from app.services.login.attempts import ATTEMPT
from app.services.passwords.pending_mfa import PENDING_MFA
from tests.builders import choose, hidden_fields, offered_accounts
from tests.encodings import reads
from tests.threats.acme import ALICE, Acme, session_cookie


@pytest.fixture
def lead(acme: Acme) -> Account:
    """A second account of alice's."""
    return acme.world.account(acme.tenant, "alice-lead", email=ALICE)


def begun(acme: Acme, browser: FlaskClient | None = None) -> TestResponse:
    page = acme.sign_in(browser)
    assert page.status_code == 200
    assert session_cookie(page) is None
    return page


def post(browser: FlaskClient, page: TestResponse, **changes: str) -> TestResponse:
    return browser.post("/accounts/choose", data={**hidden_fields(page), **changes})


def test_with_two_accounts_nobody_is_signed_in_before_the_choice(acme: Acme, lead: Account) -> None:
    page = begun(acme)
    assert set(offered_accounts(page)) == {acme.alice.id, lead.id}
    assert acme.opened() is None
    assert choose(acme.browser, page, lead.id).status_code == 303
    assert acme.opened() == "alice-lead"


def test_the_last_choice_stands_first_and_is_never_taken(acme: Acme, lead: Account) -> None:
    choose(acme.browser, begun(acme), lead.id)
    again = begun(acme, acme.world.client())
    assert offered_accounts(again)[0] == lead.id


def test_a_choice_is_good_once(acme: Acme, lead: Account) -> None:
    page = begun(acme)
    choose(acme.browser, page, lead.id)
    acme.refused(choose(acme.browser, page, acme.alice.id), ReasonCode.ATTEMPT_USED)
    assert acme.opened() == "alice-lead"


def test_a_choice_leaves_the_callback_used(acme: Acme, lead: Account) -> None:
    there = acme.callback()
    page = acme.browser.get(there)
    choose(acme.browser, page, lead.id)
    acme.refused(acme.browser.get(there), ReasonCode.ATTEMPT_USED)


def test_a_choice_made_in_another_browser_is_refused(acme: Acme, lead: Account) -> None:
    page = begun(acme)
    thief = acme.world.client()
    own = begun(acme, thief)
    stolen = {**hidden_fields(own), "ticket": hidden_fields(page)["ticket"], "account": lead.id}
    acme.refused(thief.post("/accounts/choose", data=stolen), ReasonCode.CHOICE_REFUSED)
    assert acme.opened(thief) is None


def test_an_attackers_choice_cannot_be_made_in_the_victims_browser(acme: Acme, lead: Account) -> None:
    attackers = begun(acme, acme.world.client())
    answer = acme.browser.post("/accounts/choose", data={**hidden_fields(attackers), "account": lead.id})
    assert answer.status_code == 400
    assert acme.opened() is None


def test_a_choice_lasts_five_minutes(acme: Acme, lead: Account) -> None:
    acme.world.clock.stand()
    page = begun(acme)
    acme.world.clock.forward(CHOICE_S - 1)
    early = begun(acme, acme.world.client())
    assert early.status_code == 200
    acme.world.clock.forward(1)
    trace = acme.refused(choose(acme.browser, page, lead.id), ReasonCode.ATTEMPT_EXPIRED)
    assert (trace["tenant"], trace["connection"]) == ("acme", "main")
    assert [step["step"] for step in trace["steps"]][-1] == "choice"


@pytest.mark.parametrize("account", ["", "nobody", "' OR 1=1", "x" * 5000])
def test_what_was_not_offered_cannot_be_chosen(acme: Acme, lead: Account, account: str) -> None:
    acme.refused(post(acme.browser, begun(acme), account=account), ReasonCode.CHOICE_REFUSED)
    assert acme.opened() is None


def test_a_colleagues_account_cannot_be_chosen(acme: Acme, lead: Account) -> None:
    boss = acme.world.account(acme.tenant, "boss", email="boss@acme.example")
    acme.refused(post(acme.browser, begun(acme), account=boss.id), ReasonCode.CHOICE_REFUSED)


def test_an_account_that_came_after_the_page_cannot_be_chosen_from_it(acme: Acme, lead: Account) -> None:
    page = begun(acme)
    later = acme.world.account(acme.tenant, "alice-night", email=ALICE)
    acme.refused(post(acme.browser, page, account=later.id), ReasonCode.CHOICE_REFUSED)


def test_an_account_that_got_another_address_meanwhile_cannot_be_chosen(acme: Acme, lead: Account) -> None:
    page = begun(acme)
    acme.world.save(replace(lead, email="someone-else@acme.example"))
    acme.refused(choose(acme.browser, page, lead.id), ReasonCode.CHOICE_REFUSED)


def test_an_account_switched_off_meanwhile_cannot_be_chosen(acme: Acme, lead: Account) -> None:
    page = begun(acme)
    acme.world.save(replace(lead, status=Status.DISABLED))
    acme.refused(choose(acme.browser, page, lead.id), ReasonCode.CHOICE_REFUSED)


def test_after_a_refused_choice_another_may_be_made(acme: Acme, lead: Account) -> None:
    page = begun(acme)
    acme.refused(post(acme.browser, page, account="nobody"), ReasonCode.CHOICE_REFUSED)
    assert choose(acme.browser, page, lead.id).status_code == 303


@pytest.mark.parametrize("what", ["connection", "tenant"])
def test_what_was_switched_off_before_the_choice_lets_nobody_in(acme: Acme, lead: Account, what: str) -> None:
    page = begun(acme)
    acme.switch_off(what)
    acme.refused(choose(acme.browser, page, lead.id), ReasonCode[f"{what.upper()}_DISABLED"])


def test_a_policy_changed_before_the_choice_counts(acme: Acme, lead: Account) -> None:
    page = begun(acme)
    acme.world.save(replace(acme.tenant, policy=LoginPolicy.PASSWORD))
    acme.refused(choose(acme.browser, page, lead.id), ReasonCode.SSO_NOT_ALLOWED)


@pytest.mark.parametrize("ticket", ["x", "A" * 200, "..", "\x00", "é" * 50, "A" * 60_000])
def test_a_forged_ticket_is_refused(acme: Acme, lead: Account, ticket: str) -> None:
    acme.refused(post(acme.browser, begun(acme), account=lead.id, ticket=ticket), ReasonCode.CHOICE_REFUSED)


def test_an_altered_ticket_is_refused(acme: Acme, lead: Account) -> None:
    page = begun(acme)
    ticket = hidden_fields(page)["ticket"]
    other = "A" if ticket[100] != "A" else "B"
    altered = ticket[:100] + other + ticket[101:]
    acme.refused(post(acme.browser, page, account=lead.id, ticket=altered), ReasonCode.CHOICE_REFUSED)


def test_what_we_sealed_for_something_else_is_no_ticket(acme: Acme, lead: Account) -> None:
    page = begun(acme)
    for purpose in (ATTEMPT.purpose, PENDING_MFA.purpose, "session-id-token", "connection-secret", "logout-state"):
        sealed = acme.world.bridge.sealer.seal(b"{}", purpose=purpose)
        acme.refused(post(acme.browser, page, account=lead.id, ticket=sealed), ReasonCode.CHOICE_REFUSED)


def test_a_ticket_does_not_show_what_is_in_it(acme: Acme, lead: Account) -> None:
    ticket = hidden_fields(begun(acme))["ticket"]
    for told in (acme.alice.id, lead.id, ALICE, "verifier", "subject"):
        assert not reads(ticket, told)


def test_a_ticket_around_a_large_id_token_still_fits_its_form(acme: Acme, lead: Account) -> None:
    acme.idp.on.id_token(lambda claims: {**claims, "groups": ["g" * 36] * 1100})
    assert choose(acme.browser, begun(acme), lead.id).status_code == 303


def test_choosers_in_two_tabs_both_work(acme: Acme, lead: Account) -> None:
    first, second = begun(acme), begun(acme)
    assert choose(acme.browser, second, lead.id).status_code == 303
    assert choose(acme.browser, first, acme.alice.id).status_code == 303
    assert acme.opened() == "alice"


def test_names_on_a_chooser_are_text(acme: Acme, lead: Account) -> None:
    acme.world.save(replace(lead, name='<script>alert(1)</script>"onmouseover="x'))
    page = begun(acme).get_data(as_text=True)
    assert "<script>alert" not in page
    assert '"onmouseover="' not in page


def test_a_username_that_looks_like_an_address_is_nobodys_other_account(acme: Acme) -> None:
    acme.sign_in()
    client_prefix = acme.world.account(acme.tenant, ALICE, email="stranger@acme.example")
    settings = replace(acme.main.provider, match_by=MatchBy.USERNAME)
    acme.world.save(replace(acme.main, provider=settings))
    assert acme.browser.get("/accounts/choose").headers["Location"] == "/account"
    page = acme.browser.get("/account")
    refused = acme.browser.post("/accounts/choose", data={**hidden_fields(page), "account": client_prefix.id})
    assert refused.status_code == 403
    assert acme.opened() == "alice"
