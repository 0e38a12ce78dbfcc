import re
from dataclasses import replace
from datetime import UTC

import pytest
from werkzeug.test import TestResponse

from app.domain.sso_only.readiness import PROVEN_S
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import SwitchRequest
from app.domain.tenants.tenant import Tenant
from app.services.sso_only.switch_command import version
from app.web.sso_only.switch_form import local_time
from tests.builders import hidden_fields
from tests.integration.support.counter import CHANGED_MEANWHILE, Browser, Counter, words

HERE = "/support/tenants/acme/switch"
READINESS = "/support/tenants/acme/readiness"
TRIAL = "/support/tenants/acme/trial"
BLOCKED = ["not_tested", "no_admin_proven"]


def check(browser: Browser, policy: LoginPolicy = LoginPolicy.SSO_ONLY, /, **fields: object) -> TestResponse:
    """The first step."""
    wanted = {"policy": policy.value, "when": "now", "reason": "ticket 4711", **fields}
    return browser.fill(f"{HERE}/check", wanted, page=HERE)


def go_on(browser: Browser, page: TestResponse) -> TestResponse:
    """Press the button of the second step."""
    return browser.client.post(HERE, data=form_of(page))


def form_of(page: TestResponse) -> dict[str, object]:
    assert page.status_code == 200, words(page, status=page.status_code)
    accepted = re.findall(r'name="accepted" value="(\w+)"', page.get_data(as_text=True))
    return {**hidden_fields(page), "accepted": accepted}


def change_settings(counter: Counter, tenant: Tenant) -> None:
    with counter.world.bridge.database.read() as work:
        (main,) = work.connections.of_tenant(tenant.id)
    counter.world.save(replace(main, provider=replace(main.provider, client_id="another")))


# Readiness


def test_readiness_is_shown_in_full(counter: Counter, acme: Tenant) -> None:
    counter.world.account(acme, "bob")
    page = counter.browser().read(READINESS)
    for said in (
        "Not yet",
        "0% proven: 0 of 2 people",
        "No one has signed in with the current settings of main.",
        "No admin of acme has signed in with OAuth Login in the last 30 days.",
        "1 No email Cannot be matched: it has no email. Enter the person's email.",
        "ada Not proven",
    ):
        assert said in page


def test_the_people_of_a_group_are_named_fifty_of_them(counter: Counter, acme: Tenant) -> None:
    for number in range(52):
        counter.world.account(acme, f"agent-{number:02}")
    browser = counter.browser()
    assert "agent-00" not in browser.read(READINESS)
    page = browser.read(f"{READINESS}?group=no_email")
    assert "agent-49" in page
    assert "agent-50" not in page
    assert "And 2 more" in page


@pytest.mark.parametrize("group", ["", "nonsense", "%00", "proven"])
def test_an_unknown_or_empty_group_names_nobody(counter: Counter, acme: Tenant, group: str) -> None:
    assert "Username" not in counter.browser().read(f"{READINESS}?group={group}")


def test_a_ready_tenant_needs_no_override(counter: Counter, ready: Tenant) -> None:
    page = counter.browser().read(HERE)
    assert "No blockers" in page
    assert "Override these blockers" not in page


# The switch


def test_support_switches_in_two_steps_and_sees_what_it_did(counter: Counter, ready: Tenant) -> None:
    ada = counter.browser("ada", tenant="acme")
    browser = counter.browser("sam")
    page = check(browser)
    assert "1 session opened with a password ends" in words(page)
    assert counter.tenant().policy is LoginPolicy.SSO_OPTIONAL
    done = go_on(browser, page)
    assert done.headers["Location"] == f"{HERE}?done=switched"
    assert "Sign-in policy switched to “SSO only”. 1 session ended." in browser.read(done.headers["Location"])
    assert counter.world.session(ada.client) is None
    (entry,) = counter.audit()
    recorded = (entry.action, entry.actor, entry.address, entry.reason)
    assert recorded == ("tenant.policy", "staff/sam", "127.0.0.1", "ticket 4711")


def test_back_again_by_the_same_form(counter: Counter, ready: Tenant) -> None:
    browser = counter.browser("sam")
    go_on(browser, check(browser))
    page = check(browser, LoginPolicy.SSO_OPTIONAL, reason="their provider is away")
    assert "no one is signed out" in words(page)
    go_on(browser, page)
    assert counter.tenant().policy is LoginPolicy.SSO_OPTIONAL
    assert "by staff/sam: their provider is away" in browser.read(HERE)


