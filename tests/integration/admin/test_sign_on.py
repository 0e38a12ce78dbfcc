"""`/admin/`: how a tenant's people log in, whether its provider works, what is missing for SSO only."""

from dataclasses import replace

import pytest

from app.domain.audit.audit import Actor
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status
from app.services.sso_only.switch_command import SwitchCommand
from tests.builders import hidden_fields
from tests.fake_idp import changed
from tests.integration.admin.office import TEST, Office, form_action
from tests.integration.support.counter import CHANGED_MEANWHILE, words

ASK = "/admin/switch-request"
READINESS = "/admin/readiness"
SWITCH = "/admin/switch"


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (LoginPolicy.PASSWORD, "People sign in with a username and password."),
        (LoginPolicy.SSO_OPTIONAL, "with OAuth Login, through your provider, or with a username and password"),
    ],
)
def test_the_page_says_what_the_policy_means(office: Office, policy: LoginPolicy, said: str) -> None:
    office.world.save(replace(office.tenant, policy=policy))
    assert said in office.read()


def test_the_connection_shows_what_the_provider_must_know(office: Office) -> None:
    page = office.read(f"/admin/sso/{office.main.id}")
    assert f'href="/admin/sso/{office.main.id}"' in office.browser.get("/admin/").get_data(as_text=True)
    assert f"http://localhost:8000/callback/{office.main.id}" in page
    assert f"http://localhost:8000/backchannel-logout/{office.main.id}" in page
    assert f"http://localhost:8000/frontchannel-logout/{office.main.id}" in page
    assert "http://localhost:8000/t/acme/jwks/main" in page
    assert "Client ID bridge" in page
    assert "Never tested" in page


def test_a_provider_that_works_is_shown_so_and_nobody_is_signed_in_by_it(office: Office) -> None:
    before = office.world.session(office.browser)
    page = words(office.test_connection())
    assert "ada" in page
    assert "email" in page
    assert office.world.session(office.browser) == before
    assert office.now().policy is LoginPolicy.PASSWORD
    assert "Tested" in office.read()
    page = office.read(READINESS)
    assert "1 of 1 people have signed in with SSO" in page
    assert "No blockers" in page
    assert "No blockers found." in office.read(SWITCH)


def test_a_provider_that_does_not_work_explains_itself(office: Office) -> None:
    office.idp.on.id_token(changed(aud="somebody else"))
    page = words(office.test_connection(), status=502)
    assert "The test failed" in page
    assert "accepts “bridge”" in page
    assert office.world.session(office.browser) is not None
    assert "Never tested" in office.read()


def test_the_pages_form_may_lead_to_the_provider(office: Office) -> None:
    assert office.idp.issuer in form_action(office.browser.get("/admin/"))


def test_a_connection_that_is_switched_off_or_incomplete_has_no_button(office: Office) -> None:
    assert TEST in office.browser.get("/admin/").get_data(as_text=True)
    office.world.save(replace(office.main, status=Status.DISABLED))
    assert TEST not in office.browser.get("/admin/").get_data(as_text=True)
    assert "Enable it when people should sign in" in office.read()
    office.world.save(replace(office.main, provider=replace(office.main.provider, client_id="")))
    assert TEST not in office.browser.get("/admin/").get_data(as_text=True)
    assert "Set-up is not complete" in office.read()


def test_a_connection_may_be_called_anything(office: Office) -> None:
    office.world.connection(office.tenant, office.idp, name="a/b ?<i>%2e")
    html = office.browser.get("/admin/").get_data(as_text=True)
    assert "/admin/connections/a%2Fb%20%3F%3Ci%3E%252e/test" in html
    assert "<i>" not in html
    assert office.press("/admin/connections/a%2Fb%20%3F%3Ci%3E%252e/test").status_code == 303
    assert office.press("/admin/connections/unheard%20of/test").status_code == 404


def test_what_stands_in_the_way_is_told_as_something_that_an_admin_can_do(office: Office) -> None:
    office.person("alice")
    page = office.read(READINESS)
    assert "Click “Test connection” on the page “Single sign-on”" in page
    assert "0 of 2 people" in page
    assert "1 Never seen" in page
    assert "No email" not in page  # nobody is in that group
    assert "Ask support to offer OAuth Login alongside passwords" in page


def test_a_tenant_without_a_provider_is_told_where_to_connect_it(office: Office) -> None:
    office.world.save(replace(office.main, status=Status.DISABLED))
    assert "Connect your identity provider on the page “Connections”" in office.read(READINESS)


