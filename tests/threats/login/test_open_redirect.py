"""Nobody uses our login to send a person elsewhere: not by `next`, not by the form, not by a forged host."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.builders import BASE_URL, World, callback_of, choose, hidden_fields
from tests.fake_idp import FakeProvider
from tests.threats.login.redirects import ELSEWHERE, origin, where_a_browser_goes
from tests.threats.running import running_world

PASSWORD = "a long enough password"
FORGED = ("Host", "X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-Original-Host", "Forwarded")

everywhere_else = pytest.mark.parametrize("elsewhere", ELSEWHERE.values(), ids=ELSEWHERE.keys())


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        provider.person("alice", email="alice@acme.example")
        yield provider


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, provider: FakeProvider) -> Iterator[World]:
    with running_world(tmp_path_factory.mktemp("bridge")) as world:
        acme = world.tenant()
        world.connection(acme, provider)
        world.account(acme, "alice", email="alice@acme.example", password=PASSWORD)
        several = world.tenant("several")
        world.connection(several, provider)
        world.account(several, "alice", email="alice@acme.example")
        world.account(several, "alice-lead", email="alice@acme.example")
        yield world


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One that the operator named."""
    with running_world(tmp_path_factory.mktemp("behind"), trusted_proxies=1) as world:
        yield world


def sent_on_to(world: World, headers: dict[str, str]) -> str | None:
    """Where a login that `/forward-auth` asks for would go on to; None: the account home."""
    location = world.client().get("/forward-auth?redirect=1", headers=headers).headers["Location"]
    assert location.startswith(f"{BASE_URL}/")
    return parse_qs(urlsplit(location).query).get("next", [None])[0]


def query(value: str) -> str:
    return urlencode({"next": value}, errors="surrogatepass")


def stays(location: str) -> bool:
    return origin(where_a_browser_goes(location, from_page=f"{BASE_URL}/t/acme/login")) == BASE_URL


def out(browser: FlaskClient, provider: FakeProvider, elsewhere: str, *, tenant: str = "acme") -> str:
    return callback_of(browser, provider, path=f"/t/{tenant}/oauth/login?{query(elsewhere)}")


@everywhere_else
def test_an_oauth_login_ends_at_home_wherever_next_points(elsewhere: str, world: World, provider: FakeProvider) -> None:
    browser = world.client()
    response = browser.get(out(browser, provider, elsewhere))
    assert response.status_code == 303
    assert response.headers["Location"] == "/account"
    assert world.session(browser) is not None


@everywhere_else
def test_a_choice_of_account_ends_at_home_wherever_next_points(
    elsewhere: str, world: World, provider: FakeProvider
) -> None:
    browser = world.client()
    path = out(browser, provider, elsewhere, tenant="several")
    page = browser.get(path, follow_redirects=True)
    account = page.get_data(as_text=True).split('name="account" value="')[1].split('"')[0]
    response = choose(browser, page, account)
    assert response.status_code == 303
    assert response.headers["Location"] == "/account"


@everywhere_else
def test_a_password_login_ends_at_home_wherever_next_points(elsewhere: str, world: World) -> None:
    browser = world.client()
    page = browser.get(f"/t/acme/login?{query(elsewhere)}")
    fields = {**hidden_fields(page), "username": "alice", "password": PASSWORD}
    response = browser.post("/t/acme/login", data=fields)
    assert response.status_code == 303
    assert response.headers["Location"] == "/account"


def test_a_form_whose_next_was_changed_ends_at_home(world: World) -> None:
    browser = world.client()
    page = browser.get("/t/acme/login")
    fields = {**hidden_fields(page), "username": "alice", "password": PASSWORD, "next": "https://evil.example/"}
    response = browser.post("/t/acme/login?next=https://evil.example/", data=fields)
    assert response.headers["Location"] == "/account"


@everywhere_else
def test_the_finder_leads_to_a_login_page_of_ours_wherever_next_points(elsewhere: str, world: World) -> None:
    response = world.client().get(f"/?q=acme&{query(elsewhere)}")
    assert response.headers["Location"] == "/t/acme/login"


@everywhere_else
def test_somebody_who_is_signed_in_stays_with_us_wherever_next_points(
    elsewhere: str, world: World, provider: FakeProvider
) -> None:
    browser = world.client()
    world.sign_in(browser, provider)
    for path in ("/", "/t/acme/login", "/account"):
        location = browser.get(f"{path}?{query(elsewhere)}").headers.get("Location", "/")
        assert stays(location), path


