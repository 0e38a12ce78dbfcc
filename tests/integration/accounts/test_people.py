"""A tenant's admin looks after her people: finds, adds, changes, invites, and tells why somebody cannot sign in."""

import re
from collections.abc import Mapping
from html import unescape

import pytest
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account, Role
from app.domain.accounts.people import PeopleFilter
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status
from tests.builders import World, hidden_fields, password_login, reference_in
from tests.fake_idp import FakeProvider
from tests.integration.admin.office import Office
from tests.integration.support.counter import CHANGED_MEANWHILE, words

HERE = "/admin/people"
NEW = {"username": "anna", "name": "Anna Nowak", "email": "anna@acme.example", "roles": "agent", "invite": "yes"}


@pytest.fixture
def office(world: World, idp: FakeProvider) -> Office:
    return Office(world, idp, policy=LoginPolicy.SSO_OPTIONAL)


def fill(office: Office, path: str, fields: Mapping[str, object], *, page: str | None = None) -> TestResponse:
    return office.browser.post(path, data={**hidden_fields(office.browser.get(page or path)), **fields})


def stored(office: Office, username: str) -> Account | None:
    with office.world.bridge.database.read() as work:
        return work.accounts.by_username(office.tenant.id, username)


def named(office: Office, username: str) -> Account:
    found = stored(office, username)
    assert found is not None
    return found


def actions(office: Office) -> list[tuple[str, str, str]]:
    with office.world.bridge.database.read() as work:
        return [(one.action, one.actor, one.subject) for one in work.audit.of_tenant(office.tenant.id)]


def found(office: Office, query: str) -> set[str]:
    page = office.browser.get(f"{HERE}?{query}").get_data(as_text=True)
    return set(re.findall(r'<th scope="row"><a href="/admin/people/[^"]+"><bdi>([^<]+)<', page))


# Finding


def test_any_part_of_a_name_finds_somebody_and_the_count_is_told(office: Office) -> None:
    office.person("zbigniew", Role.AGENT)
    assert found(office, "q=bigni") == {"Zbigniew"}
    assert "1 person" in office.read(f"{HERE}?q=bigni")
    assert found(office, "q=ACME.example") == {"Ada", "Zbigniew"}
    assert "No one matches “%”" in office.read(f"{HERE}?q=%25")


def test_filters_stand_in_the_url_and_combine(office: Office, idp: FakeProvider) -> None:
    office.world.account(office.tenant, "twin", email="ada@acme.example", status=Status.DISABLED)
    office.person("bob", Role.AGENT)
    idp.person("bob", email="bob@acme.example")
    office.world.sign_in(office.world.client(), idp)
    for _ in range(11):
        password_login(office.world.client(), "bob", "not his")
    assert found(office, "show=shared_email") == {"Ada", "Twin"}
    assert found(office, "show=shared_email&show=disabled") == {"Twin"}
    assert found(office, "show=never_sso") == {"Ada", "Twin"}
    assert found(office, "show=blocked") == {"Bob"}
    assert found(office, "show=blocked&show=never_sso") == set()
    assert found(office, "show=held") == set()
    assert found(office, "show=nonsense&q=bob") == {"Bob"}
    page = office.browser.get(f"{HERE}?show=blocked").get_data(as_text=True)
    assert [value for value in PeopleFilter if re.search(rf'value="{value}" checked', page)] == [PeopleFilter.BLOCKED]


# Adding and changing


def test_an_account_is_added_and_invited(office: Office) -> None:
    answer = fill(office, f"{HERE}/new", NEW)
    anna = named(office, "anna")
    assert answer.headers["Location"] == f"{HERE}/{anna.id}?done=invited"
    assert "Account created. The invitation has been sent." in office.read(answer.headers["Location"])
    assert (anna.name, anna.email, anna.roles, anna.status) == (
        "Anna Nowak",
        "anna@acme.example",
        (Role.AGENT,),
        Status.ACTIVE,
    )
    with office.world.bridge.database.read() as work:
        assert [mail.to for mail in work.outbox.newest(most=5)] == ["anna@acme.example"]
    assert actions(office) == [
        ("account.created", "acme/ada", "acme/anna"),
        ("account.link_sent", "acme/ada", "acme/anna"),
    ]


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(office: Office) -> None:
    answer = fill(office, f"{HERE}/new", {**NEW, "username": "ADA", "email": "Anna <anna@acme.example>", "roles": ""})
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 400
    for sentence in ("already has this username", "single plain address", "Select at least one role"):
        assert sentence in page
    assert 'value="Anna Nowak"' in page
    assert actions(office) == []


