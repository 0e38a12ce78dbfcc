import re
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from app.domain.accounts.account import Role
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.planned_switch import PlannedSwitch, SwitchRequest
from app.domain.tenants.tenant import Status
from app.services.staff.tenant_directory import PAGE
from tests.builders import password_login
from tests.fake_idp import FakeProvider
from tests.integration.support.counter import PASSWORD, Counter, words
from tests.services.statements import statements

LONG = "Internationale Vereinigung der Kundendienste für Haushaltsgroßgeräte und Unterhaltungselektronik"


def listed(answer: TestResponse) -> list[str]:
    """The slugs on a list, in order."""
    return re.findall(r'href="/support/tenants/([a-z0-9-]+)"><bdi>', answer.get_data(as_text=True))


# The list


def test_all_tenants_are_listed_by_their_workspace(counter: Counter) -> None:
    counter.world.tenant("globex")
    counter.world.tenant("acme")
    assert listed(counter.browser().get("/support/")) == ["acme", "globex", "staff"]


def test_a_tenant_is_found_by_a_part_of_its_name(counter: Counter) -> None:
    counter.world.tenant("acme", name="Acme Support")
    counter.world.tenant("umbrella", name=LONG)
    browser = counter.browser()
    assert listed(browser.get("/support/?q=kundendienste")) == ["umbrella"]
    assert listed(browser.get("/support/?q=ACM")) == ["acme"]


def test_where_none_is_found_the_page_says_what_to_do_next(counter: Counter) -> None:
    page = counter.browser().get("/support/?q=<script>alert(1)</script>")
    assert "No tenant matches “<script>alert(1)</script>”. Show all" in words(page)
    assert "<script>alert" not in page.get_data(as_text=True)


@pytest.mark.parametrize("query", ["%00", "%F0%9F%98%80", "%25", "a" * 5000, "%ED%A0%80"])
def test_whatever_is_looked_for_the_page_answers(counter: Counter, query: str) -> None:
    assert counter.browser().get(f"/support/?q={query}&after={query}").status_code == 200


def test_a_long_list_is_read_page_by_page_and_each_tenant_once(counter: Counter) -> None:
    slugs = [f"shop-{number:02}" for number in range(2 * PAGE + 3)]
    for slug in slugs:
        counter.world.tenant(slug, name="Shop")
    browser, found, url = counter.browser(), [], "/support/?q=shop"
    while url:
        page = browser.get(url)
        found += listed(page)
        onward = re.search(r'href="(/support/\?[^"]*after[^"]*)">Next page', page.get_data(as_text=True))
        url = onward[1].replace("&amp;", "&") if onward else ""
    assert found == slugs


def test_a_page_beyond_the_last_one_leads_back(counter: Counter) -> None:
    assert "No more tenants. First page" in counter.browser().read("/support/?after=zzz")


def test_each_row_says_how_the_tenant_stands(counter: Counter) -> None:
    now = counter.world.clock.now()
    acme = counter.world.tenant(
        "acme",
        policy=LoginPolicy.PASSWORD,
        status=Status.DISABLED,
        observing_since=now,
        planned=PlannedSwitch(LoginPolicy.SSO_ONLY, at=now + 60, actor="staff/sam", address="", reason="ticket"),
        requested=SwitchRequest(at=now, actor="acme/ada", note=""),
    )
    for name in ("alice", "bob"):
        counter.world.account(acme, name, email=f"{name}@acme.example")
    alice = counter.world.account(acme, "carol")
    with counter.world.bridge.database.write() as work:
        work.accounts.signed_in(acme.id, alice.id, at=now - 3600, method=Method.SSO)
    row = counter.browser().read("/support/?q=acme")
    for said in (
        "Password",
        "Disabled",
        "Observing",
        "Switch planned",
        "Switch requested",
        "1 of 3 proven",
        "1 hour ago",
    ):
        assert said in row


def test_the_list_asks_as_many_questions_for_many_tenants_as_for_few(counter: Counter) -> None:
    browser = counter.browser()

    def questions() -> int:
        with statements(counter.world.bridge.database) as asked:
            browser.get("/support/")
        return len(asked)

    few = questions()
    for number in range(40):
        tenant = counter.world.tenant(f"shop-{number:02}")
        counter.world.account(tenant, "ann")
    assert questions() == few


# One tenant


