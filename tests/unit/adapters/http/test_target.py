from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.http.target import Target, parse_target
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode


def refusal(url: str, *, allow_http: bool = False) -> SsoError:
    with pytest.raises(SsoError) as stopped:
        parse_target(url, allow_http=allow_http)
    assert stopped.value.code is ReasonCode.ADDRESS_REFUSED
    return stopped.value


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://idp.example", Target("https", "idp.example", 443, "/")),
        ("https://IdP.Example:8443/a/b?c=d&e#f", Target("https", "idp.example", 8443, "/a/b?c=d&e")),
        ("HTTPS://idp.example./x", Target("https", "idp.example.", 443, "/x")),
        ("https://bücher.example/", Target("https", "xn--bcher-kva.example", 443, "/")),
        ("https://[2606:4700::1]:444/", Target("https", "2606:4700::1", 444, "/")),
        ("https://a_b.example/", Target("https", "a_b.example", 443, "/")),
        ("https://2130706433/", Target("https", "2130706433", 443, "/")),
        ("https://idp.example?x=1", Target("https", "idp.example", 443, "/?x=1")),
    ],
)
def test_a_url_is_taken_apart(url: str, target: Target) -> None:
    assert parse_target(url, allow_http=False) == target


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://idp.example/x", "idp.example"),
        ("https://idp.example:443/x", "idp.example"),
        ("https://idp.example:80/x", "idp.example:80"),
        ("http://idp.example:80/x", "idp.example"),
        ("http://[2606:4700::1]:8080/x", "[2606:4700::1]:8080"),
        ("https://[2606:4700::1]/x", "[2606:4700::1]"),
    ],
)
def test_the_host_header_names_a_port_that_is_not_the_usual_one(url: str, authority: str) -> None:
    assert parse_target(url, allow_http=True).authority == authority


def test_http_is_for_development() -> None:
    assert parse_target("http://idp.example", allow_http=True) == Target("http", "idp.example", 80, "/")
    assert refusal("http://idp.example").details == {
        "host": "idp.example",
        "error": "the URL must start with https://, not http://",
    }


@pytest.mark.parametrize("scheme", ["file", "ftp", "gopher", "ws", "javascript", "data", ""])
def test_another_scheme_is_refused_in_development_too(scheme: str) -> None:
    assert refusal(f"{scheme}://idp.example/", allow_http=True).details["error"] == "the URL must start with https://"


@pytest.mark.parametrize("netloc", ["user@evil.example", "user:pass@evil.example", "idp.example@evil.example", "@x"])
def test_a_user_name_is_refused(netloc: str) -> None:
    assert "username" in str(refusal(f"https://{netloc}/").details["error"])


@pytest.mark.parametrize("port", [0, 22, 25, 53, 6379, 5432, 11211, 2375])
def test_a_port_of_another_service_is_refused(port: int) -> None:
    assert refusal(f"https://idp.example:{port}/").details["error"] == f"port {port} is not allowed for a web server"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "idp.example",
        "https://",
        "https:///path",
        "https://:443/",
        "https://idp.example:99999/",
        "https://idp.example:x/",
        "https://[::1/",
        "https://[nonsense]/",
        "https://[fe80::1%25eth0]/\n",
        "https://idp..example/",
        "https://.idp.example/",
        "https://idp.example%2f/",
        "https://idp.example%00/",
        "https://idp.example\\@evil.example/",
        "https://idp.example/\r\nX-Injected: 1",
        "https://idp\t.example/",
        "https://idp.example/a b",
        "https://idp.example/ü",
        "https://ab\u200bcd\u202e.example/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 130 + "example/",
        "https://ex(ample)/",
    ],
)
def test_a_url_that_could_mislead_is_refused(url: str) -> None:
    refusal(url, allow_http=True)


def test_a_refusal_never_shows_path_or_query() -> None:
    assert "secret" not in str(refusal("http://idp.example/secret?code=secret").details)


@given(st.text(), st.sampled_from(["", "https://", "https://idp.example/", "https://idp.example?"]))
def test_any_text_is_either_a_target_or_a_refusal(text: str, before: str) -> None:
    with suppress(SsoError):
        target = parse_target(before + text, allow_http=True)
        assert target.host.isascii()
        assert target.path.isascii()
        assert target.path.startswith("/")
        assert "@" not in target.host