def test_an_account_is_changed_and_the_log_says_what(office: Office) -> None:
    bob = office.person("bob", Role.AGENT)
    fill(office, f"{HERE}/{bob.id}/edit", {**NEW, "username": "bob", "roles": ["agent", "supervisor"]})
    after = named(office, "bob")
    assert (after.name, after.email, after.roles) == ("Anna Nowak", "anna@acme.example", (Role.AGENT, Role.SUPERVISOR))
    with office.world.bridge.database.read() as work:
        (entry,) = work.audit.of_tenant(office.tenant.id)
    assert (entry.action, set(entry.after)) == ("account.changed", {"name", "email", "roles"})


def test_what_is_as_it_was_is_not_recorded(office: Office) -> None:
    bob = office.person("bob", Role.AGENT)
    same = {"username": "bob", "name": "Bob", "email": "bob@acme.example", "roles": "agent"}
    assert fill(office, f"{HERE}/{bob.id}/edit", same).status_code == 303
    assert actions(office) == []


def test_a_stale_tab_saves_nothing_and_shows_what_is_there_now(office: Office) -> None:
    bob = office.person("bob", Role.AGENT)
    stale = hidden_fields(office.browser.get(f"{HERE}/{bob.id}/edit"))
    fill(office, f"{HERE}/{bob.id}/edit", {**NEW, "username": "bob", "name": "Robert"})
    answer = office.browser.post(f"{HERE}/{bob.id}/edit", data={**stale, **NEW, "username": "bob", "name": "Late"})
    assert CHANGED_MEANWHILE in words(answer, status=409)
    assert 'value="Robert"' in answer.get_data(as_text=True)
    assert named(office, "bob").name == "Robert"


def test_support_sees_people_and_operators_change_them(office: Office) -> None:
    staff = office.world.tenant("staff", policy=LoginPolicy.PASSWORD)
    office.person("sam", Role.SUPPORT, tenant=staff)
    office.person("olga", Role.OPERATOR, tenant=staff)
    here = f"/support/tenants/acme/people/{office.ada.id}"
    sam, olga = office.signed_in("sam", tenant="staff"), office.signed_in("olga", tenant="staff")
    assert "/edit" not in sam.get(here).get_data(as_text=True)
    assert sam.get(f"{here}/edit").status_code == 403
    assert sam.get("/support/tenants/acme/people/new").status_code == 403
    page = olga.get(f"{here}/edit")
    last = olga.post(f"{here}/edit", data={**hidden_fields(page), **NEW, "username": "ada", "roles": "agent"})
    assert "This is the only administrator" in words(last, status=409)
    assert named(office, "ada").roles == (Role.TENANT_ADMIN,)
    fields = {**hidden_fields(last), **NEW, "username": "ada", "roles": "agent", "without_admin": "yes"}
    assert olga.post(f"{here}/edit", data=fields).status_code == 303
    assert named(office, "ada").roles == (Role.AGENT,)


def test_addresses_of_before_lead_on(office: Office) -> None:
    staff = office.world.tenant("staff", policy=LoginPolicy.PASSWORD)
    office.person("sam", Role.SUPPORT, tenant=staff)
    sam = office.signed_in("sam", tenant="staff")
    before = "/support/tenants/acme/accounts"
    assert sam.get(before).headers["Location"] == "/support/tenants/acme/people"
    assert sam.get(f"{before}/abc").headers["Location"] == "/support/tenants/acme/people/abc"


# Why can't she sign in?


def page_of(office: Office, account: Account) -> str:
    return office.read(f"{HERE}/{account.id}")


def test_a_page_begins_with_the_answer(office: Office, idp: FakeProvider) -> None:
    bob = office.person("bob", Role.AGENT)
    assert "The account is in order, but has never been used." in page_of(office, bob)
    idp.person("bob", email="bob@acme.example")
    office.world.sign_in(office.world.client(), idp)
    page = page_of(office, bob)
    assert "This person is signed in right now." in page
    assert re.search(r"Linked identities .* main bob http", page)
    assert re.search(r"Last ten logins .* Signed in", page)


def test_a_block_is_told_with_its_end_and_released(office: Office) -> None:
    bob = office.person("bob", Role.AGENT)
    for _ in range(11):
        password_login(office.world.client(), "bob", "not his")
    assert re.search(
        r"Passwords are blocked until \d+ \w+ \d+, \d\d:\d\d UTC, after too many wrong ones", page_of(office, bob)
    )
    assert fill(office, f"{HERE}/{bob.id}/release", {}).headers["Location"].endswith("?done=released")
    page = page_of(office, bob)
    assert "Passwords are blocked" not in page
    assert "the last login failed" in page
    assert {action for action, _, _ in actions(office)} == {"throttle.released"}