def test_the_overview_has_what_support_is_asked_on_the_phone(counter: Counter, idp: FakeProvider) -> None:
    acme = counter.world.tenant("acme", email_domains=("acme.example",))
    main = counter.world.connection(acme, idp)
    page = counter.browser().read("/support/tenants/acme")
    for said in (
        "http://localhost:8000/t/acme/login",
        "acme.example",
        f"http://localhost:8000/callback/{main.id}",
        "Never tested",
        "8 hours idle, 1 day total",
        "There are no accounts yet.",
    ):
        assert said in page


def test_a_connection_says_whether_its_present_settings_were_tried(counter: Counter, idp: FakeProvider) -> None:
    acme = counter.world.tenant("acme")
    counter.world.account(acme, "alice", email="alice@acme.example")
    main = counter.world.connection(acme, idp)
    assert counter.world.sign_in(counter.world.client(), idp).status_code == 303
    browser = counter.browser()
    assert "Tested " in browser.read("/support/tenants/acme")
    with counter.world.bridge.database.read() as work:
        tested = work.connections.get(acme.id, main.id)
    assert tested is not None
    counter.world.save(replace(tested, provider=replace(tested.provider, email_trust="always"), status=Status.DISABLED))
    page = browser.read("/support/tenants/acme")
    assert "Changed since last test" in page
    assert "Disabled" in page


def test_logins_that_failed_lead_to_their_references(counter: Counter) -> None:
    acme = counter.world.tenant("acme")
    counter.world.account(acme, "alice", password=PASSWORD)
    answer = password_login(counter.world.client(), "alice", "wrong")
    reference = str(counter.world.trace(answer)["reference"])
    password_login(counter.world.client(), "alice", PASSWORD)
    page = counter.browser().get("/support/tenants/acme").get_data(as_text=True)
    assert re.findall(r'href="(/support/references\?reference=[^"]+)"', page) == [
        f"/support/references?reference={reference}"
    ]


def test_a_new_tenant_says_what_comes_next(counter: Counter) -> None:
    counter.world.tenant("acme")
    assert "An operator can set it up" in counter.browser("sam").read("/support/tenants/acme")
    assert "Set up connection" in counter.browser("olga").read("/support/tenants/acme")


def test_only_operators_are_offered_what_only_operators_may(counter: Counter, idp: FakeProvider) -> None:
    counter.world.connection(counter.world.tenant("acme"), idp)
    forms = ("/support/tenants/new", "/support/tenants/acme/edit", "/support/tenants/acme/sso/new")
    for path in ("/support/", "/support/tenants/acme"):
        offered = counter.browser("sam").get(path).get_data(as_text=True)
        assert [form for form in forms if form in offered] == []
    assert "/support/tenants/new" in counter.browser("olga").get("/support/").get_data(as_text=True)
    overview = counter.browser("olga").get("/support/tenants/acme").get_data(as_text=True)
    assert [form for form in forms if form in overview] == list(forms[1:])


def test_the_pages_of_a_tenant_are_one_click_from_each_other(counter: Counter) -> None:
    counter.world.tenant("acme")
    page = counter.browser().get("/support/tenants/acme").get_data(as_text=True)
    for name in ("readiness", "people", "security", "activity"):
        assert f'href="/support/tenants/acme/{name}"' in page
    page = counter.browser().get("/support/tenants/acme/activity").get_data(as_text=True)
    for name in ("", "/sessions", "/changes"):
        assert f'href="/support/tenants/acme/activity{name}"' in page


def test_a_tenant_that_does_not_exist_is_not_found(counter: Counter) -> None:
    paths = ("", "/readiness", "/trial", "/switch", "/edit", "/sso", "/sso/new", "/sso/main", "/sso/main/address")
    for path in paths:
        assert counter.browser("olga").get(f"/support/tenants/nowhere{path}").status_code == 404


# Who comes in


def test_who_is_not_signed_in_goes_to_the_staffs_login_and_comes_back(counter: Counter) -> None:
    answer = counter.world.client().get("/support/tenants/acme?created=all")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/t/staff/login?next=%2Fsupport%2Ftenants%2Facme"
    client = counter.world.client()
    onward = password_login(client, "sam", PASSWORD, tenant="staff")
    assert onward.status_code == 303


def test_an_admin_of_a_tenant_is_not_let_in_and_told_so(counter: Counter) -> None:
    acme = counter.world.tenant("acme")
    counter.world.account(acme, "ada", password=PASSWORD, roles=[Role.TENANT_ADMIN])
    browser = counter.browser("ada", tenant="acme")
    for path in ("/support/", "/support/tenants/acme", "/support/tenants/acme/switch"):
        assert "have access to this page" in words(browser.get(path), status=403)
