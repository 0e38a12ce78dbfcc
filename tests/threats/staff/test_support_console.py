"""The support console is the vendor's own, and each thing in it belongs to the role that may do it (rule 13)."""

import re
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from app.domain.accounts.account import STAFF_ROLES, TENANT_ROLES, Role
from app.domain.connections.connection import Connection
from app.domain.sessions.session import FRESH_S
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status, Tenant
from tests.builders import World, hidden_fields, password_login
from tests.fake_idp import FakeProvider
from tests.threats.staff.addresses import asks
from tests.threats.staff.support_site import PASSWORD, browser, connection_page, routes, staffed, stored, token

FORM = re.compile(r'<form[^>]* action="([^"]*)"')
IN_THE_HEADER = ["/support/search", "/logout"]
"""The forms of every page."""
OPERATORS = re.compile(
    r"/support/(staff|audit|tenants/new"
    r"|tenants/[^/]*/(edit|security|people/new|people/[^/]*/edit|sso/new|sso/[^/]*/(?!guide|test|keys))\b)"
)
"""What only operators change; `security` may be read by all staff."""


@pytest.fixture
def site(world: World, idp: FakeProvider) -> World:
    return staffed(world, idp)


def refused(answer: TestResponse) -> None:
    assert answer.status_code == 403
    assert "have access to this page" in answer.get_data(as_text=True)


# Who comes in


def test_nobody_comes_in_without_signing_in(site: World) -> None:
    for path in routes(site, "GET"):
        answer = site.client().get(path)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/t/staff/login"), path
    before = stored(site)
    for path in routes(site, "POST"):
        assert site.client().post(path, data={"reason": "mine"}).status_code == 303, path
    assert stored(site) == before


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_admin_of_a_tenant_never_gets_in_not_even_about_the_own_one(site: World, method: str) -> None:
    ada = browser(site, "ada", "acme")
    before, csrf = stored(site), token(ada)
    for path in routes(site, method):
        refused(ada.open(path, method=method, data={"csrf_token": csrf} if method == "POST" else None))
    assert stored(site) == before


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_a_role_of_the_staff_counts_in_the_staffs_tenant_only(site: World, role: Role) -> None:
    globex = site.tenant("globex")
    site.account(globex, "mallory", password=PASSWORD, roles=[role])
    refused(browser(site, "mallory", "globex").get("/support/"))


@pytest.mark.parametrize("role", TENANT_ROLES)
def test_an_account_of_the_staffs_tenant_without_a_role_of_the_staff_is_nobody(site: World, role: Role) -> None:
    with site.bridge.database.read() as work:
        staff = work.tenants.by_slug("staff")
    assert staff is not None
    site.account(staff, "guest", password=PASSWORD, roles=[role])
    refused(browser(site, "guest").get("/support/"))


def test_staff_come_in_by_sso_as_by_password(site: World, idp: FakeProvider) -> None:
    with site.bridge.database.read() as work:
        staff = work.tenants.by_slug("staff")
    assert staff is not None
    site.account(staff, "alice", email="alice@acme.example", roles=[Role.SUPPORT])
    site.connection(staff, idp, name="vendor")
    client = site.client()
    assert site.sign_in(client, idp, path="/t/staff/oauth/login?next=/support/").headers["Location"] == "/support/"
    assert client.get("/support/").status_code == 200


def test_who_is_switched_off_or_loses_the_role_is_out_at_once(site: World) -> None:
    with site.bridge.database.read() as work:
        staff = work.tenants.by_slug("staff")
        assert staff is not None
        sam = work.accounts.by_username(staff.id, "sam")
    assert sam is not None
    client = browser(site, "sam")
    site.save(replace(sam, roles=(Role.AGENT,)))
    refused(client.get("/support/"))
    site.save(replace(sam, status=Status.DISABLED))
    assert client.get("/support/").headers["Location"].startswith("/t/staff/login")


# Who may do what


def test_support_neither_sees_nor_posts_what_is_the_operators(site: World) -> None:
    sam = browser(site, "sam")
    before, csrf = stored(site), token(sam)
    for path in (path for path in routes(site, "POST") if OPERATORS.match(path)):
        refused(sam.post(path, data={"csrf_token": csrf, "action": "save", "name": "mine", "slug": "mine"}))
    for path in ("/support/tenants/new", "/support/tenants/acme/edit", f"{connection_page(site)}/status"):
        refused(sam.get(path))
    assert stored(site) == before


@pytest.mark.parametrize("username", ["sam", "olga"])
def test_both_roles_may_observe_and_switch(site: World, username: str) -> None:
    client = browser(site, username)
    page = client.get("/support/tenants/acme/switch")
    form = {**hidden_fields(page), "policy": "password", "when": "now", "reason": "ticket"}
    assert client.post("/support/tenants/acme/switch", data=form).status_code == 303
    with site.bridge.database.read() as work:
        acme = work.tenants.by_slug("acme")
    assert acme is not None
    assert acme.policy is LoginPolicy.PASSWORD