def test_observing_is_said(office: Office) -> None:
    switching = office.world.bridge.switching
    switching.observe("acme", on=True, by=Actor("staff/sam", "127.0.0.1", "a test"))
    assert "Support is observing" in office.read()
    assert "Observing since" in office.read("/admin/trial")


def test_a_planned_switch_is_announced_and_need_not_be_asked_for(office: Office) -> None:
    office.test_connection()
    office.world.bridge.switching.plan(
        SwitchCommand(
            "acme",
            LoginPolicy.SSO_ONLY,
            by=Actor("staff/sam", "127.0.0.1", "agreed"),
            at=office.world.clock.now() + 86_400,
        )
    )
    assert "support will switch this workspace to SSO only" in office.read()
    page = office.read(SWITCH)
    assert "support will switch this workspace to SSO only" in page
    assert "The switch is already planned" in page
    assert "already planned" in words(office.press(ASK, on=SWITCH, note="please"), status=409)


def test_an_admin_asks_and_support_knows(office: Office) -> None:
    answer = office.press(ASK, on=SWITCH, note="  on a Monday,\n call Ada ")
    assert answer.headers["Location"] == "/admin/switch?asked"
    assert "Your request has been sent to support." in office.read("/admin/switch?asked")
    tenant = office.now()
    assert tenant.requested is not None
    assert (tenant.requested.actor, tenant.requested.note) == ("acme/ada", "on a Monday, call Ada")
    assert tenant.policy is LoginPolicy.PASSWORD
    page = office.read(SWITCH)
    assert "acme/ada requested this on" in page
    assert "on a Monday, call Ada" in page
    assert "Request switch" not in page
    office.press(ASK, on=SWITCH, note="again")
    with office.world.bridge.database.read() as work:
        assert [entry.action for entry in work.audit.of_tenant(tenant.id)] == ["tenant.switch_requested"]


def test_a_request_from_a_page_before_a_plan_is_not_made(office: Office) -> None:
    """Support has planned the way back meanwhile: the admin sees that first."""
    page = hidden_fields(office.browser.get(SWITCH))
    by = Actor("staff/sam", "127.0.0.1", "a test")
    at = office.world.clock.now() + 3600
    office.world.save(replace(office.tenant, policy=LoginPolicy.SSO_OPTIONAL))
    office.world.bridge.switching.plan(SwitchCommand("acme", LoginPolicy.PASSWORD, by=by, at=at))
    answer = office.browser.post(ASK, data={**page, "note": "please"})
    assert CHANGED_MEANWHILE in words(answer, status=409)
    assert office.press(ASK, on=SWITCH, note="please").status_code == 303


def test_a_note_that_is_too_long_is_kept_in_the_form(office: Office) -> None:
    answer = office.press(ASK, on=SWITCH, note="x" * 501)
    assert "longer than 500 characters" in words(answer, status=400)
    assert "x" * 501 in answer.get_data(as_text=True)
    assert office.now().requested is None


def test_after_the_switch_there_is_nothing_to_ask_for(office: Office) -> None:
    office.test_connection()
    office.world.bridge.enforcement.switch(
        SwitchCommand("acme", LoginPolicy.SSO_ONLY, by=Actor("a test", reason="a test"))
    )
    assert office.browser.get("/admin/").status_code == 303  # her password's session is over
    assert office.world.sign_in(office.browser, office.idp).status_code == 303
    assert "Passwords do not work" in office.read()
    page = office.read(SWITCH)
    assert "Passwords do not work" in page
    assert "Request a switch" not in page
    assert "Blockers" not in office.read(READINESS)


def test_readiness_names_the_people_of_a_group_and_nobody_else(office: Office) -> None:
    office.person("alice")
    page = office.read(f"{READINESS}?group=never_seen")
    assert "alice alice@acme.example" in page
    assert "alice@acme.example" not in office.read(READINESS)


def test_an_admin_sees_a_trial_run_and_cannot_start_it(office: Office) -> None:
    page = office.read("/admin/trial")
    assert "Ask support to start it." in page
    assert "Start observing" not in page


def test_the_account_page_leads_here(office: Office) -> None:
    assert 'href="/admin/"' in office.browser.get("/account").get_data(as_text=True)
    office.person("alice")
    assert 'href="/admin/"' not in office.signed_in("alice").get("/account").get_data(as_text=True)
