"""`/support/staff`: who the vendor's people are and what they may do; somebody always may."""

import pytest
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account, Role
from app.domain.sessions.session import SignedIn, session_id
from app.domain.tenants.tenant import Status
from app.services.staff.staff import StaffRefused
from tests.builders import password_login
from tests.integration.support.counter import PASSWORD, Browser, Counter, words
from tests.threats.passwords.phone import Phone

STAFF = "/support/staff"
NEW = f"{STAFF}/new"
TINA = {"username": "tina", "email": "tina@vendor.example", "name": "Tina Support", "roles": ["support"]}


def account(counter: Counter, username: str) -> Account:
    with counter.world.bridge.database.read() as work:
        found = work.accounts.by_username(counter.staff.id, username)
    assert found is not None
    return found


def page_of(counter: Counter, username: str) -> str:
    return f"{STAFF}/{account(counter, username).id}"


def press(browser: Browser, path: str, action: str, **fields: object) -> TestResponse:
    return browser.fill(path, {"action": action, **fields})


@pytest.fixture
def olga(counter: Counter) -> Browser:
    return counter.browser("olga")


def signed_in(counter: Counter, browser: Browser) -> SignedIn:
    cookie = browser.client.get_cookie("sso_session")
    assert cookie is not None
    with counter.world.bridge.database.read() as work:
        found = work.sessions.live(session_id(cookie.value), now=counter.world.clock.now())
    assert found is not None
    return found


def test_the_list_says_who_may_what_and_with_what(counter: Counter, olga: Browser) -> None:
    counter.world.account(counter.staff, "zoe", email="zoe@vendor.example", roles=[Role.SUPPORT, Role.OPERATOR])
    counter.world.account(counter.staff, "eve", status=Status.DISABLED, roles=[Role.SUPPORT])
    page = olga.read(STAFF)
    assert "Olga olga Operator You None" in page
    assert "Eve eve Support Disabled None Never" in page
    assert "Zoe zoe · zoe@vendor.example Support Operator None Never" in page


def test_the_list_is_sorted_by_the_column_that_its_address_names(counter: Counter, olga: Browser) -> None:
    counter.world.account(counter.staff, "zoe", roles=[Role.SUPPORT])

    def order(query: str) -> list[str]:
        page = olga.read(f"{STAFF}{query}")
        return sorted(("Olga olga", "Sam sam", "Zoe zoe"), key=page.index)

    assert order("") == order("?sort=name") == order("?sort=anything") == ["Olga olga", "Sam sam", "Zoe zoe"]
    assert order("?sort=name&dir=desc") == ["Zoe zoe", "Sam sam", "Olga olga"]
    assert order("?sort=last_login&dir=desc")[0] == "Olga olga"
    html = olga.get(f"{STAFF}?sort=name").get_data(as_text=True)
    assert '<th scope="col" aria-sort="ascending"><a class="sort" href="/support/staff?sort=name&amp;dir=desc"' in html


def test_the_list_shows_who_has_a_second_factor(counter: Counter, olga: Browser) -> None:
    Phone.of(counter.world, counter.staff, account(counter, "sam"))
    assert "Sam sam Support Set up Never" in olga.read(STAFF)
    assert "Second factor Set up" in olga.read(page_of(counter, "sam"))