@pytest.mark.parametrize(
    ("email", "domains", "words_of_it"),
    [(None, (), "the account has no email"), ("bob@elsewhere.example", ("acme.example",), "not one of the tenant's")],
)
def test_what_sso_would_find_is_told(
    office: Office, email: str | None, domains: tuple[str, ...], words_of_it: str
) -> None:
    tenant = office.world.tenant("acme", id=office.tenant.id, email_domains=domains)
    bob = office.world.account(tenant, "bob", email=email)
    page = page_of(office, bob)
    assert words_of_it in page
    assert "This account has no password, and SSO cannot find it." in page


def test_other_accounts_with_the_same_email_are_named(office: Office) -> None:
    bob = office.person("bob", Role.AGENT)
    office.world.account(office.tenant, "bob-lead", email="BOB@acme.example")
    assert "Found, together with other accounts" in page_of(office, bob)
    assert "Other accounts bob-lead" in page_of(office, bob)


def test_disabling_ends_sessions_at_once_and_says_so(office: Office) -> None:
    bob = office.person("bob", Role.AGENT)
    browser = office.signed_in("bob")
    answer = fill(office, f"{HERE}/{bob.id}/disable", {})
    assert "Account disabled. Its sessions have ended." in office.read(answer.headers["Location"])
    assert office.world.session(browser) is None
    assert "This account is disabled." in page_of(office, bob)
    fill(office, f"{HERE}/{bob.id}/enable", {"reason": "back from leave"})
    assert named(office, "bob").status is Status.ACTIVE


def test_an_identity_is_unlinked_and_its_consequence_is_told_before(office: Office, idp: FakeProvider) -> None:
    bob = office.person("bob", Role.AGENT)
    idp.person("bob", email="bob@acme.example")
    client = office.world.client()
    office.world.sign_in(client, idp)
    link = re.search(
        rf'href="({HERE}/{bob.id}/identities/[^"]+/unlink)"',
        office.browser.get(f"{HERE}/{bob.id}").get_data(as_text=True),
    )
    assert link
    assert "The next SSO login that matches this account is linked to it" in office.read(link[1])
    assert fill(office, link[1], {}).headers["Location"].endswith("?done=unlinked")
    assert office.world.session(client) is None
    assert "None yet." in page_of(office, bob)
    assert actions(office) == [("account.unlinked", "acme/ada", "acme/bob")]
    assert office.browser.get(link[1]).status_code == 404


# Held logins, and whoever has no account yet


def test_a_held_login_is_accepted_after_seeing_both_sides(office: Office, idp: FakeProvider) -> None:
    bob = office.person("bob", Role.AGENT)
    for subject in ("bob", "newcomer"):
        idp.person(subject, email="bob@acme.example")
        office.world.sign_in(office.world.client(), idp)
    assert found(office, "show=held") == {"Bob"}
    assert "1 held login" in office.read(HERE)
    assert "A login is on hold" in page_of(office, bob)
    link = re.search(rf'href="({HERE}/held/[^"]+)"', office.browser.get(f"{HERE}/{bob.id}").get_data(as_text=True))
    assert link
    assert re.search(r"Subject newcomer .* Account bob Bob Subject bob", office.read(link[1]))
    assert fill(office, link[1], {}).status_code == 400
    answer = fill(office, link[1], {"decision": "accept"})
    assert answer.headers["Location"] == f"{HERE}/held?done=accepted"
    client = office.world.client()
    office.world.sign_in(client, idp)
    assert office.world.session(client)


def test_an_account_is_made_from_the_login_that_found_none(office: Office, idp: FakeProvider) -> None:
    idp.person("stranger", email="Stranger@acme.example")
    reference = reference_in(office.world.sign_in(office.world.client(), idp))
    form = f"{HERE}/new?reference={reference}"
    assert form in unescape(office.browser.get(f"/admin/activity/{reference}").get_data(as_text=True))
    page = office.browser.get(form).get_data(as_text=True)
    assert 'value="stranger@acme.example"' in page
    assert re.search(r'id="username" name="username"[^>]* value=""', page) or 'value="" id="username"' in page
    fill(office, f"{HERE}/new", {**NEW, "username": "stranger", "email": "stranger@acme.example"}, page=form)
    client = office.world.client()
    office.world.sign_in(client, idp)
    assert office.world.session(client)
