"""A tenant's admin looks after one tenant, sees no other, never throws the switch (docs/rules.md, rule 20)."""

import re
from dataclasses import replace

import pytest
import structlog
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Role
from app.domain.audit.audit import AuditEntry
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import SecurityPolicy
from app.domain.tenants.tenant import Tenant
from tests.builders import World, callback_of, hidden_fields
from tests.fake_idp import FakeProvider
from tests.integration.admin.office import TEST, Office
from tests.integration.support.counter import words
from tests.threats.acme import session_cookie

PEOPLE_FORMS = {
    "/admin/people/<account_id>/edit",
    "/admin/people/<account_id>/<act>",
    "/admin/people/<account_id>/identities/<identity_id>/unlink",
    "/admin/people/<account_id>/apps/<client_id>/disconnect",
    "/admin/people/held/<held_id>",
}
SETUP_FORMS = {
    "/admin/setup-links/<link_id>/revoke",
    "/admin/setup-links/proposals/<connection_id>/refuse",
}
APP_FORMS = {f"/admin/apps/{one}" for one in ("new/credential", "new/app", "<client_id>/edit", "<client_id>/<act>")} | {
    f"/admin/apps/<client_id>/{act}" for act in ("secret", "retire")
}
KEYS = {f"/admin/sso/<connection_id>/{act}" for act in ("keys/new", "keys/retire", "keys/withdraw", "next-secret")}
END_SESSIONS = {"/admin/activity/sessions/<session_id>/end", "/admin/activity/sessions/end-all"}
WHOLE_PAGES = {
    "/admin/logo",
    "/admin/notices",
    "/admin/people/differences",
    "/admin/people/import",
    "/admin/readiness/invite",
}
"""Each with a form, at its own address."""
LOOKING = {
    *("/admin/", "/admin/activity", "/admin/activity.jsonl", "/admin/domains", "/admin/domains/new"),
    *(f"/admin/activity/{one}" for one in ("changes", "changes.csv", "changes.jsonl")),
    *(f"/admin/activity/{one}" for one in ("logins.csv", "logins.jsonl", "sessions", "sessions/end-all")),
    *("/admin/sessions", "/admin/readiness", "/admin/trial", "/admin/switch", "/admin/sso", "/admin/sso/new"),
    *("/admin/people", "/admin/people/new", "/admin/people/held", "/admin/people/export.csv", "/admin/setup-links"),
    *("/admin/apps", "/admin/apps/new"),
    *WHOLE_PAGES,
}
OF_ONE = {
    "/admin/activity/<reference>",
    "/admin/activity/sessions/<session_id>/end",
    "/admin/people/import/<import_id>",
    "/admin/sessions/<session_id>/end",
    "/admin/sso/<connection_id>/keys",
    *KEYS,
    "/admin/domains/<domain>/remove",
    "/admin/people/<account_id>",
    *PEOPLE_FORMS,
    *SETUP_FORMS,
    *APP_FORMS,
    "/admin/apps/<client_id>",
    "/admin/sso/<connection_id>",
    "/admin/sso/<connection_id>/<step>",
    "/admin/sso/<connection_id>/guide",
    "/admin/sso/<connection_id>/test",
    "/admin/sso/<connection_id>/activate",
    "/admin/sso/<connection_id>/advanced",
    "/admin/sso/<connection_id>/undo",
    "/admin/sso/<connection_id>/status",
}
"""Pages about a thing of the tenant's."""
LANGUAGES = re.compile(r'<ul class="languages".*?</ul>', re.DOTALL)
"""Links to the same address, with what the visitor typed into it."""
DOING = {
    *WHOLE_PAGES,
    *KEYS,
    *END_SESSIONS,
    "/admin/people/import/<import_id>",
    "/admin/logo/remove",
    "/admin/sso/new",
    "/admin/sso/<connection_id>/<step>",
    "/admin/sso/<connection_id>/test",
    "/admin/sso/<connection_id>/activate",
    "/admin/sso/<connection_id>/advanced",
    "/admin/sso/<connection_id>/change",
    "/admin/sso/<connection_id>/discard",
    "/admin/sso/<connection_id>/undo",
    "/admin/sso/<connection_id>/status",
    "/admin/connections/<path:name>/test",
    "/admin/switch-request",
    "/admin/domains/new",
    "/admin/domains/<domain>/check",
    "/admin/domains/<domain>/remove",
    "/admin/people/new",
    *PEOPLE_FORMS,
    *SETUP_FORMS,
    *APP_FORMS,
}