def test_the_preview_of_passwords_says_whom_it_signs_out(counter: Counter, ready: Tenant) -> None:
    browser = counter.browser("sam")
    page = check(browser, LoginPolicy.PASSWORD, reason="they leave their provider")
    assert "1 session opened with OAuth Login ends immediately" in words(page)
    assert "switch to “SSO or password” instead" in words(page)
    done = go_on(browser, page)
    assert "Sign-in policy switched to “Password”. 1 session ended." in browser.read(done.headers["Location"])


def test_what_stands_in_the_way_stops_the_first_step(counter: Counter, acme: Tenant) -> None:
    page = check(counter.browser())
    assert "There are blockers: see below." in words(page, status=409)
    assert "People may be locked out" in words(page, status=409)
    assert "ticket 4711" in page.get_data(as_text=True)
    assert counter.audit() == []


def test_each_thing_in_the_way_is_gone_over_by_name(counter: Counter, acme: Tenant) -> None:
    browser = counter.browser()
    assert check(browser, accepted=BLOCKED[:1]).status_code == 409
    page = check(browser, accepted=BLOCKED)
    assert "Blockers you override" in words(page)
    assert go_on(browser, page).status_code == 303
    assert counter.tenant().policy is LoginPolicy.SSO_ONLY
    assert len(counter.audit()[0].after["overridden"]) == 2  # type: ignore[arg-type]  # a list, as the test above says


def test_what_comes_up_between_the_two_steps_stops_the_second(counter: Counter, ready: Tenant) -> None:
    browser = counter.browser()
    page = check(browser)
    change_settings(counter, ready)
    answer = go_on(browser, page)
    assert "No one has signed in with the current settings of main." in words(answer, status=409)
    assert counter.tenant().policy is LoginPolicy.SSO_OPTIONAL


@pytest.mark.parametrize("planned", [False, True])
def test_whoever_goes_over_one_blocker_goes_over_no_other(counter: Counter, ready: Tenant, *, planned: bool) -> None:
    counter.world.clock.forward(PROVEN_S + 60)
    browser = counter.browser()
    later = {"when": "later", "at": day(counter, 3)} if planned else {}
    page = check(browser, accepted=["no_admin_proven"], **later)
    change_settings(counter, ready)
    answer = go_on(browser, page)
    assert "No one has signed in with the current settings of main." in words(answer, status=409)
    assert (counter.tenant().policy, counter.audit()) == (LoginPolicy.SSO_OPTIONAL, [])


def test_a_second_click_switches_nothing_again_and_shows_the_same(counter: Counter, ready: Tenant) -> None:
    browser = counter.browser()
    page = check(browser)
    first, second = go_on(browser, page), go_on(browser, page)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(counter.audit()) == 1


def test_two_people_at_once_switch_once(counter: Counter, ready: Tenant) -> None:
    sam, olga = counter.browser("sam"), counter.browser("olga")
    of_sam, of_olga = check(sam), check(olga)
    assert go_on(sam, of_sam).status_code == 303
    assert go_on(olga, of_olga).status_code == 303
    assert [entry.actor for entry in counter.audit()] == ["staff/sam"]


def test_a_form_from_before_a_switch_of_somebody_else_changes_nothing(counter: Counter, ready: Tenant) -> None:
    sam, olga = counter.browser("sam"), counter.browser("olga")
    stale = check(olga, LoginPolicy.PASSWORD)
    go_on(sam, check(sam))
    answer = go_on(olga, stale)
    assert CHANGED_MEANWHILE in words(answer, status=409)
    assert counter.tenant().policy is LoginPolicy.SSO_ONLY
    assert len(counter.audit()) == 1


def test_there_and_back_by_somebody_else_is_a_change_too(counter: Counter, ready: Tenant) -> None:
    sam, olga = counter.browser("sam"), counter.browser("olga")
    stale = check(olga)
    go_on(sam, check(sam))
    go_on(sam, check(sam, LoginPolicy.SSO_OPTIONAL))
    assert go_on(olga, stale).status_code == 409
    assert counter.tenant().policy is LoginPolicy.SSO_OPTIONAL


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": ""}, "Give a reason"),
        ({"reason": "  "}, "Give a reason"),
        ({"reason": "x" * 501}, "is longer than 500 characters"),
        ({"reason": "a\x00b"}, "must be one line"),
        ({"when": "later", "at": ""}, "Enter a date and time"),
        ({"when": "later", "at": "tomorrow"}, "Enter a date and time"),
        ({"when": "later", "at": "2020-01-01T10:00"}, "is in the past"),
        ({"when": "later", "at": "9999-12-31T23:59"}, "more than 90 days ahead"),
    ],
)
def test_what_is_wrong_in_the_form_is_said_beside_it(
    counter: Counter, ready: Tenant, fields: dict[str, object], said: str
) -> None:
    assert said in words(check(counter.browser(), **fields), status=400)


