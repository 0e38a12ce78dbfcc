"""One box for whoever calls: a reference, a person or a tenant, straight to the page if there is one answer."""

import pytest

from app.domain.accounts.account import Role
from tests.builders import password_login, reference_in
from tests.integration.support.counter import PASSWORD, Counter

SEARCH = "/support/search?q="


@pytest.fixture(autouse=True)
def customers(counter: Counter) -> None:
    for slug, name in (("acme", "Acme Support"), ("acme-eu", "Acme Europe"), ("globex", "Globex")):
        tenant = counter.world.tenant(slug, name=name, email_domains=(f"{slug}.example",))
        counter.world.account(tenant, "bob", email=f"bob@{slug}.example")
        counter.world.account(tenant, f"ada-{slug}", email=f"ada@{slug}.example", roles=[Role.TENANT_ADMIN])


def target(counter: Counter, query: str, *, who: str = "sam") -> str:
    answer = counter.browser(who).get(f"{SEARCH}{query}")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


@pytest.mark.parametrize("query", ["ADA-Globex", "ada@globex.example", "ADA@GLOBEX.EXAMPLE", "globex/ada"])
def test_one_person_is_opened_at_once(counter: Counter, query: str) -> None:
    where = target(counter, query)
    assert where.startswith("/support/tenants/globex/")
    assert "ada@globex.example" in counter.browser().read(where)


@pytest.mark.parametrize("query", ["Globex", "lobe", "someone.new@globex.example"])
def test_one_tenant_is_opened_at_once(counter: Counter, query: str) -> None:
    assert target(counter, query) == "/support/tenants/globex"


def test_a_reference_is_opened_as_it_was_read_out(counter: Counter) -> None:
    reference = reference_in(password_login(counter.world.client(), "bob", "wrong", tenant="acme"))
    typed = reference.replace("-", " ").lower().replace("0", "o")
    assert target(counter, typed) == f"/support/references?q={reference}"


def test_several_answers_are_a_list_in_groups(counter: Counter) -> None:
    page = counter.browser().read(f"{SEARCH}bob")
    for slug in ("acme", "acme-eu", "globex"):
        assert f"bob@{slug}.example" in page
    page = counter.browser().read(f"{SEARCH}acme")
    assert "Acme Europe" in page
    assert page.index("Acme Support acme") < page.index("Acme Europe acme-eu"), "the one that is named in full first"
    assert "any part of the name of a tenant" in page


def test_people_are_found_by_the_beginning_of_their_names_only(counter: Counter) -> None:
    page = counter.browser().read(f"{SEARCH}ad")
    assert "ada-globex" in page
    assert counter.browser().read(f"{SEARCH}ob@acme-eu", status=404)


def test_what_is_not_there_says_what_to_try(counter: Counter) -> None:
    page = counter.browser().read(f"{SEARCH}nobody", status=404)
    assert "Nothing begins with “nobody”" in page


@pytest.mark.parametrize("query", ["", "%20", "%00", "%", "_", "%5C", "x" * 5000, "/", "//", "acme/", "%F0%9F%A6%84"])
def test_odd_input_is_only_text(counter: Counter, query: str) -> None:
    assert counter.browser().get(f"{SEARCH}{query}").status_code in {200, 303, 404}


def test_the_vendors_own_people_are_found_by_operators_alone(counter: Counter) -> None:
    assert counter.browser("sam").get(f"{SEARCH}olga").status_code == 404
    assert counter.browser("sam").get(f"{SEARCH}staff/olga").headers["Location"] == "/support/tenants/staff"
    assert target(counter, "olga", who="olga").startswith("/support/tenants/staff/")


def test_every_page_of_the_console_has_the_box(counter: Counter) -> None:
    html = counter.browser().get("/support/").get_data(as_text=True)
    assert 'action="/support/search"' in html
    acme = counter.tenant("acme")
    counter.world.account(acme, "amy", password=PASSWORD, roles=[Role.TENANT_ADMIN])
    own = counter.browser("amy", tenant="acme").get("/admin/").get_data(as_text=True)
    assert "/support/search" not in own


def test_the_list_of_tenants_says_what_failed_today_and_since_when_a_provider_fails(counter: Counter) -> None:
    for _ in range(2):
        password_login(counter.world.client(), "bob", "wrong", tenant="acme")
    page = counter.browser().read("/support/?q=acme")
    assert "Failed today" in page
    row = counter.browser().get("/support/?q=acme").get_data(as_text=True)
    assert '<a href="/support/tenants/acme/activity?outcome=unsuccessful">2</a>' in row
