"""The person on the telephone: found, looked at, and helped."""

import re

import pytest

from app.domain.accounts.account import Account, Role
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status, Tenant
from tests.builders import password_login
from tests.integration.support.counter import Counter

HERE = "/support/tenants/acme/people"
REASON = {"reason": "she called"}


@pytest.fixture
def acme(counter: Counter) -> Tenant:
    return counter.world.tenant("acme", name="Acme Support")


@pytest.fixture
def alice(counter: Counter, acme: Tenant) -> Account:
    return counter.world.account(acme, "alice", email="alice@acme.example", password="hers", external_id="E-1")


def url(account: Account, *act: str) -> str:
    return "/".join([HERE, account.id, *act])


def now(counter: Counter, account: Account) -> Account:
    with counter.world.bridge.database.read() as work:
        found = work.accounts.get(account.tenant_id, account.id)
    assert found
    return found


@pytest.mark.usefixtures("acme")
def test_a_tenant_without_accounts_says_so(counter: Counter) -> None:
    assert "There are no accounts yet." in counter.browser().read(HERE)


@pytest.mark.parametrize("query", ["ali", "ALICE", "lice", "alice@ACME.example", "@acme", "E-1", " alice ", ""])
@pytest.mark.usefixtures("alice")
def test_somebody_is_found_by_what_they_say(counter: Counter, query: str) -> None:
    assert "alice@acme.example" in counter.browser().read(f"{HERE}?q={query}")


@pytest.mark.usefixtures("alice")
def test_who_is_not_there_is_said_to_be_not_there(counter: Counter) -> None:
    page = counter.browser().read(f"{HERE}?q=bob")
    assert "No one matches “bob”" in page


def test_many_accounts_come_a_page_at_a_time(counter: Counter, acme: Tenant) -> None:
    for number in range(51):
        counter.world.account(acme, f"agent-{number:02}")
    browser = counter.browser()
    first = browser.get(f"{HERE}?q=agent").get_data(as_text=True)
    assert "agent-49" in first
    assert "agent-50" not in first
    onward = re.search(r'href="([^"]+)"[^>]*>Next page', first)
    assert onward
    assert "agent-50" in browser.read(onward[1].replace("&amp;", "&"))


def test_the_person_is_told_at_a_glance(counter: Counter, alice: Account) -> None:
    password_login(counter.world.client(), "alice", "hers")
    page = counter.browser().read(url(alice))
    for words in (
        "Email alice@acme.example",
        "External ID E-1",
        "Last SSO login Never",
        "Password Set",
        "Second factor None",
    ):
        assert words in page
    assert re.search(r"Last password login \d+ \w+ \d+, \d\d:\d\d UTC", page)
    assert re.search(r"Live sessions .* Password", page)


def test_a_password_that_is_kept_but_not_consulted_is_called_that(counter: Counter, alice: Account) -> None:
    counter.world.tenant("acme", id=alice.tenant_id, policy=LoginPolicy.SSO_ONLY)
    page = counter.browser().read(url(alice))
    assert "Set, but not used" in page
    assert "Send a password reset" not in page
    assert "Send an invitation" in page


def test_who_is_disabled_is_signed_out_and_stays_so_when_enabled(counter: Counter, alice: Account) -> None:
    client = counter.world.client()
    password_login(client, "alice", "hers")
    browser = counter.browser()
    answer = browser.fill(url(alice, "disable"), REASON)
    assert answer.headers["Location"] == f"{url(alice)}?done=disable"
    assert "Account disabled" in browser.read(answer.headers["Location"])
    assert counter.world.session(client) is None
    assert password_login(counter.world.client(), "alice", "hers").status_code != 303
    browser.fill(url(alice, "enable"), REASON)
    assert counter.world.session(client) is None
    assert password_login(counter.world.client(), "alice", "hers").status_code == 303
    off, on = counter.audit()
    assert (off.action, off.actor, off.subject, off.reason) == (
        "account.changed",
        "staff/sam",
        "acme/alice",
        "she called",
    )
    assert (off.before, off.after) == ({"status": "active"}, {"status": "disabled", "sessions_ended": 1})
    assert (on.before, on.after) == ({"status": "disabled"}, {"status": "active"})


def test_what_is_so_already_is_not_recorded_again(counter: Counter, alice: Account) -> None:
    browser = counter.browser()
    for _ in range(2):
        browser.fill(url(alice, "disable"), REASON)
        browser.fill(url(alice, "sessions"), REASON)
    assert len(counter.audit()) == 1
    assert now(counter, alice).status is Status.DISABLED


def test_all_sessions_of_somebody_end(counter: Counter, alice: Account) -> None:
    clients = [counter.world.client() for _ in range(2)]
    for client in clients:
        password_login(client, "alice", "hers")
    counter.browser().fill(url(alice, "sessions"), REASON)
    assert [counter.world.session(client) for client in clients] == [None, None]
    (entry,) = counter.audit()
    assert (entry.action, entry.subject, entry.after) == ("sessions.ended", "acme/alice", {"ended": 2})


def test_a_reset_goes_out_by_mail(counter: Counter, alice: Account) -> None:
    answer = counter.browser().fill(url(alice, "reset"), REASON)
    assert answer.headers["Location"] == f"{url(alice)}?done=reset"
    (entry,) = counter.audit()
    assert (entry.action, entry.reason, entry.address) == ("account.link_sent", "she called", "127.0.0.1")
    with counter.world.bridge.database.read() as work:
        assert [message.to for message in work.outbox.newest(most=5)] == ["alice@acme.example"]


def test_an_invitation_that_makes_no_sense_is_refused_with_the_reason(counter: Counter, alice: Account) -> None:
    answer = counter.browser().fill(url(alice, "invite"), REASON)
    assert answer.status_code == 409
    assert "alice already has a password" in answer.get_data(as_text=True)
    assert "she called" in answer.get_data(as_text=True)
    assert counter.audit() == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_nothing_is_done_without_a_reason(counter: Counter, alice: Account, reason: str) -> None:
    answer = counter.browser().fill(url(alice, "disable"), {"reason": reason})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)
    assert now(counter, alice).status is Status.ACTIVE


def test_a_second_factor_that_is_not_there_cannot_be_removed(counter: Counter, alice: Account) -> None:
    assert counter.browser().fill(url(alice, "second-factor"), REASON).status_code == 404
    assert counter.audit() == []


@pytest.mark.parametrize("path", ["nobody", "%00", "nobody/disable", "../../globex", "nobody/sessions"])
@pytest.mark.usefixtures("acme")
def test_somebody_who_is_not_there_is_not_found(counter: Counter, path: str) -> None:
    assert counter.browser().get(f"{HERE}/{path}").status_code == 404


def test_what_support_cannot_do_has_no_page(counter: Counter, alice: Account) -> None:
    assert counter.browser().get(url(alice, "delete")).status_code == 404


def test_staff_are_disabled_on_their_own_page_only(counter: Counter) -> None:
    with counter.world.bridge.database.read() as work:
        sam = work.accounts.by_username(counter.staff.id, "sam")
    assert sam
    here = f"/support/tenants/staff/people/{sam.id}"
    assert counter.browser("olga").get(f"{here}/disable").status_code == 404
    assert counter.browser("olga").get(f"{here}/sessions").status_code == 200
    assert counter.browser("sam").get(f"{here}/sessions").status_code == 404
    assert Role.SUPPORT in sam.roles
