"""What every answer carries, whatever it is an answer to (ASVS 5.0, 3.3 and 3.4; docs/security.md, gate 28)."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.web.site.cookies import ATTEMPTS_BYTES, ATTEMPTS_MOST, DROPPED_MOST
from tests.builders import World, hidden_fields
from tests.fake_idp import FakeProvider
from tests.threats.acme import ALICE, LOGIN, Acme, cookies
from tests.threats.running import running_world

PUBLIC = "https://login.vendor.example"


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A bridge whose public address is https, as in production."""
    with running_world(tmp_path_factory.mktemp("secure"), base_url=PUBLIC) as world:
        yield world


@pytest.fixture(scope="module")
def signed_in(secure: World) -> Iterator[tuple[FlaskClient, list[TestResponse]]]:
    """A browser after a whole login there with a choice, and every answer on its way."""
    with FakeProvider() as idp:
        idp.person("alice", email=ALICE)
        tenant = secure.tenant("acme")
        secure.account(tenant, "alice", email=ALICE)
        secure.account(tenant, "alice-lead", email=ALICE)
        secure.connection(tenant, idp)
        browser = secure.app.test_client()
        at = {"base_url": PUBLIC}
        out = browser.get(LOGIN, **at)
        page = browser.get(idp.authorize(out.headers["Location"]).callback_url.removeprefix(PUBLIC), **at)
        account = page.get_data(as_text=True).partition('name="account" value="')[2].partition('"')[0]
        chosen = browser.post("/accounts/choose", data={**hidden_fields(page), "account": account}, **at)
        home = browser.get("/account", **at)
        yield browser, [out, page, chosen, home, browser.get("/session", **at), browser.get("/t/acme/login", **at)]


def set_cookies(answers: list[TestResponse]) -> list[str]:
    return [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]


def test_every_cookie_is_kept_from_scripts_other_hosts_and_plain_http(
    signed_in: tuple[FlaskClient, list[TestResponse]],
) -> None:
    lines = set_cookies(signed_in[1])
    assert {line.partition("=")[0].rpartition("_")[0] for line in lines} >= {"__Host-sso", "__Host-sso_login"}
    for line in lines:
        attributes = {part.strip() for part in line.split(";")[1:]}
        assert line.startswith("__Host-sso_"), line
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= attributes, line
        assert not any(attribute.startswith("Domain") for attribute in attributes), line
        assert len(line) <= 4096


def test_a_session_cookie_planted_by_another_host_is_not_looked_at(
    secure: World, signed_in: tuple[FlaskClient, list[TestResponse]]
) -> None:
    cookie = signed_in[0].get_cookie("__Host-sso_session", domain="login.vendor.example")
    assert cookie
    other = secure.app.test_client()
    other.set_cookie("sso_session", cookie.value, domain="login.vendor.example")
    assert other.get("/session", base_url=PUBLIC).status_code == 401


def every_answer(acme: Acme) -> list[TestResponse]:
    browser = acme.browser
    client_prefix = acme.world.client()
    answers = [
        client_prefix.get(path, buffered=True)
        for path in (
            "/", "/?q=acme", "/?q=nobody", "/t/acme/login", "/t/nobody/login", LOGIN, "/account", "/accounts/choose",
            "/session", "/forward-auth", "/forward-auth?redirect=1", "/logged-out", "/healthz", "/readyz", "/metrics",
            "/nothing", "/static/site.css", "/static/nothing", f"/callback/{acme.main.id}", "/callback/nothing",
        )
    ]  # fmt: skip
    answers += [
        client_prefix.post("/t/acme/login"),
        client_prefix.post("/logout"),
        client_prefix.post("/accounts/choose"),
    ]
    answers += [client_prefix.put("/account"), client_prefix.options("/account"), client_prefix.head("/t/acme/login")]
    answers += [
        client_prefix.post("/t/acme/login", data={"x": "x" * 300_000}),
        acme.password(client_prefix, password="no"),
    ]
    answers += [acme.sign_in(), browser.get("/account"), browser.get("/session"), browser.get("/forward-auth")]
    return answers


def test_every_answer_carries_the_headers_that_protect_people(acme: Acme) -> None:
    for answer in every_answer(acme):
        where = (answer.request.method, answer.request.path, answer.status_code)
        headers = answer.headers
        assert answer.status_code < 500, where
        assert headers["X-Content-Type-Options"] == "nosniff", where
        assert headers["Referrer-Policy"] == "no-referrer", where
        assert headers["X-Frame-Options"] == "DENY", where
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, where
        assert "base-uri 'none'" in policy, where
        assert "frame-ancestors 'none'" in policy, where
        assert "unsafe" not in policy, where
        assert "*" not in policy, where
        assert "no-store" in headers["Cache-Control"], where
        assert "Server" not in headers or "Werkzeug" not in headers["Server"], where
        assert "X-Powered-By" not in headers, where


