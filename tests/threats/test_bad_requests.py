"""Whatever somebody sends to a public address: an answer below 500, at once, and nothing stored."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.services.traces.traces import UNCORRELATED_PER_MINUTE
from tests.builders import BASE_URL
from tests.chance import ONE_WORLD, examples
from tests.threats.acme import Acme, session_cookie

PATHS = (
    "/", "/t/acme/login", "/t/acme/oauth/login", "/callback/{main}", "/accounts/choose", "/account", "/logout",
    "/logged-out", "/session", "/forward-auth", "/healthz", "/backchannel-logout/{main}", "/frontchannel-logout/{main}",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "X" * 100)
TYPES = (
    "application/json", "application/xml", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded", "x", "", "a/b;" * 500,
    "application/octet-stream", "multipart/form-data; boundary=" + "x" * 5000,
)  # fmt: skip
TEXTS = (
    b"%00", b"%ff%fe", b"%ed%a0%80", b"%f0%9f%98%80", b"%0d%0aSet-Cookie:%20sso_session=x", b"%", b"%zz", b"%%%",
    b"'%22%3E%3Cscript%3Ealert(1)%3C/script%3E", b"..%2f..%2fetc%2fpasswd", b"\xff\xfe", b"\xc3\x28", b"{{7*7}}",
    b"%24%7Bjndi:ldap://x%7D", b"x" * 9000, b"%E2%80%AE", b"[]", b"a&" * 2000,
)  # fmt: skip
NAMES = (
    "state", "code", "iss", "error", "next", "q", "connection", "login_hint", "prompt", "username", "password",
    "csrf_token", "ticket", "account", "tenant", "redirect", "reposted", "logout_token", "sid",
)  # fmt: skip

READERS = {
    "next": ("/", "/t/acme/login", "/t/acme/oauth/login"),
    "q": ("/",),
    "connection": ("/t/acme/oauth/login",),
    "login_hint": ("/t/acme/oauth/login",),
    "prompt": ("/t/acme/oauth/login",),
    "username": ("/t/acme/login",),
    "password": ("/t/acme/login",),
    "csrf_token": ("/t/acme/login", "/accounts/choose", "/logout"),
    "ticket": ("/accounts/choose",),
    "account": ("/accounts/choose",),
    "tenant": ("/logged-out", "/forward-auth"),
    "redirect": ("/forward-auth",),
    "state": ("/callback/{main}", "/logged-out"),
    "logout_token": ("/backchannel-logout/{main}",),
    "sid": ("/frontchannel-logout/{main}",),
    "iss": ("/callback/{main}", "/frontchannel-logout/{main}", "/t/acme/oauth/login"),
}
"""Which addresses read a parameter; the callback reads what is not listed."""


@pytest.fixture(scope="module")
def _bad(_shared: Acme) -> Acme:
    return _shared


@pytest.fixture
def steady(_bad: Acme) -> Iterator[Acme]:
    """acme, where nothing may have been stored afterwards but a few traces of what nobody had begun."""
    _bad.world.clock.forward(3600)
    _bad.browser = _bad.world.client()
    before = _bad.rows()
    yield _bad
    grown = {name: count - before[name] for name, count in _bad.rows().items() if count != before[name]}
    assert grown.keys() <= {"traces", "counters"}, grown
    assert grown.get("traces", 0) <= 3 * UNCORRELATED_PER_MINUTE


def send(acme: Acme, method: str, path: str, **request: Any) -> TestResponse:
    answer = acme.browser.open(path.format(main=acme.main.id), method=method, buffered=True, **request)
    where = (method, path, request, answer.status_code)
    assert answer.status_code < 500, where
    assert answer.mimetype in {"text/html", "application/json", "application/problem+json", "text/plain"}, where
    if answer.status_code >= 400 and answer.mimetype == "text/html" and method != "HEAD":
        assert 'data-reference="' in answer.get_data(as_text=True), where
    assert session_cookie(answer) is None, where
    assert "Traceback" not in answer.get_data(as_text=True), where
    assert "<script>alert" not in answer.get_data(as_text=True), where
    return answer


@pytest.mark.parametrize("path", PATHS)
def test_no_method_breaks(steady: Acme, path: str) -> None:
    for method in METHODS:
        send(steady, method, path)


@pytest.mark.parametrize("path", PATHS)
def test_no_content_type_breaks(steady: Acme, path: str) -> None:
    for kind in TYPES:
        for body in (b"", b"{}", b"a=b&a=c", b"--x\r\n\r\n", b"\x00" * 100, b'{"state": "x"}'):
            send(steady, "POST", path, data=body, content_type=kind)


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_a_parameter_breaks(steady: Acme, name: str) -> None:
    for value in TEXTS:
        pair = name.encode() + b"=" + value
        for path in READERS.get(name, ("/callback/{main}",)):
            send(steady, "GET", path, query_string=pair.decode("latin-1"))
            send(steady, "POST", path, data=pair, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize("name", NAMES)
def test_no_parameter_sent_twice_breaks(steady: Acme, name: str) -> None:
    for path in PATHS:
        send(steady, "GET", path, query_string=f"{name}=a&{name}=b&{name}[]=c&{name}[x]=d")
        send(steady, "POST", path, data={name: ["a", "b"]})


@pytest.mark.parametrize("path", PATHS)
def test_no_oversized_body_breaks(steady: Acme, path: str) -> None:
    for body in (b"x=" + b"y" * 300_000, b"&".join(b"a=b" for _ in range(60_000))):
        answer = send(steady, "POST", path, data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code >= 400 or path == "/logout"
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' for _ in range(2000))
    send(steady, "POST", path, data=parts + b"--x--\r\n", content_type="multipart/form-data; boundary=x")


COOKIES = (
    "sso_session=" + "x" * 60_000, "sso_browser=\xff\xfe", 'sso_session="\\377\\376"', "=", ";" * 5000, "=x; =y",
    "; ".join(f"sso_login_{number:032}=x" for number in range(300)), "sso_session=a; sso_session=b",
    "sso_browser=\x01", "sso_logout=x", "sso_login_=x", "__Host-sso_session=x; sso_session=",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_cookie_breaks(steady: Acme, path: str) -> None:
    for cookie in COOKIES:
        for method in ("GET", "POST"):
            send(steady, method, path, headers={"Cookie": cookie}, data={} if method == "GET" else {"state": "x"})


HEADERS = {
    "Host": ("a b", "[::1", "x:y:z", "evil.example", "<script>", "localhost:99999"),
    "Accept-Language": ("en;q=zz", "x" * 5000, ",,;;", "*", "\xff", "de-DE-u-co-phonebk", "en;q=1e999"),
    "Accept": ("x", "*/*;q=zz", "a/" * 3000),
    "Content-Length": ("-1", "x", "999999999999", ""),
    "Transfer-Encoding": ("chunked", "x"),
    "Authorization": ("Basic x", "Basic " + "=" * 100, "Bearer \xff", "Digest username=x", "x"),
    "Range": ("bytes=0-0", "bytes=x", "bytes=" + "0-0," * 500),
    "If-Modified-Since": ("x", "Thu, 99 Foo 9999 99:99:99 GMT"),
    "Expect": ("100-continue", "x"),
    "X-Forwarded-For": ("x" * 5000, "\xff", ","),
    "Origin": ("null", "https://evil.example"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_breaks(steady: Acme, name: str) -> None:
    for value in HEADERS[name]:
        for path in PATHS:
            send(steady, "GET", path, headers={name: value})
        if name != "Content-Length":  # the test client waits for a body that never comes
            send(steady, "POST", "/t/acme/login", headers={name: value}, data={"username": "alice"})


VARIANTS = (
    "/t/%00/login", "/t/%ff/login", "/t/%ed%a0%80/login", "/t/..%2f..%2f/login", "/t/' OR 1=1/login",
    "/t/" + "a" * 9000 + "/login", "/t/ACME/login", "/callback/%00", "/callback/%ff", "/callback/" + "a" * 9000,
    "/callback/", "/callback/../account", "/callback/{main}/", "/callback/{main}%00", "/t/acme/oauth/login/", "/%2e%2e",
    "/static/..%2f..%2fapp%2fwsgi.py", "/static/%00", "/static/", "/.git/config", "/.env", "/wp-login.php",
    "/;/account",
)  # fmt: skip


@pytest.mark.parametrize("path", VARIANTS)
def test_no_path_breaks(steady: Acme, path: str) -> None:
    for method in ("GET", "POST"):
        answer = send(steady, method, path)
        assert 400 <= answer.status_code < 500
    raw = path.format(main=steady.main.id).encode("latin-1", "replace").decode("latin-1")
    send(steady, "GET", "/", environ_overrides={"PATH_INFO": raw + "\xff\xed\xa0\x80\x00"})


def test_a_machine_is_answered_in_json(steady: Acme) -> None:
    for path in ("/session", "/forward-auth", "/session/x"):
        for method in ("GET", "POST", "DELETE"):
            answer = send(steady, method, path)
            assert answer.mimetype == "application/problem+json", (method, path)
            assert answer.get_json()["status"] == answer.status_code


def test_a_bad_request_is_answered_under_the_bridges_own_address(steady: Acme) -> None:
    for path in ("//evil.example", "/\\evil.example", "/%5cevil.example", "/t/acme/login/..//evil.example"):
        answer = send(steady, "GET", "/", environ_overrides={"PATH_INFO": path})
        location = answer.headers.get("Location", "/")
        assert location.startswith(("/", BASE_URL))
        assert "evil" not in location


@settings(max_examples=examples(0.6), suppress_health_check=ONE_WORLD)
@given(
    query=st.dictionaries(st.sampled_from(NAMES), st.text(max_size=60), max_size=5),
    form=st.dictionaries(st.sampled_from(NAMES), st.text(max_size=60), max_size=5),
    path=st.sampled_from(PATHS),
)
def test_nothing_that_chance_makes_up_breaks(
    steady: Acme, path: str, query: dict[str, str], form: dict[str, str]
) -> None:
    sent = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    filled = {name: value.encode("utf-8", "replace").decode() for name, value in form.items()}
    send(steady, "GET", path, query_string=sent)
    send(steady, "POST", path, query_string=sent, data=filled)
