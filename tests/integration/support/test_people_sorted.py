"""The list of people can be sorted, and stays searched, filtered and sorted from page to page."""

import re
from html import unescape

from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant
from app.services.accounts.people import PAGE
from tests.integration.support.counter import Browser, Counter

PEOPLE = "/support/tenants/acme/people"
ROW = re.compile(r'<th scope="row"><a href="[^"]+"><bdi>([^<]+)</bdi>')
SORT = re.compile(r'aria-sort="(\w+)"><a class="sort" href="([^"]+)"')


def names(browser: Browser, path: str) -> list[str]:
    return ROW.findall(browser.get(path).get_data(as_text=True))


def heading(browser: Browser, path: str, label: str) -> str:
    found = re.search(rf'<a class="sort" href="([^"]+)"[^>]*>{label}<', browser.get(path).get_data(as_text=True))
    assert found
    return unescape(found[1])


def signed_in(counter: Counter, tenant: Tenant, *usernames: str) -> None:
    """One after the other."""
    for number, username in enumerate(usernames):
        account = counter.world.account(tenant, username)
        with counter.world.bridge.database.write() as work:
            work.accounts.signed_in(tenant.id, account.id, at=1_790_000_000.5 + number, method=Method.SSO)


def test_by_last_login_the_newest_comes_first_and_a_second_click_turns_it_round(counter: Counter) -> None:
    acme = counter.world.tenant("acme")
    signed_in(counter, acme, "zoe", "bob")
    counter.world.account(acme, "never")
    browser = counter.browser("sam")
    assert names(browser, PEOPLE) == ["Bob", "Never", "Zoe"]
    newest = heading(browser, PEOPLE, "Last login")
    assert names(browser, newest) == ["Bob", "Zoe", "Never"]
    assert SORT.findall(browser.get(newest).get_data(as_text=True))[0][0] == "descending"
    assert names(browser, heading(browser, newest, "Last login")) == ["Never", "Zoe", "Bob"]
    assert names(browser, heading(browser, PEOPLE, "Person")) == ["Zoe", "Never", "Bob"]


def test_the_order_is_kept_on_the_next_page_and_in_the_search(counter: Counter) -> None:
    acme = counter.world.tenant("acme")
    signed_in(counter, acme, *(f"person-{number:03}" for number in range(PAGE + 2)))
    browser = counter.browser("sam")
    first = f"{PEOPLE}?q=person&sort=last_login&dir=desc"
    html = browser.get(first).get_data(as_text=True)
    assert '<input type="hidden" form="people-search" name="sort" value="last_login">' in html
    following = re.search(r'href="([^"]+)">Next page', html)
    assert following
    seen = [*names(browser, first), *names(browser, unescape(following[1]))]
    assert seen == [f"Person-{number:03}" for number in reversed(range(PAGE + 2))]


def test_nonsense_in_the_address_is_the_usual_order(counter: Counter) -> None:
    signed_in(counter, counter.world.tenant("acme"), "zoe", "bob")
    browser = counter.browser("sam")
    for query in ("sort=password_hash", "dir=up", "sort=last_login&after=nonsense", "sort=last_login&after=nan x"):
        assert browser.get(f"{PEOPLE}?{query}").status_code == 200
    assert names(browser, f"{PEOPLE}?sort=password_hash") == ["Bob", "Zoe"]