def test_transport_security_is_demanded_for_a_year(secure: World) -> None:
    for path in ("/", "/nothing", "/session"):
        answer = secure.app.test_client().get(path, base_url=PUBLIC)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_no_page_has_scripts_or_styles_of_its_own(acme: Acme) -> None:
    for answer in every_answer(acme):
        if answer.mimetype == "text/html":
            text = answer.get_data(as_text=True).lower()
            assert "<script>" not in text
            assert "<style" not in text
            assert " style=" not in text
            assert " onclick" not in text
            assert "javascript:" not in text


def test_abandoned_logins_do_not_grow_into_a_cookie_that_breaks_the_next(acme: Acme) -> None:
    for number in range(40):
        acme.browser.get(f"{LOGIN}?next=/{'%22' * 300}{number}")
        kept = {name: value for name, value in cookies(acme.browser).items() if name.startswith("sso_login_")}
        assert len(kept) <= ATTEMPTS_MOST
        assert sum(len(name) + len(value) for name, value in kept.items()) <= ATTEMPTS_BYTES
    assert acme.sign_in().status_code == 303


def test_the_longest_way_on_fits_a_cookie(acme: Acme) -> None:
    answer = acme.browser.get(f"{LOGIN}?next=/{'%22' * 999}")
    (line,) = set_cookies([answer])
    assert len(line) <= 4096


def test_cookies_that_are_none_of_ours_do_not_stop_a_login(acme: Acme) -> None:
    for number in range(30):
        acme.browser.set_cookie(f"sso_login_{number:032}", "planted" * 20)
    assert acme.sign_in().status_code == 303


def test_planted_cookies_make_no_answer_grow(acme: Acme) -> None:
    """More than a thousand fit a request; each would come back as a line of its own."""
    state = acme.sign_in(acme.world.client())
    assert state.status_code == 303
    for planted in (
        [f"sso_login_{number:032x}=x" for number in range(1000)],
        [f"sso_login_{number:032x}={'y' * 4000}" for number in range(15)],
        [f"sso_login_{name}=x" for name in ("", "a" * 33, "../" * 10, "\xff", "__Host-", '"', "é" * 16)],
    ):
        client = acme.world.app.test_client(use_cookies=False)
        answer = client.get(LOGIN, headers={"Cookie": "; ".join(planted)})
        assert answer.status_code == 302
        lines = set_cookies([answer])
        assert len(lines) <= 1 + DROPPED_MOST
        assert sum(map(len, lines)) <= 8192
        assert re.fullmatch(r"sso_login_[0-9a-f]{32}=\S+;.*", lines[-1])


def test_planted_cookies_are_gone_after_a_few_logins(acme: Acme) -> None:
    for number in range(60):
        acme.browser.set_cookie(f"sso_login_{number:032x}", "planted")
    for _ in range(4):
        assert acme.browser.get(LOGIN).status_code == 302
    kept = [name for name in cookies(acme.browser) if name.startswith("sso_login_")]
    assert len(kept) <= ATTEMPTS_MOST
    assert acme.sign_in().status_code == 303


def test_forwarded_headers_are_believed_from_nobody(acme: Acme) -> None:
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "unparsable",
        "Forwarded": "host=evil.example",
        "Host": "evil.example",
        "X-Forwarded-Uri": "//evil.example",
    }
    out = acme.browser.get(LOGIN, headers=forged)
    assert "evil" not in out.headers["Location"]
    answer = acme.browser.get("/forward-auth", headers=forged)
    assert "evil" not in answer.headers["Location"]


def test_no_answer_leads_to_the_host_that_a_request_names(acme: Acme) -> None:
    for path in ("//session", "/t//acme/login", "//evil.example/account", "/account/", "/t/acme/login/", "/."):
        answer = acme.browser.get("/", environ_overrides={"PATH_INFO": path, "HTTP_HOST": "evil.example"})
        assert "evil.example" not in answer.headers.get("Location", "")


def test_headers_of_a_person_are_ours_whatever_the_request_says(acme: Acme) -> None:
    acme.sign_in()
    answer = acme.browser.get("/forward-auth", headers={"X-Auth-Username": "admin", "X_Auth_Username": "admin"})
    assert answer.headers.getlist("X-Auth-Username") == ["alice"]


def test_a_name_cannot_become_a_header(acme: Acme) -> None:
    acme.world.account(acme.tenant, "eve", email="eve@acme.example")
    with acme.world.bridge.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE accounts SET name = ? WHERE username = 'eve'", ("E\r\nX-Auth-Roles: é",))
    acme.idp.person("eve", email="eve@acme.example")
    acme.sign_in()
    answer = acme.browser.get("/forward-auth")
    assert answer.status_code == 200
    assert answer.headers["X-Auth-Name"] == "E%0D%0AX-Auth-Roles: %C3%A9"


def test_a_request_id_is_taken_over_only_where_it_is_harmless(acme: Acme) -> None:
    for given in ("x", "a b c d e f g h", "<script>alert(1)</script>", "é" * 10, "A" * 100):
        assert acme.browser.get("/", headers={"X-Request-Id": given}).headers["X-Request-Id"] != given
    assert acme.browser.get("/", headers={"X-Request-Id": "abcdef-0123"}).headers["X-Request-Id"] == "abcdef-0123"