def test_support_does_not_decide_how_the_staff_themselves_come_in(site: World) -> None:
    sam = browser(site, "sam")
    here = "/support/tenants/staff/switch"
    page = sam.get(here).get_data(as_text=True)
    assert "only an operator can change it" in page
    assert FORM.findall(page) == IN_THE_HEADER
    before, form = stored(site), {"csrf_token": token(sam), "policy": "password", "when": "now", "reason": "mine"}
    for path in ("", "/check", "/cancel", "/observe", "/decline"):
        assert sam.post(here + path, data=form).status_code == 404
    assert stored(site) == before
    assert "Review switch" in browser(site, "olga").get(here).get_data(as_text=True)


# What another site can make a browser do


@pytest.mark.parametrize("forged", ["", "x", "A" * 43])
def test_no_form_of_the_console_is_posted_by_another_site(site: World, forged: str) -> None:
    olga = browser(site, "olga")
    before = stored(site)
    for path in routes(site, "POST"):
        data = {"csrf_token": forged, "reason": "mine", "policy": "password", "when": "now", "action": "save"}
        answer = olga.post(path, data=data, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 400, path
        assert 'data-reference="' in answer.get_data(as_text=True), path
    assert stored(site) == before


def test_a_token_of_another_session_is_none(site: World) -> None:
    foreign, olga = token(browser(site, "sam")), browser(site, "olga")
    for path in routes(site, "POST"):
        assert olga.post(path, data={"csrf_token": foreign, "reason": "mine"}).status_code == 400, path


def test_nothing_is_done_by_visiting_an_address(site: World) -> None:
    olga = browser(site, "olga")
    before = stored(site)
    for path in [*routes(site, "GET"), *routes(site, "POST")]:
        olga.get(f"{path}?policy=password&when=now&reason=mine&action=save&on=yes&csrf_token={token(olga)}")
    assert stored(site) == before


# A browser left alone


def test_whatever_cannot_be_undone_asks_who_it_is_once_more(site: World) -> None:
    olga = browser(site, "olga")
    csrf = token(olga)
    site.clock.forward(FRESH_S + 1)
    before = stored(site)
    for path in sorted(set(routes(site, "POST"))):
        if not asks(site, path):
            continue  # see test_every_console_form
        answer = olga.post(path, data={"csrf_token": csrf, "reason": "mine", "policy": "password", "when": "now"})
        assert answer.status_code == 303, path
        assert answer.headers["Location"].startswith("/account/confirm?next=%2Fsupport%2F"), path
    assert stored(site) == before


def test_the_forms_of_operators_are_not_even_shown_to_a_browser_left_alone(site: World) -> None:
    olga = browser(site, "olga")
    site.clock.forward(FRESH_S + 1)
    for path in ("/support/tenants/new", "/support/tenants/acme/edit", f"{connection_page(site)}/status"):
        assert olga.get(path).headers["Location"].startswith("/account/confirm?next="), path
    page = olga.get("/support/tenants/acme/switch").get_data(as_text=True)
    assert FORM.findall(page) == IN_THE_HEADER
    assert "/account/confirm?next=%2Fsupport%2Ftenants%2Facme%2Fswitch" in page


def test_after_saying_who_it_is_the_forms_are_there_again(site: World) -> None:
    olga = browser(site, "olga")
    site.clock.forward(FRESH_S + 1)
    page = f"{connection_page(site)}/status"
    confirm = olga.get(page).headers["Location"]
    answer = olga.post("/account/confirm", data={**hidden_fields(olga.get(confirm)), "password": PASSWORD})
    assert answer.headers["Location"] == page
    assert olga.get(answer.headers["Location"]).status_code == 200


# What others wrote


@pytest.fixture
def hostile(site: World, idp: FakeProvider) -> tuple[Tenant, Connection]:
    text = "<img src=x onerror=alert(1)>\"'"
    tenant = site.tenant("hostile", name=text)
    site.account(tenant, text, email=None, password=PASSWORD)
    return tenant, site.connection(tenant, idp, name=text)


def test_no_name_that_somebody_gave_becomes_markup(site: World, hostile: tuple[Tenant, Connection]) -> None:
    olga = browser(site, "olga")
    login = site.client()
    password_login(login, "<img src=x onerror=alert(1)>", "wrong", tenant="hostile")
    for path in (
        "/support/?q=onerror",
        "/support/tenants/hostile",
        "/support/tenants/hostile/switch?group=no_email",
        "/support/tenants/hostile/edit",
        "/support/tenants/hostile/sso",
        f"/support/tenants/hostile/sso/{hostile[1].id}",
        f"/support/tenants/hostile/sso/{hostile[1].id}/status",
    ):
        page = olga.get(path)
        assert page.status_code == 200, path
        assert "<img src=x" not in page.get_data(as_text=True), path
