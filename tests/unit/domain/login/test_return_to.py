"""After a login the browser stays on our origin, or goes to a host that the vendor named."""

from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.login.return_to import ACCOUNT_HOME, MAX_LENGTH, return_to
from tests.chance import examples
from tests.threats.login.redirects import ELSEWHERE, origin, where_a_browser_goes

OURS = "https://bridge.example"
PAGE = f"{OURS}/t/acme/login"
HOSTS = ("app.example", "calls.example:8443")

pieces = st.sampled_from(
    [
        *("/", "//", "\\", "\t", "\n", "\r", "\0", " ", "@", ":", "?", "#", ".", "..", "%", ";", "[", "]"),
        *("%2f", "%5c", "%09", "%0d%0a", "%252f", "%255c", "%2e", "%3f", "%23", "%ff", "%u2215", "%C0%AF"),
        *("https:", "http:", "javascript:", "evil.example", "bridge.example", "app.example", "calls.example:8443"),
        *("account", "next=", "\u3002", "\uff0f", "\u2215", "\u202e", "\ud800", "é"),
    ]
)
locations = st.lists(pieces, max_size=10).map("".join) | st.text() | st.text().map("/".__add__)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/account",
        "/account?tab=sessions",
        "/t/acme/login?next=/account",
        "/apps/crm/#/tickets/7",
        "/search?q=100%25&next=https://evil.example/",
        "/search?q=a%20b%0d%0a",
        "/a//b",
        "/a/../b",
        "/a:b@c",
        "/" + "a" * (MAX_LENGTH - 1),
    ],
)
def test_a_path_of_ours_is_kept_as_it_is(path: str) -> None:
    assert return_to(path) == path


@pytest.mark.parametrize("raw", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_anything_else_becomes_the_account_home(raw: str) -> None:
    assert return_to(raw) == ACCOUNT_HOME


def test_nothing_asked_for_is_the_account_home() -> None:
    assert return_to(None) == ACCOUNT_HOME


@pytest.mark.parametrize(
    "raw",
    [
        "https://app.example",
        "https://app.example/",
        "https://APP.example/tickets?id=7#top",
        "https://calls.example:8443/",
        "https://app.example/%2f%2fevil.example",
        "https://app.example//evil.example",
    ],
)
def test_a_host_that_the_vendor_named_is_gone_to(raw: str) -> None:
    assert return_to(raw, hosts=HOSTS) == raw
    assert return_to(raw) == ACCOUNT_HOME


@pytest.mark.parametrize(
    "raw",
    [
        "http://app.example/",
        "HTTPS://app.example/",
        "//app.example/",
        "https:app.example",
        "https:/app.example/",
        "https:///app.example/",
        "https:////app.example/",
        "https:\\\\app.example/",
        "https://app.example\\@evil.example/",
        "https://app.example@evil.example/",
        "https://app.example:@evil.example/",
        "https://mallory@app.example/",
        "https://app.example:444/",
        "https://calls.example/",
        "https://app.example./",
        "https://app.example.evil.example/",
        "https://evil-app.example/",
        "https://evil.example/app.example",
        "https://evil.example?https://app.example/",
        "https://evil.example#app.example",
        "https://evil.example;app.example/",
        "https://app.example%2eevil.example/",
        "https://app.example%00.evil.example/",
        "https://app.example\u3002evil.example/",
        "https://app.example\t.evil.example/",
        "https://app.example\r\nSet-Cookie:a=b",
        "https://app.example/a b",
        "https://[app.example/",
        "https://[::1]/",
        "https://",
        "https://app.example/" + "a" * MAX_LENGTH,
        *ELSEWHERE.values(),
    ],
)
def test_what_only_looks_like_a_named_host_is_not_gone_to(raw: str) -> None:
    assert return_to(raw, hosts=HOSTS) == ACCOUNT_HOME


@settings(max_examples=examples(4))
@given(raw=locations)
@example("/%3f/..//evil.example")
@example("/..//evil.example")
@example("/.//evil.example")
def test_whatever_comes_in_the_browser_stays_on_our_origin(raw: str) -> None:
    location = return_to(raw)
    assert origin(where_a_browser_goes(location, from_page=PAGE)) == OURS


@settings(max_examples=examples(4))
@given(raw=locations)
@example("/%2fevil.example")
@example("/%25%35%63evil.example")
def test_a_proxy_that_decodes_the_path_does_not_lead_away_either(raw: str) -> None:
    path = return_to(raw).split("?", 1)[0].split("#", 1)[0]
    for decoded in (unquote(path), unquote(unquote(path))):
        assert origin(where_a_browser_goes(decoded, from_page=PAGE)) == OURS
        assert "\n" not in decoded.split("?", 1)[0]


@settings(max_examples=examples(4))
@given(raw=locations | locations.map("https://app.example".__add__) | locations.map("https://".__add__))
def test_with_named_hosts_the_browser_goes_to_these_or_stays(raw: str) -> None:
    location = return_to(raw, hosts=HOSTS)
    arrived = origin(where_a_browser_goes(location, from_page=PAGE)).lower()
    assert arrived in {OURS, "https://app.example", "https://calls.example:8443"}


@given(raw=locations | locations.map("https://app.example".__add__))
def test_the_answer_is_visible_ascii_and_stays_as_it_is(raw: str) -> None:
    location = return_to(raw, hosts=HOSTS)
    assert all("!" <= character <= "~" for character in location)
    assert len(location) <= MAX_LENGTH
    assert return_to(location, hosts=HOSTS) == location


@pytest.mark.parametrize("location", ["//evil.example", "/\\evil.example", "/\t/evil.example", "///evil.example"])
def test_the_browser_of_these_tests_does_leave_when_it_is_let(location: str) -> None:
    assert origin(where_a_browser_goes(location, from_page=PAGE)) == "https://evil.example"


@pytest.mark.parametrize("path", ["/My%20Board", "/caf%C3%A9", "/search?q=a%2Fb&x=%0A", "/a%25b#part"])
def test_a_path_with_encoded_characters_is_kept_as_it_is(path: str) -> None:
    assert return_to(path) == path