@pytest.fixture
def office(world: World, idp: FakeProvider) -> Office:
    return Office(world, idp)


def routes(world: World, above: str) -> list[tuple[str, str]]:
    """Method and rule of everything under an address."""
    return [
        (method, rule.rule)
        for rule in world.app.url_map.iter_rules()
        if rule.rule.startswith(above)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def path_of(rule: str) -> str:
    """With values that exist: what is refused must not be refused for want of a thing."""
    rule = rule.replace("<act>", "disable")
    return re.sub(r"<[^>]*slug>", "acme", re.sub(r"<[^>]*name>", "main", re.sub(r"<[^>]*id>", "nothing", rule)))


def knock(browser: FlaskClient, method: str, rule: str) -> TestResponse:
    token = hidden_fields(browser.get("/account")).get("csrf_token", "")
    return browser.open(path_of(rule), method=method, data={"csrf_token": token} if method == "POST" else None)


def stored(world: World, tenant: Tenant) -> Tenant:
    with world.bridge.database.read() as work:
        found = work.tenants.get(tenant.id)
    assert found is not None
    return found


def test_nothing_else_is_there(world: World) -> None:
    """Whoever adds an address here adds it to these tests."""
    found = set(routes(world, "/admin"))
    assert found == {("GET", rule) for rule in LOOKING | OF_ONE} | {("POST", rule) for rule in DOING}


def test_no_address_changes_the_login_policy_or_what_logins_must_meet(office: Office) -> None:
    office.test_connection()
    before = stored(office.world, office.tenant)
    everything = {
        "policy": "sso_only",
        "action": "switch",
        "at": "now",
        "override": "yes",
        "reason": "we want it",
        "note": "we want it",
        "slug": "acme",
        "observe": "yes",
        "on": "yes",
        "allowed_networks": "",
        "shared_desk": "yes",
        "totp": "optional",
    }
    for method, rule in routes(office.world, "/admin"):
        data = {**everything, **hidden_fields(office.browser.get("/admin/switch"))}
        office.browser.open(path_of(rule), method=method, data=data, query_string=everything)
    after = stored(office.world, office.tenant)
    assert after.requested is not None
    assert replace(after, requested=None) == before


@pytest.mark.parametrize("policy", list(LoginPolicy))
def test_an_admin_opens_nothing_of_support(office: Office, policy: LoginPolicy) -> None:
    office.world.save(replace(office.tenant, policy=policy))
    browser = office.browser
    if policy is LoginPolicy.SSO_ONLY:
        assert office.world.sign_in(browser, office.idp).status_code == 303
    for method, rule in routes(office.world, "/support"):
        assert knock(browser, method, rule).status_code == 403, rule
    assert stored(office.world, office.tenant).policy is policy


@pytest.mark.parametrize("roles", [(Role.AGENT,), (Role.SUPERVISOR,), (Role.AGENT, Role.SUPERVISOR), ()])
def test_agents_and_supervisors_are_refused(office: Office, roles: tuple[Role, ...]) -> None:
    office.person("alice", *roles)
    alice = office.signed_in("alice")
    for method, rule in routes(office.world, "/admin"):
        assert knock(alice, method, rule).status_code == 403, rule
    assert stored(office.world, office.tenant).requested is None


def test_staff_are_refused_whatever_role_somebody_gave_them(office: Office) -> None:
    staff = office.world.tenant("staff", policy=LoginPolicy.PASSWORD)
    office.person("olga", Role.OPERATOR, Role.TENANT_ADMIN, tenant=staff)
    olga = office.signed_in("olga", tenant="staff")
    for method, rule in routes(office.world, "/admin"):
        assert knock(olga, method, rule).status_code == 403, rule


def test_whoever_is_refused_a_page_stands_in_the_log(office: Office) -> None:
    office.person("alice", Role.AGENT)
    alice = office.signed_in("alice")
    with structlog.testing.capture_logs() as lines:
        alice.get("/admin/activity")
        office.browser.get("/support/staff")
    refused = [line for line in lines if line["event"] == "access_refused"]
    assert [(line["account"], line["page"]) for line in refused] == [
        ("acme/alice", "/admin/activity"),
        ("acme/ada", "/support/staff"),
    ]


def test_nobody_is_sent_to_sign_in(office: Office) -> None:
    for method, rule in routes(office.world, "/admin"):
        answer = knock(office.world.client(), method, rule)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/"), rule


def test_who_is_an_admin_no_more_is_refused_at_the_next_click(office: Office) -> None:
    office.world.save(replace(office.ada, roles=(Role.AGENT,)))
    for method, rule in routes(office.world, "/admin"):
        assert knock(office.browser, method, rule).status_code == 403, rule


@pytest.mark.parametrize("rule", sorted(DOING))
def test_another_site_cannot_press_a_button(office: Office, rule: str) -> None:
    for data in (
        {},
        {"csrf_token": "x" * 43},
        {"csrf_token": hidden_fields(office.browser.get("/t/acme/login"))["csrf_token"]},
    ):
        assert office.browser.post(path_of(rule), data=data).status_code == 400
    assert stored(office.world, office.tenant).requested is None


def test_the_admin_of_one_tenant_sees_nothing_of_another(office: Office) -> None:
    globex = office.world.tenant("globex", name="Globex Inc")
    secret = office.world.connection(globex, office.idp, name="globex-okta")
    office.person("gina", Role.TENANT_ADMIN, tenant=globex)
    with office.world.bridge.database.write() as work:
        office.world.bridge.audit.record(
            work,
            AuditEntry(
                tenant_id=globex.id,
                at=office.world.clock.now(),
                actor="globex/gina",
                address="203.0.113.7",
                action="tenant.changed",
                subject="globex",
                reason="globex business",
            ),
        )
    for query in ("", "?tenant=globex", "?slug=globex", f"?tenant_id={globex.id}", "?before=999999"):
        for path in sorted(LOOKING):
            shown = office.browser.get(path_of(path) + query).get_data(as_text=True)
            text = LANGUAGES.sub("", shown).lower()
            assert "globex" not in text, path
            assert secret.id not in text
    gina = office.signed_in("gina", tenant="globex")
    assert "globex business" in gina.get("/admin/activity/changes").get_data(as_text=True)


def test_the_admin_of_one_tenant_tests_nothing_of_another(office: Office) -> None:
    globex = office.world.tenant("globex")
    other = office.world.connection(globex, office.idp, name="globex-okta")
    assert office.press("/admin/connections/globex-okta/test").status_code == 404
    assert office.press(f"/admin/connections/{other.id}/test").status_code == 404
    twin = office.world.connection(globex, office.idp, name="main")
    out = office.press(TEST).headers["Location"]
    assert office.main.id in out
    assert twin.id not in out


def test_a_test_signs_nobody_in_and_nobody_else_can_finish_it(office: Office) -> None:
    out = office.press(TEST)
    back = str(office.idp.authorize(out.headers["Location"]).callback_url).partition("localhost:8000")[2]
    thief = office.world.client()
    assert session_cookie(thief.get(back)) is None
    answer = office.browser.get(back, follow_redirects=True)
    assert answer.status_code == 200
    assert "The connection works" in answer.get_data(as_text=True)
    assert [session_cookie(one) for one in (*answer.history, answer)] == [None, None]


def test_a_test_is_no_way_around_the_allowed_networks(office: Office) -> None:
    security = SecurityPolicy(networks=("203.0.113.0/24",))
    office.world.save(replace(office.tenant, security=security))
    office.idp.forget_requests()
    assert office.press(TEST).headers["Location"] == "/account/check"
    answer = office.browser.get("/account/check")
    assert answer.status_code == 403
    assert "not in the tenant's allowed networks" in words(answer, status=403)
    assert office.idp.requests() == []


def test_a_login_that_was_begun_as_an_agent_is_no_test(office: Office) -> None:
    """The purpose is sealed into the attempt: a link to a login, opened by an admin, stays a login."""
    office.world.save(replace(office.tenant, policy=LoginPolicy.SSO_OPTIONAL))
    back = callback_of(office.browser, office.idp)
    answer = office.browser.get(f"{back}&purpose=test")
    assert session_cookie(answer) is not None
