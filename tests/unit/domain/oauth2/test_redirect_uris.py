"""Which redirect URIs may be registered, and which of a request's are registered ones."""

import pytest

from app.domain.oauth2.redirect_uris import is_registered, redirect_uri_problem

WEB = "https://app.example/callback"
LOOPBACK = "http://127.0.0.1/callback"


@pytest.mark.parametrize(
    "uri",
    [
        WEB,
        "https://app.example/callback?tenant=acme",
        "https://app.example:8443",
        LOOPBACK,
        "http://[::1]:7777/cb",
        "http://localhost/cb",
        "com.example.desk:/callback",
        "com.example.desk://callback",
    ],
)
def test_https_loopback_and_an_apps_own_scheme_may_be_registered(uri: str) -> None:
    assert redirect_uri_problem(uri) is None


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/callback",
        "http://app.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://10.0.0.1/callback",
        "https://app.example/callback#top",
        "https://app.example/callback#",
        "https://user@app.example/callback",
        "https://user:word@app.example/callback",
        "com.example.desk://user@callback",
        "https://*.app.example/callback",
        "https:///callback",
        "https://app.example\\@evil.example/",
        "https://app.example/call back",
        "https://app.example/ä",
        "https://app.example/\r\nSet-Cookie: a=b",
        "https://app.example:99999/callback",
        "https://app.example/callback?code=mine",
        "https://app.example/callback?state=",
        "desk:/callback",
        "javascript:alert(1)",
        "data:text/html,hello",
        "file:///etc/passwd",
        "https://app.example/" + "a" * 2000,
    ],
)
def test_nothing_else_may(uri: str) -> None:
    assert redirect_uri_problem(uri) is not None


@pytest.mark.parametrize("port", ["", ":1", ":8000", ":65535"])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_a_native_apps_loopback_uri_matches_on_any_port(host: str, port: str) -> None:
    registered = f"http://{host}/callback?desk=1"

    assert is_registered(f"http://{host}{port}/callback?desk=1", [registered])


def test_a_registered_port_of_a_loopback_uri_does_not_bind_the_app() -> None:
    assert is_registered("http://127.0.0.1:50000/callback", ["http://127.0.0.1:8000/callback"])


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:65536/callback",
        "http://127.0.0.1:080/callback",
        "http://127.0.0.1:8000:9000/callback",
        "http://127.0.0.1:/callback",
        "http://127.0.0.1:8000",
        "http://127.0.0.1:8000/",
        "http://127.0.0.1:8000/callback/",
        "http://127.0.0.1:8000/callback?x=1",
        "http://127.0.0.1:8000/callback#x",
        "http://127.0.0.1:8000@evil.example/callback",
        "http://127.0.0.1:8000\\@evil.example/callback",
        "http://evil.example/callback",
        "http://localhost:8000/callback",
        "http://[::1]:8000/callback",
        "http://127.1:8000/callback",
        "http://0177.0.0.1/callback",
        "http://127.0.0.1.evil.example/callback",
        "https://127.0.0.1:8000/callback",
        "HTTP://127.0.0.1:8000/callback",
    ],
)
def test_only_the_port_is_free(uri: str) -> None:
    assert not is_registered(uri, [LOOPBACK])