@everywhere_else
def test_no_link_of_a_login_page_leads_elsewhere(elsewhere: str, world: World) -> None:
    text = world.client().get(f"/t/acme/login?{query(elsewhere)}").get_data(as_text=True)
    links = [part.split('"')[0] for part in text.split('href="')[1:]]
    assert links
    assert [link for link in links if not stays(link)] == []
    assert "evil" not in " ".join(links)


@pytest.mark.parametrize(
    "order", [("/account?a=1", "https://evil.example/"), ("https://evil.example/", "/account?a=1")]
)
def test_of_two_nexts_neither_leads_away(order: tuple[str, str], world: World, provider: FakeProvider) -> None:
    browser = world.client()
    path = f"/t/acme/oauth/login?{'&'.join(map(query, order))}"
    location = browser.get(callback_of(browser, provider, path=path)).headers["Location"]
    assert stays(location)


def test_a_path_of_ours_survives_the_way_out_and_back(world: World, provider: FakeProvider) -> None:
    browser = world.client()
    wanted = "/apps/crm?ticket=7&back=https://evil.example/#notes"
    assert browser.get(out(browser, provider, wanted)).headers["Location"] == wanted


@pytest.mark.parametrize("header", FORGED)
def test_a_forged_host_is_in_nothing_that_we_send(header: str, world: World) -> None:
    forged = {header: "host=evil.example" if header == "Forwarded" else "evil.example"}
    paths = ("/", "/?q=acme", "/t/acme/login", "/forward-auth?redirect=1", "/account", "/nowhere", "/t//acme/login")
    for path in paths:
        response = world.client().get(path, headers=forged)
        assert "evil.example" not in response.headers.get("Location", ""), path
        assert "evil.example" not in response.get_data(as_text=True), path


@pytest.mark.parametrize("path", ["//session", "//evil.example/..", "//evil.example/%2e%2e", "/session/", "/./session"])
def test_a_path_that_is_not_written_plainly_is_not_redirected(path: str, world: World) -> None:
    # As an overridden environment, because the test client would take the second slash for the beginning of a host.
    response = world.client().get("/", environ_overrides={"PATH_INFO": path}, headers={"Host": "evil.example"})
    assert response.status_code in {401, 404}
    assert "Location" not in response.headers


def test_an_address_without_its_last_slash_is_not_redirected_to_a_forged_host(world: World) -> None:
    rules = list(world.app.url_map.iter_rules())
    assert {"/admin/", "/support/"} <= {rule.rule for rule in rules}
    router = world.app.url_map.bind("evil.example")
    for rule in rules:
        path = re.sub(r"<[^>]*>", "x", rule.rule)
        for written in {path.rstrip("/") or "/", path.rstrip("/") + "/"}:
            try:
                router.match(written, method=min(rule.methods or {"GET"}))
            except RequestRedirect as redirect:
                pytest.fail(f"{written} goes to {redirect.new_url}")
            except HTTPException:
                continue
    for path in ("/admin", "/support"):
        response = world.client().get(path, headers={"Host": "evil.example"})
        assert response.headers.get("Location", "/").startswith("/"), path


@pytest.mark.parametrize("header", FORGED)
def test_a_forged_host_is_not_where_the_provider_sends_the_code(header: str, world: World) -> None:
    forged = {header: "host=evil.example" if header == "Forwarded" else "evil.example"}
    response = world.client().get("/t/acme/oauth/login", headers=forged)
    if response.status_code == 302:
        sent = parse_qs(urlsplit(response.headers["Location"]).query)
        assert sent["redirect_uri"][0].startswith(f"{BASE_URL}/callback/")
    else:
        assert response.status_code == 400


@pytest.mark.parametrize("header", ["X-Forwarded-Uri", "X-Original-Uri"])
def test_a_reverse_proxy_that_nobody_named_cannot_say_where_to_go(
    header: str, world: World, behind_a_proxy: World
) -> None:
    asked = {header: "/apps/crm"}
    assert sent_on_to(behind_a_proxy, asked) == "/apps/crm", "one that is named can"
    assert sent_on_to(world, asked) is None


@everywhere_else
def test_through_a_named_reverse_proxy_nobody_says_to_go_elsewhere(elsewhere: str, behind_a_proxy: World) -> None:
    clean = elsewhere.encode("utf-8", "surrogatepass").decode("latin-1").replace("\r", "").replace("\n", "")
    for header in ("X-Forwarded-Uri", "X-Original-Uri"):
        wanted = sent_on_to(behind_a_proxy, {header: clean[:2000], "X-Forwarded-Host": "evil.example"})
        assert wanted is None or stays(wanted)
