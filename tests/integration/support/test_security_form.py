"""`/support/tenants/<slug>/security`: what a tenant demands of logins, read by all staff, changed by operators."""

from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from app.domain.tenants.security_policy import SecurityPolicy, TotpRule
from app.domain.tenants.security_settings import TenantSecuritySettings
from app.domain.tenants.tenant import SessionLimits
from app.services.tenants.security_settings import SecuritySettingsRefused
from tests.builders import password_login
from tests.integration.support.counter import CHANGED_MEANWHILE, PASSWORD, Browser, Counter, words

PAGE = "/support/tenants/acme/security"
FORM = f"{PAGE}/edit"
ENTERED = {
    "allowed_networks": "203.0.113.0/24\r\n\r\n 2001:DB8::1 , 203.0.113.0/24",
    "session_idle_minutes": "15",
    "session_absolute_minutes": " 480 ",
    "totp": "required",
    "throttle_failures": "5",
    "throttle_minutes": "30",
    "shared_desk": "yes",
    "reason": "a new office",
}


@pytest.fixture
def olga(counter: Counter) -> Browser:
    counter.world.tenant("acme", name="Acme")
    return counter.browser("olga")


def save(browser: Browser, **changes: str) -> TestResponse:
    return browser.fill(FORM, {**ENTERED, **changes})


def test_an_operator_sets_all_of_it_and_the_audit_has_both_sides(counter: Counter, olga: Browser) -> None:
    assert save(olga).headers["Location"] == f"{PAGE}?saved"
    tenant = counter.tenant()
    assert tenant.security == SecurityPolicy(
        networks=("203.0.113.0/24", "2001:db8::1/128"),
        totp=TotpRule.REQUIRED,
        throttling=replace(tenant.security.throttling, failures=5, window_s=1800),
        shared_desk=True,
    )
    assert tenant.limits == SessionLimits(idle_s=900, absolute_s=28_800)
    (entry,) = counter.audit()
    assert (entry.actor, entry.action, entry.address) == ("staff/olga", "tenant.changed", "127.0.0.1")
    assert entry.reason == "a new office"
    assert entry.before["allowed_networks"] == []
    assert entry.after["allowed_networks"] == ["203.0.113.0/24", "2001:db8::1/128"]
    assert (entry.before["session_idle_minutes"], entry.after["session_idle_minutes"]) == (480, 15)


def test_the_page_shows_what_holds(olga: Browser) -> None:
    assert "from anywhere" in olga.read(PAGE)
    save(olga)
    page = olga.read(PAGE)
    for said in ("203.0.113.0/24", "15 minutes", "8 hours", "Required for everyone", "5 per username", "30 minutes"):
        assert said in page


def test_the_form_begins_with_what_is_there(olga: Browser) -> None:
    save(olga)
    html = olga.get(FORM).get_data(as_text=True)
    assert "203.0.113.0/24\n2001:db8::1/128</textarea>" in html
    assert 'value="15"' in html
    assert 'name="totp" value="required" checked' in html
    assert html.count(" checked") == 2


def test_what_is_so_already_is_not_written_again(counter: Counter, olga: Browser) -> None:
    save(olga)
    assert save(olga).headers["Location"] == f"{PAGE}?unchanged"
    assert len(counter.audit()) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"allowed_networks": "203.0.113.7/24"}, "“203.0.113.7/24” is an address with a network prefix"),
        ({"allowed_networks": "the office"}, "“the office” is not a network"),
        ({"allowed_networks": "203.0.113.0/24\n::ffff:203.0.113.0/120"}, "“::ffff:203.0.113.0/120” is an IPv4 network"),
        ({"allowed_networks": "<b>x</b>"}, "“<b>x</b>” is not a network"),
        ({"allowed_networks": "10.0.0.0/8\n" * 5000}, "Must not have more than 100 entries."),
        ({"session_idle_minutes": "soon"}, "Enter a whole number."),
        ({"session_idle_minutes": "٣"}, "Enter a whole number."),
        ({"session_idle_minutes": "0"}, "Must be between 1 and 10080."),
        ({"session_idle_minutes": "600"}, "Must not be longer than the total limit"),
        ({"session_absolute_minutes": "9" * 400}, "Enter a whole number."),
        ({"throttle_failures": "1000"}, "Must be between 1 and 100."),
        ({"totp": "never"}, "Choose one of the options."),
        ({"reason": "  "}, "Give a reason"),
        ({"reason": "x" * 501}, "Use at most"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(
    counter: Counter, olga: Browser, changes: dict[str, str], said: str
) -> None:
    answer = save(olga, **changes)
    page = words(answer, status=400)
    assert said in page
    assert "Nothing was saved." in page
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)
    assert counter.audit() == []