# At a set time


def test_a_switch_is_planned_and_can_be_cancelled(counter: Counter, ready: Tenant) -> None:
    browser = counter.browser()
    counter.world.clock.ahead_s = 1_795_000_000.0 - counter.world.clock.now()
    browser = counter.browser()
    page = check(browser, when="later", at="2026-11-20T18:00")
    assert "20 Nov 2026" in words(page)
    go_on(browser, page)
    assert go_on(browser, page).status_code == 303
    plan = counter.tenant().planned
    assert plan is not None
    assert plan.at == 1_795_197_600.0
    assert "Planned: “SSO only” on 20 Nov 2026" in browser.read(f"{HERE}?done=planned")
    assert counter.tenant().policy is LoginPolicy.SSO_OPTIONAL
    answer = browser.fill(f"{HERE}/cancel", {"reason": "they are on holiday"}, page=HERE)
    assert answer.headers["Location"] == f"{HERE}?done=cancelled"
    assert counter.tenant().planned is None
    assert [entry.action for entry in counter.audit()] == ["tenant.switch_planned", "tenant.switch_cancelled"]


def test_a_plan_made_meanwhile_is_not_overwritten_by_an_older_form(counter: Counter, ready: Tenant) -> None:
    sam, olga = counter.browser("sam"), counter.browser("olga")
    stale = check(olga, when="later", at=day(counter, 3))
    go_on(sam, check(sam, when="later", at=day(counter, 5)))
    assert go_on(olga, stale).status_code == 409
    assert len(counter.audit()) == 1


def test_an_older_page_does_not_cancel_a_plan_made_meanwhile(counter: Counter, ready: Tenant) -> None:
    sam, olga = counter.browser("sam"), counter.browser("olga")
    go_on(sam, check(sam, when="later", at=day(counter, 3)))
    seen = counter.tenant()
    go_on(sam, check(sam, when="later", at=day(counter, 5)))
    assert seen.planned is not None
    stale = {"reason": "not that soon", "version": version(seen)}
    assert olga.fill(f"{HERE}/cancel", stale, page=HERE).status_code == 409
    planned = counter.tenant().planned
    assert planned is not None
    assert planned.at > seen.planned.at


def day(counter: Counter, ahead: int) -> str:
    return local_time(counter.world.clock.now() + ahead * 86_400, UTC)


# What leads up to it


def observe(browser: Browser, on: str, reason: str) -> TestResponse:
    return browser.fill(f"{HERE}/observe", {"on": on, "reason": reason}, page=TRIAL)


def test_observing_is_switched_on_and_off_with_a_reason(counter: Counter, acme: Tenant) -> None:
    browser = counter.browser()
    assert "Give a reason" in words(observe(browser, "yes", ""), status=400)
    observe(browser, "yes", "first week")
    assert counter.tenant().observing_since is not None
    assert "Stop observing" in browser.read(f"{TRIAL}?done=observing")
    observe(browser, "no", "enough")
    assert counter.tenant().observing_since is None
    assert [entry.reason for entry in counter.audit()] == ["first week", "enough"]


def test_a_tenants_request_is_shown_and_can_be_declined(counter: Counter, acme: Tenant) -> None:
    wish = SwitchRequest(at=counter.world.clock.now(), actor="acme/ada", note="<b>Monday</b> please")
    counter.world.save(replace(acme, requested=wish))
    browser = counter.browser()
    assert "<b>Monday</b> please" in browser.read(HERE)
    browser.fill(f"{HERE}/decline", {"reason": "nobody has tested it"}, page=HERE)
    assert counter.tenant().requested is None
    assert "Request declined." in browser.read(f"{HERE}?done=declined")
    assert "requested SSO only" not in browser.read(HERE)


@pytest.mark.parametrize("done", ["", "nonsense", "<script>", "%00"])
def test_an_address_puts_no_words_of_its_own_on_the_page(counter: Counter, acme: Tenant, done: str) -> None:
    assert counter.browser().read(f"{HERE}?done={done}") == counter.browser().read(HERE)