def test_somebody_is_added_and_invited(counter: Counter, olga: Browser) -> None:
    answer = olga.fill(NEW, TINA)
    assert answer.headers["Location"] == f"{page_of(counter, 'tina')}?done=added"
    assert "The invitation has been sent." in olga.read(answer.headers["Location"])
    tina = account(counter, "tina")
    assert (tina.name, tina.email, tina.roles) == ("Tina Support", "tina@vendor.example", (Role.SUPPORT,))
    created, sent = counter.audit("staff")
    assert (created.action, created.actor, created.subject) == ("account.created", "staff/olga", "staff/tina")
    assert created.after["roles"] == ["support"]
    assert (sent.action, sent.after["to"]) == ("account.link_sent", "tina@vendor.example")
    ((mail, _),) = counter.world.bridge.outbox.newest(most=5)
    assert mail.to == "tina@vendor.example"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": ""}, "Must not be empty."),
        ({"username": "OLGA"}, "Is already in use."),
        ({"username": "a\x00b"}, "Must be one line without control characters."),
        ({"email": ""}, "Required"),
        ({"email": "tina"}, "Must be a single plain address"),
        ({"name": "x" * 201}, "Must have at most 200 characters."),
        ({"roles": []}, "Must name at least one."),
        ({"roles": ["tenant_admin"]}, "Must be one of support, operator."),
        ({"roles": ["god"]}, "Must be one of"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_added(
    counter: Counter, olga: Browser, changes: dict[str, object], said: str
) -> None:
    before = len(counter.audit("staff"))
    page = words(olga.fill(NEW, {**TINA, **changes}), status=400)
    assert said in page
    assert len(counter.audit("staff")) == before
    assert counter.world.bridge.outbox.newest(most=5) == []


def test_roles_are_changed_and_hold_at_once(counter: Counter, olga: Browser) -> None:
    sam = counter.browser("sam")
    assert sam.get(STAFF).status_code == 403
    assert press(olga, page_of(counter, "sam"), "roles", roles=["support", "operator"]).status_code == 303
    assert sam.get(STAFF).status_code == 200
    (entry,) = counter.audit("staff")
    assert (entry.action, entry.before, entry.after) == (
        "account.changed",
        {"roles": ["support"]},
        {"roles": ["support", "operator"]},
    )
    press(olga, page_of(counter, "sam"), "roles", roles=["support", "operator"])
    assert len(counter.audit("staff")) == 1


def test_who_is_disabled_is_out_at_once_and_may_come_back(counter: Counter, olga: Browser) -> None:
    sam = counter.browser("sam")
    page = page_of(counter, "sam")
    assert press(olga, page, "disable").headers["Location"] == f"{page}?done=disabled"
    assert counter.world.session(sam.client) is None
    assert password_login(counter.world.client(), "sam", PASSWORD, tenant="staff").status_code == 403
    assert press(olga, page, "enable").status_code == 303
    assert counter.world.session(sam.client) is None
    counter.browser("sam")
    assert [entry.after for entry in counter.audit("staff")] == [{"status": "disabled"}, {"status": "active"}]


@pytest.mark.parametrize(
    ("action", "fields", "said"),
    [
        ("roles", {"roles": ["support"]}, "You cannot remove your own operator role."),
        ("roles", {"roles": []}, "at least one role"),
        ("roles", {"roles": ["agent"]}, "at least one role"),
        ("disable", {}, "You cannot disable your own account."),
    ],
)
def test_an_operator_stays_one(
    counter: Counter, olga: Browser, action: str, fields: dict[str, object], said: str
) -> None:
    counter.world.account(counter.staff, "oscar", roles=[Role.OPERATOR])
    assert said in words(press(olga, page_of(counter, "olga"), action, **fields), status=409)
    assert counter.audit("staff") == []
    assert olga.get(STAFF).status_code == 200


def test_of_two_operators_who_switch_each_other_off_one_stays(counter: Counter, olga: Browser) -> None:
    counter.world.account(counter.staff, "oscar", password=PASSWORD, roles=[Role.OPERATOR])
    oscar = counter.browser("oscar")
    by_oscar, by_olga = signed_in(counter, oscar), signed_in(counter, olga)
    staff = counter.world.bridge.staff
    staff.switch(account(counter, "oscar").id, Status.DISABLED, by=by_olga, client_ip="127.0.0.1")
    with pytest.raises(StaffRefused, match="no longer an operator"):
        staff.switch(account(counter, "olga").id, Status.DISABLED, by=by_oscar, client_ip="127.0.0.1")
    with pytest.raises(StaffRefused, match="no longer an operator"):
        staff.give_roles(account(counter, "olga").id, [Role.SUPPORT], by=by_oscar, client_ip="127.0.0.1")
    assert account(counter, "olga").status is Status.ACTIVE


def test_a_button_that_is_not_there_does_nothing(counter: Counter, olga: Browser) -> None:
    assert press(olga, page_of(counter, "sam"), "delete").status_code == 200
    assert counter.audit("staff") == []


def test_an_invitation_that_cannot_be_sent_says_why(counter: Counter, olga: Browser) -> None:
    page = words(press(olga, page_of(counter, "sam"), "invite"), status=409)
    assert "sam has no valid email" in page.lower()


def test_nobody_but_operators_sees_any_of_it(counter: Counter, olga: Browser) -> None:
    page = page_of(counter, "sam")
    sam = counter.browser("sam")
    for path in (STAFF, NEW, page):
        assert sam.get(path).status_code == 403
        assert counter.world.client().get(path).headers["Location"].startswith("/t/staff/login?next=")
    for path in (NEW, page):
        assert sam.client.post(path, data={"action": "disable", **TINA}).status_code == 403
        assert olga.client.post(path, data={"action": "disable", **TINA}).status_code == 400  # no token
    assert counter.audit("staff") == []


def test_who_signed_in_long_ago_confirms_first(counter: Counter, olga: Browser) -> None:
    page = page_of(counter, "sam")
    token = olga.get(page).get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
    counter.world.clock.forward(601)
    assert olga.get(STAFF).status_code == 200
    for path in (NEW, page):
        assert olga.get(path).headers["Location"].startswith("/account/confirm?next=")
        answer = olga.client.post(path, data={"csrf_token": token, "action": "disable", **TINA})
        assert answer.headers["Location"].startswith("/account/confirm?next=")
    assert counter.audit("staff") == []


def test_an_account_of_another_tenant_is_not_found_here(counter: Counter, olga: Browser) -> None:
    alice = counter.world.account(counter.world.tenant("acme"), "alice")
    assert olga.get(f"{STAFF}/{alice.id}").status_code == 404
    assert olga.fill(f"{STAFF}/{alice.id}", {"action": "disable"}, page=NEW).status_code == 404
