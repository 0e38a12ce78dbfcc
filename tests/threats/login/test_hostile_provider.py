"""Whatever a provider answers, wherever it is asked: a page with a reason, no session, and honest again at once."""

import socket
import tracemalloc
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from app.domain.reasons import ReasonCode
from tests.builders import BASE_URL, hidden_fields
from tests.fake_idp import changed
from tests.threats.acme import LOGIN, Acme
from tests.threats.login.hostile import (
    ATTACKS,
    DISCOVERY,
    KEYS,
    MEGABYTE,
    ODD,
    REMEMBERED_S,
    SITES,
    Attack,
    Site,
    bomb,
    flood,
    moved,
)

LONGEST_MS = 15_000
MEMORY_MOST = 8 * MEGABYTE


@pytest.fixture(params=SITES, ids=[site.endpoint for site in SITES])
def site(request: pytest.FixtureRequest, steady: Acme) -> Iterator[Site]:
    """Each place where the bridge asks a provider; it has not been there for a long time."""
    found: Site = request.param
    found.open(steady)
    yield found
    found.open(steady)


def log_in(acme: Acme) -> TestResponse:
    """As far as it goes: what stops it, at the start or at the callback, or the answer that signs in."""
    out = acme.browser.get(LOGIN)
    if out.status_code != 302:
        return out
    back = acme.idp.authorize(out.headers["Location"]).callback_url
    return acme.browser.get(back.removeprefix(BASE_URL))


def signs_in_again(acme: Acme) -> None:
    acme.idp.honest()
    acme.world.clock.forward(REMEMBERED_S)
    assert log_in(acme).status_code == 303
    assert acme.opened() == "alice"


def sign_out(acme: Acme) -> str:
    """Where it leads."""
    fields = hidden_fields(acme.browser.get("/account"))
    return acme.browser.post("/logout", data={"csrf_token": fields["csrf_token"]}).headers["Location"]


@pytest.mark.parametrize(("attack", "code"), ATTACKS.values(), ids=ATTACKS)
def test_what_is_no_proper_answer_stops_the_login_and_nothing_else(
    steady: Acme, site: Site, attack: Attack, code: ReasonCode
) -> None:
    steady.idp.answer_by(site.endpoint, lambda _: attack(steady))
    trace = steady.refused(log_in(steady), code)
    assert sum(step["took_ms"] for step in trace["steps"]) < LONGEST_MS
    assert steady.opened() is None
    assert steady.idp.calls.count(site.endpoint) <= 2, "once more only where a kept connection closed before a byte"
    signs_in_again(steady)


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_what_is_no_proper_document_stops_the_login_and_nothing_else(steady: Acme, site: Site, body: bytes) -> None:
    steady.idp.answer(site.endpoint, body=body)
    steady.refused(log_in(steady), site.odd)
    assert steady.opened() is None
    signs_in_again(steady)


def test_a_redirect_inside_is_not_followed(steady: Acme, site: Site) -> None:
    steady.idp.answer_by(site.endpoint, lambda _: moved(steady))
    steady.refused(log_in(steady), site.odd)
    assert "unknown" not in steady.idp.calls
    signs_in_again(steady)


@pytest.mark.parametrize("attack", [flood, bomb])
def test_memory_stays_flat(steady: Acme, site: Site, attack: Attack) -> None:
    attack(steady)
    steady.idp.answer_by(site.endpoint, lambda _: attack(steady))
    tracemalloc.start()
    try:
        steady.refused(log_in(steady), ReasonCode.ANSWER_TOO_LARGE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEMORY_MOST


def test_a_closed_port_stops_the_login(steady: Acme, site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    site.move(steady, f"http://127.0.0.1:{port}/")
    steady.refused(log_in(steady), ReasonCode.PROVIDER_UNREACHABLE)
    site.open(steady)
    signs_in_again(steady)


@pytest.mark.parametrize(
    "inside",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::ffff:192.168.0.1]/",
        "http://2852039166/",
        "http://127.0.0.1:6379/",
    ],
)
def test_an_address_inside_is_not_asked(steady: Acme, site: Site, inside: str) -> None:
    site.move(steady, inside)
    steady.refused(log_in(steady), ReasonCode.ADDRESS_REFUSED)
    site.open(steady)
    signs_in_again(steady)