def test_what_was_typed_stays_in_the_form(olga: Browser) -> None:
    html = save(olga, throttle_failures="1000").get_data(as_text=True)
    assert 'value="1000"' in html
    assert 'value="a new office"' in html
    assert "2001:DB8::1" in html


def test_a_form_that_is_filled_in_over_old_values_undoes_nothing(counter: Counter, olga: Browser) -> None:
    other = counter.browser("olga")
    page = olga.get(FORM).get_data(as_text=True)
    assert save(other).status_code == 303
    version = page.partition('name="version" value="')[2].partition('"')[0]
    answer = olga.fill(FORM, {**ENTERED, "shared_desk": "", "version": version})
    assert CHANGED_MEANWHILE in words(answer, status=409)
    assert counter.tenant().security.shared_desk
    assert len(counter.audit()) == 1


def test_shorter_limits_end_sessions_that_are_open_and_longer_ones_bring_none_back(
    counter: Counter, olga: Browser
) -> None:
    counter.world.account(counter.tenant(), "alice", password=PASSWORD)
    alice = counter.browser("alice", tenant="acme").client
    other = {"allowed_networks": "", "totp": "optional", "session_absolute_minutes": "480"}
    save(olga, **other, session_idle_minutes="5")
    assert counter.world.session(alice) is not None
    counter.world.clock.forward(301)
    assert counter.world.session(alice) is None
    save(olga, **other, session_idle_minutes="60")
    assert counter.world.session(alice) is None


def test_support_reads_and_does_not_change(counter: Counter, olga: Browser) -> None:
    sam = counter.browser("sam")
    page = sam.read(PAGE)
    assert "An operator can change them." in page
    assert sam.get(FORM).status_code == 403
    assert sam.client.post(FORM, data=ENTERED).status_code == 403
    assert olga.get(PAGE).get_data(as_text=True).count(f'href="{FORM}"') == 1
    assert counter.audit() == []


def test_an_operator_who_signed_in_long_ago_confirms_first(counter: Counter, olga: Browser) -> None:
    fields = {**ENTERED}
    counter.world.clock.forward(601)
    assert olga.get(FORM).headers["Location"].startswith("/account/confirm?next=")
    html = olga.get("/account").get_data(as_text=True)
    token = html.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = olga.client.post(FORM, data={**fields, "csrf_token": token})
    assert answer.headers["Location"].startswith("/account/confirm?next=")
    assert counter.audit() == []


def test_a_tenant_that_does_not_exist_is_not_found(olga: Browser) -> None:
    assert olga.get("/support/tenants/nobody/security").status_code == 404
    assert olga.get("/support/tenants/nobody/security/edit").status_code == 404


def test_staff_do_not_shut_themselves_out(counter: Counter, olga: Browser) -> None:
    form = "/support/tenants/staff/security/edit"
    answer = olga.fill(form, {**ENTERED, "totp": "optional"})
    assert "127.0.0.1, is not in any of these networks" in words(answer, status=400)
    assert counter.tenant("staff").security.networks == ()
    inside = {**ENTERED, "allowed_networks": "127.0.0.0/8", "totp": "optional"}
    assert olga.fill(form, inside).status_code == 303
    assert password_login(counter.world.client(), "sam", PASSWORD, tenant="staff").status_code == 303


@pytest.mark.usefixtures("olga")
def test_the_service_holds_the_same_rules_as_a_file(counter: Counter) -> None:
    present = TenantSecuritySettings.of_tenant(counter.tenant())
    wanted = replace(present, allowed_networks=("10.0.0.1/8",), throttle_minutes=0)
    with pytest.raises(SecuritySettingsRefused) as refused:
        counter.world.bridge.tenant_security.change(
            "acme", wanted, version=present.version, actor="staff/olga", client_ip="127.0.0.1", reason="a test"
        )
    assert [key for key, _ in refused.value.problems] == ["allowed_networks[0]", "throttle_minutes"]
    assert counter.audit() == []
