"""Whoever looks after people reaches only her own tenant's, loses nothing by a double click, and gives nobody more."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account, AccountId, Role
from app.domain.accounts.account_draft import AccountDraft
from app.domain.audit.audit import Actor
from app.domain.errors import NotFound
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status
from app.services.accounts.account_changes import DraftsRefused
from app.web.accounts.account_acts import DEEDS
from tests.builders import World, hidden_fields, password_login, reference_in
from tests.fake_idp import FakeProvider
from tests.integration.admin.office import Office
from tests.integration.support.counter import words

HERE = "/admin/people"
SCRIPT = "<script>alert(1)</script>"
TURNED = "\u202egnp.exe"
LIVE_MARKUP = re.compile(r"<(script>alert|img src=x)")
NEW = {"username": "anna", "name": "Anna", "email": "anna@acme.example", "roles": "agent"}


@pytest.fixture
def office(world: World, idp: FakeProvider) -> Office:
    return Office(world, idp, policy=LoginPolicy.SSO_OPTIONAL)


@pytest.fixture
def gina(office: Office) -> Account:
    """Of another tenant, with a linked identity."""
    globex = office.world.tenant("globex", name="Globex")
    gina = office.person("gina", Role.TENANT_ADMIN, tenant=globex)
    office.world.connection(globex, office.idp)
    office.idp.person("gina", email="gina@acme.example")
    office.world.sign_in(office.world.client(), office.idp, path="/t/globex/oauth/login")
    return gina


def post(browser: FlaskClient, path: str, fields: Mapping[str, object]) -> TestResponse:
    token = hidden_fields(browser.get("/account"))["csrf_token"]
    return browser.post(path, data={"csrf_token": token, **fields})


def everybody(office: Office, slug: str = "acme") -> list[Account]:
    with office.world.bridge.database.read() as work:
        tenant = work.tenants.by_slug(slug)
        assert tenant
        return list(work.accounts.of_tenant(tenant.id))


def test_another_tenants_account_does_not_exist_here(office: Office, gina: Account) -> None:
    before = everybody(office, "globex")
    with office.world.bridge.database.read() as work:
        (linked,) = work.identities.of_account(gina.tenant_id, gina.id)
    paths = [f"{gina.id}/{name}" for name in ("edit", *DEEDS, f"identities/{linked.identity.id}/unlink")]
    assert office.browser.get(f"{HERE}/{gina.id}").status_code == 404
    for path in paths:
        assert office.browser.get(f"{HERE}/{path}").status_code == 404, path
        assert post(office.browser, f"{HERE}/{path}", {**NEW, "version": gina.version}).status_code == 404, path
    assert post(office.browser, f"{HERE}/{office.ada.id}/identities/{linked.identity.id}/unlink", {}).status_code == 404
    assert everybody(office, "globex") == before
    assert "gina" not in office.browser.get(f"{HERE}?q=gina").get_data(as_text=True).replace(
        'value="gina"', ""
    ).replace("“gina”", "").replace("q=gina", "")


def test_another_tenants_held_login_is_decided_by_nobody_here(office: Office, gina: Account) -> None:
    office.idp.person("newcomer", email="gina@acme.example")
    office.world.sign_in(office.world.client(), office.idp, path="/t/globex/oauth/login")
    (side,) = office.world.bridge.held.of_tenant("globex")
    path = f"{HERE}/held/{side.held.id}"
    assert office.browser.get(path).status_code == 404
    assert post(office.browser, path, {"decision": "accept"}).status_code == 404
    assert office.world.bridge.held.of_tenant("globex") == [side]
    assert gina.username not in office.read(f"{HERE}/held")


def test_another_tenants_reference_fills_in_nothing(office: Office, gina: Account) -> None:
    office.idp.person("stranger", email="stranger@globex.example")
    answer = office.world.sign_in(office.world.client(), office.idp, path="/t/globex/oauth/login")
    page = office.browser.get(f"{HERE}/new?reference={reference_in(answer)}")
    assert page.status_code == 404
    assert "stranger" not in page.get_data(as_text=True)
    assert gina.tenant_id != office.tenant.id


@pytest.mark.parametrize("role", ["support", "operator", ["tenant_admin", "operator"]])
def test_nobody_gives_a_role_of_the_staff(office: Office, role: object) -> None:
    version = hidden_fields(office.browser.get(f"{HERE}/{office.ada.id}/edit"))["version"]
    fields = {**NEW, "username": "ada", "roles": role, "version": version}
    post(office.browser, f"{HERE}/{office.ada.id}/edit", fields)
    post(office.browser, f"{HERE}/new", {**NEW, "roles": role})
    assert {one for account in everybody(office) for one in account.roles} <= {Role.TENANT_ADMIN, Role.AGENT}


def test_no_service_makes_an_account_of_the_staff_or_gives_it_their_roles(office: Office) -> None:
    office.world.tenant("staff")
    changes, by = office.world.bridge.account_changes, Actor("a test")
    with pytest.raises(NotFound):
        changes.create("staff", AccountDraft("mallory"), by=by)
    with pytest.raises(DraftsRefused):
        changes.create("acme", AccountDraft("mallory", roles=(Role.OPERATOR,)), by=by)
    assert everybody(office, "staff") == []


def test_an_admin_neither_demotes_nor_disables_herself(office: Office) -> None:
    office.person("zoe", Role.TENANT_ADMIN)
    version = hidden_fields(office.browser.get(f"{HERE}/{office.ada.id}/edit"))["version"]
    fields = {**NEW, "username": "ada", "version": version, "without_admin": "yes"}
    assert "You cannot remove your own administrator role" in words(
        post(office.browser, f"{HERE}/{office.ada.id}/edit", fields), status=409
    )
    assert "You cannot disable your own account" in words(
        post(office.browser, f"{HERE}/{office.ada.id}/disable", {}), status=409
    )
    assert office.ada in [replace(one, last_login_at=None, last_password_at=None) for one in everybody(office)]


def test_what_a_form_does_not_offer_changes_nothing(office: Office) -> None:
    """Neither status, nor tenant, nor policy, nor password."""
    bob = office.person("bob", Role.AGENT)
    version = hidden_fields(office.browser.get(f"{HERE}/{bob.id}/edit"))["version"]
    more = {
        "status": "disabled",
        "tenant_id": "x",
        "id": "y",
        "policy": "sso_only",
        "password": "mine",
        "slug": "globex",
    }
    post(office.browser, f"{HERE}/{bob.id}/edit", {**NEW, **more, "username": "bob", "version": version})
    (after,) = [one for one in everybody(office) if one.username == "bob"]
    assert (after.id, after.tenant_id, after.status) == (bob.id, office.tenant.id, Status.ACTIVE)
    assert office.now().policy is LoginPolicy.SSO_OPTIONAL
    assert password_login(office.world.client(), "bob", "mine").status_code == 401


def test_a_double_submit_makes_one_account_and_sends_one_mail(office: Office) -> None:
    fields = {**hidden_fields(office.browser.get(f"{HERE}/new")), **NEW, "invite": "yes"}
    answers = [office.browser.post(f"{HERE}/new", data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 400]
    assert "already has this username" in words(answers[1], status=400)
    assert [one.username for one in everybody(office)] == ["ada", "anna"]
    with office.world.bridge.database.read() as work:
        assert len(work.outbox.newest(most=9)) == 1


def test_an_unlinked_person_who_is_just_signing_in_is_matched_anew(office: Office) -> None:
    """The chooser was shown before the unlinking; what it offers is asked again."""
    bob = office.person("bob", Role.AGENT)
    office.idp.person("bob", email="bob@acme.example")
    office.world.sign_in(office.world.client(), office.idp)
    with office.world.bridge.database.read() as work:
        (linked,) = work.identities.of_account(bob.tenant_id, bob.id)
    office.world.account(office.tenant, "bob2", email="bob@acme.example")
    client = office.world.client()
    chooser = office.world.sign_in(client, office.idp)
    office.world.save(replace(bob, email="other@acme.example"))
    changes = office.world.bridge.account_changes
    changes.unlink("acme", bob.id, linked.identity.id, by=Actor("a test"))
    client.post("/accounts/choose", data={**hidden_fields(chooser), "account": bob.id})
    assert office.world.session(client) is None


def test_names_are_text_on_every_page_of_people(office: Office) -> None:
    odd = office.world.account(office.tenant, SCRIPT, email="odd@acme.example")
    office.world.save(replace(odd, name=f"{SCRIPT}{TURNED}", external_id=SCRIPT))
    for path in (HERE, f"{HERE}?q=%3Cscript", f"{HERE}/{odd.id}", f"{HERE}/{odd.id}/edit", f"{HERE}/{odd.id}/disable"):
        page = office.browser.get(path).get_data(as_text=True)
        assert "alert(1)" in page, path
        assert not LIVE_MARKUP.search(page), path
    page = office.browser.get(HERE).get_data(as_text=True)
    assert re.search(r"<bdi>[^<]*\u202e", page)  # a name that turns the text round does so within its own cell


@pytest.mark.parametrize("query", ["%", "_", "'; DROP TABLE account_texts; --", "\x00", "a" * 5000, "%25%25", "\\"])
def test_what_is_typed_into_the_search_is_text(office: Office, query: str) -> None:
    page = office.browser.get(HERE, query_string={"q": query, "after": query, "show": query})
    assert page.status_code == 200
    assert len(everybody(office)) == 1


def test_an_agent_learns_nothing_of_who_is_there(office: Office) -> None:
    office.person("bob", Role.AGENT)
    bob = office.signed_in("bob")
    known, unknown = (bob.get(f"{HERE}/{one}") for one in (office.ada.id, AccountId("nobody")))
    assert (known.status_code, unknown.status_code) == (403, 403)
    for path in ("", "?q=ada", "/new", "/held", f"/{office.ada.id}/edit"):
        assert bob.get(f"{HERE}{path}").status_code == 403