def test_what_is_no_tls_is_said_so(steady: Acme, site: Site) -> None:
    site.move(steady, steady.idp.base_url.replace("http:", "https:") + "/")
    steady.refused(log_in(steady), ReasonCode.PROVIDER_TLS)
    site.open(steady)
    signs_in_again(steady)


# The documents that only some of them are


@pytest.mark.parametrize("key", [{}, 7, None, {"kty": "oct", "k": "AAAA"}, {"kty": "RSA", "n": "AA", "e": "AQAB"}])
def test_a_hundred_thousand_keys_are_too_many(steady: Acme, key: object) -> None:
    KEYS.open(steady)
    steady.idp.on.jwks(lambda honest: {"keys": [key] * 100_000})
    steady.refused(log_in(steady), ReasonCode.ANSWER_TOO_LARGE)
    signs_in_again(steady)


def test_of_many_keys_the_first_hundred_are_looked_at(steady: Acme) -> None:
    KEYS.open(steady)
    steady.idp.on.jwks(lambda honest: {"keys": [0] * 80_000 + honest["keys"]})
    steady.refused(log_in(steady), ReasonCode.KEYS_UNAVAILABLE)
    steady.world.clock.forward(REMEMBERED_S)
    steady.idp.on.jwks(lambda honest: {"keys": honest["keys"] + [0] * 80_000})
    assert log_in(steady).status_code == 303


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "https://idp.example/\r\nSet-Cookie: a=b",
        "https://alice:secret@idp.example/",
        "https://idp.example\\@evil.example/",
        "//evil.example/",
        "/end_session",
        "https://",
        "https://[::1",
        "https://idp.example:x/",
        ["https://idp.example/"],
        {"url": "https://idp.example/"},
        7,
        True,
    ],
)
def test_an_end_session_endpoint_that_is_no_plain_url_keeps_nobody_in_or_out(steady: Acme, url: object) -> None:
    DISCOVERY.open(steady)
    steady.idp.on.discovery(changed(end_session_endpoint=url))
    assert log_in(steady).status_code == 303
    assert sign_out(steady).startswith("/logged-out")
    assert steady.opened() is None


def test_signing_out_does_not_wait_for_the_provider(steady: Acme) -> None:
    assert log_in(steady).status_code == 303
    steady.idp.hang("end_session")
    assert sign_out(steady).startswith(steady.idp.url("end_session"))
    assert steady.opened() is None
    assert "end_session" not in steady.idp.calls, "the browser goes there, never the bridge"


@pytest.mark.parametrize(("attack", "code"), ATTACKS.values(), ids=ATTACKS)
def test_a_logout_token_whose_key_cannot_be_fetched_signs_nobody_out(
    steady: Acme, attack: Attack, code: ReasonCode
) -> None:
    assert log_in(steady).status_code == 303
    steady.idp.rotate_keys()
    steady.idp.answer_by("jwks", lambda _: attack(steady))
    path, token = f"/backchannel-logout/{steady.main.id}", {"logout_token": steady.idp.logout_token()}
    answer = steady.world.client().post(path, data=token)
    assert (answer.status_code, answer.get_json()["error_description"].partition(" ")[0]) == (400, code)
    assert steady.opened() == "alice"
    steady.idp.honest()
    steady.world.clock.forward(REMEMBERED_S)
    assert steady.world.client().post(path, data=token).status_code == 200
    assert steady.opened() is None


def test_a_known_provider_whose_discovery_turns_bad_signs_in_as_before(steady: Acme) -> None:
    assert log_in(steady).status_code == 303
    for attack in (flood, moved):
        steady.world.clock.forward(3600)
        steady.idp.answer_by("discovery", lambda _, attack=attack: attack(steady))  # type: ignore[misc]  # bound now
        assert log_in(steady).status_code == 303
