from dataclasses import replace
from typing import Any

import pytest

from app.domain.connections.connection import ConnectionId, Protocol
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.outbound import Answer
from tests.unit.adapters.provider.in_memory import (
    DISCOVERY,
    ISSUER,
    JWKS,
    TOKEN,
    USERINFO,
    World,
    answer,
    connection,
    metadata,
)

MANUAL = {"authorization_endpoint": f"{ISSUER}/manual", "token_endpoint": TOKEN}
BAD_URLS = [
    "javascript:alert(1)", "data:text/html,x", "//idp.acme.example/x", "/authorize", "https://", "https:///x", "",
    "https://user@idp.acme.example/", "https://a:b@idp.acme.example/", "https://idp.acme.example/#x",
    "https://idp.acme.example\\@evil.example/", "https://idp.acme.example/a b", "https://idp.acme.example/\r\nX: 1",
    "https://idp.acme.example:99999/", "https://[::1/", "ftp://idp.acme.example/", "https://ïdp.example/",
    f"https://idp.acme.example/{'x' * 2048}", "http://idp.acme.example/", 7, [], {}, True,
]  # fmt: skip


def refusal(world: World, **settings: Any) -> SsoError:
    with pytest.raises(SsoError) as stopped:
        world.begin(connection(**settings))
    return stopped.value


def test_the_endpoints_come_from_discovery_under_the_issuer() -> None:
    world = World()
    assert world.begin().startswith(f"{ISSUER}/authorize?")
    assert [request.url for request in world.outbound.sent] == [DISCOVERY]
    assert world.outbound.bulkhead_keys == ["conn"]


def test_an_issuers_final_slash_is_not_doubled_and_still_compared() -> None:
    world = World()
    world.outbound.replies[DISCOVERY] = answer(metadata(issuer=f"{ISSUER}/"))
    assert world.begin(connection(issuer=f"{ISSUER}/"))
    stopped = refusal(world)
    assert stopped.code is ReasonCode.ISSUER_MISMATCH
    assert stopped.details == {"expected": ISSUER, "received": f"{ISSUER}/"}


def test_a_discovery_url_of_its_own_does_not_loosen_the_issuer() -> None:
    world = World()
    elsewhere = "https://elsewhere.example/metadata"
    world.outbound.replies[elsewhere] = answer(metadata())
    assert world.begin(connection(discovery_url=elsewhere))
    world.outbound.replies[elsewhere] = answer(metadata(issuer="https://elsewhere.example"))
    world.clock.forward(600)
    assert refusal(world, discovery_url=elsewhere).code is ReasonCode.ISSUER_MISMATCH


@pytest.mark.parametrize(
    "issuer", ["https://evil.example", f"{ISSUER}/", ISSUER.upper(), ..., None, 7, [ISSUER], {"issuer": ISSUER}]
)
def test_a_document_of_another_issuer_stops_the_login_before_any_redirect(issuer: object) -> None:
    world = World()
    world.outbound.replies[DISCOVERY] = answer(metadata(issuer=issuer))
    stopped = refusal(world)
    assert stopped.code is ReasonCode.ISSUER_MISMATCH
    assert stopped.details["expected"] == ISSUER
    assert len(world.outbound.sent) == 1


def test_the_entra_template_of_a_shared_issuer_is_refused() -> None:
    world = World()
    shared = "https://login.microsoftonline.com/common/v2.0"
    url = f"{shared}/.well-known/openid-configuration"
    world.outbound.replies[url] = answer(metadata(issuer="https://login.microsoftonline.com/{tenantid}/v2.0"))
    assert refusal(world, issuer=shared).code is ReasonCode.ISSUER_MISMATCH


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer([]), ReasonCode.DISCOVERY_INVALID),
        (answer(b"<html>"), ReasonCode.DISCOVERY_INVALID),
        (answer(b""), ReasonCode.DISCOVERY_INVALID),
        (answer(b'{"a":' * 90_000), ReasonCode.DISCOVERY_INVALID),
        (answer(metadata(), status=404), ReasonCode.DISCOVERY_INVALID),
        (answer(metadata(), status=302), ReasonCode.DISCOVERY_INVALID),
        (answer(metadata(), status=503), ReasonCode.PROVIDER_ERROR),
        (SsoError(ReasonCode.PROVIDER_TLS, host="idp"), ReasonCode.PROVIDER_TLS),
        (SsoError(ReasonCode.ANSWER_TOO_LARGE, host="idp"), ReasonCode.ANSWER_TOO_LARGE),
    ],
)
def test_what_is_no_discovery_document_says_why(reply: Answer | SsoError, code: ReasonCode) -> None:
    world = World()
    world.outbound.replies[DISCOVERY] = reply
    stopped = refusal(world)
    assert (stopped.code, stopped.details["endpoint"]) == (code, "discovery")


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize("url", BAD_URLS)
def test_an_endpoint_that_is_no_plain_https_url_makes_the_document_invalid(name: str, url: object) -> None:
    world = World()
    world.outbound.replies[DISCOVERY] = answer(metadata(**{name: url}))
    stopped = refusal(world)
    assert (stopped.code, stopped.details["endpoint"]) == (ReasonCode.DISCOVERY_INVALID, name)


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_bad_logout_endpoint_is_only_left_out(url: object) -> None:
    world = World()
    world.outbound.replies[DISCOVERY] = answer(metadata(end_session_endpoint=url))
    assert world.identify().end_session_endpoint is None


def test_http_is_for_development_only() -> None:
    for allow_http in (True, False):
        world = World(allow_http=allow_http)
        world.outbound.replies[DISCOVERY] = answer(metadata(authorization_endpoint="http://127.0.0.1:8080/authorize"))
        if allow_http:
            assert world.begin().startswith("http://127.0.0.1:8080/authorize?")
        else:
            assert refusal(world).code is ReasonCode.DISCOVERY_INVALID


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_an_endpoint_that_nobody_names_is_missing_and_looked_for_again_soon(name: str) -> None:
    world = World()
    world.outbound.replies[DISCOVERY] = answer(metadata(**{name: ...}))
    stopped = refusal(world)
    assert (stopped.code, stopped.details) == (ReasonCode.ENDPOINT_MISSING, {"endpoint": name})
    world.outbound.replies[DISCOVERY] = answer(metadata())
    world.clock.forward(10)
    assert world.begin()


def test_keys_are_not_needed_where_only_the_client_secret_signs() -> None:
    world = World()
    world.outbound.replies[DISCOVERY] = answer(metadata(jwks_uri=...))
    assert world.begin(connection(signing_algs=("HS256",)))


@pytest.mark.parametrize("keys", [{"jwks_uri": JWKS}, {"jwks": '{"keys": []}'}, {"signing_algs": ("HS256",)}])
def test_with_all_endpoints_given_nothing_is_discovered(keys: dict[str, Any]) -> None:
    world = World()
    assert world.begin(connection(**MANUAL, **keys)).startswith(f"{ISSUER}/manual?")
    assert world.outbound.sent == []


def test_what_the_connection_names_goes_before_what_is_discovered() -> None:
    world = World()
    assert world.begin(connection(authorization_endpoint=f"{ISSUER}/own")).startswith(f"{ISSUER}/own?")
    assert world.outbound.calls(DISCOVERY) == 1


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://idp.acme.example/", "https://a@b/"])
def test_a_bad_endpoint_of_the_connection_itself_is_no_endpoint(url: str) -> None:
    stopped = refusal(World(), authorization_endpoint=url)
    assert (stopped.code, stopped.details["endpoint"]) == (ReasonCode.ENDPOINT_MISSING, "authorization_endpoint")


def test_an_openid_connection_needs_an_issuer_even_with_all_endpoints() -> None:
    stopped = refusal(World(), issuer=None, jwks_uri=JWKS, **MANUAL)
    assert (stopped.code, stopped.details) == (ReasonCode.ENDPOINT_MISSING, {"endpoint": "issuer"})


@pytest.mark.parametrize("missing", ["authorization_endpoint", "token_endpoint", "userinfo_endpoint"])
def test_an_oauth2_connection_needs_its_three_endpoints(missing: str) -> None:
    given = {**MANUAL, "userinfo_endpoint": USERINFO, missing: None}
    stopped = refusal(World(), protocol=Protocol.OAUTH2, issuer=None, **given)
    assert (stopped.code, stopped.details) == (ReasonCode.ENDPOINT_MISSING, {"endpoint": missing})


def test_an_oauth2_connection_with_an_issuer_may_discover_them() -> None:
    world = World()
    assert world.begin(connection(protocol=Protocol.OAUTH2)).startswith(f"{ISSUER}/authorize?")


def test_a_document_is_shared_by_the_connections_of_one_issuer_and_fetched_by_age() -> None:
    world = World()
    for bulkhead_key in ("a", "b"):
        world.begin(replace(connection(), id=ConnectionId(bulkhead_key)))
    assert world.outbound.calls(DISCOVERY) == 1
    world.clock.forward(600)
    world.begin()
    assert world.outbound.calls(DISCOVERY) == 2


def test_the_same_issuer_under_another_discovery_url_is_another_document() -> None:
    world = World()
    world.begin()
    world.outbound.replies["https://evil.example/"] = answer(metadata(token_endpoint="https://evil.example/token"))
    world.begin(connection(discovery_url="https://evil.example/"))
    world.identify()
    assert world.outbound.calls("https://evil.example/token") == 0


def test_a_provider_that_is_away_serves_from_the_old_document() -> None:
    world = World()
    world.begin()
    del world.outbound.replies[DISCOVERY]
    world.clock.forward(3600)
    assert world.begin()


def test_a_document_that_now_names_another_issuer_is_believed() -> None:
    world = World()
    world.begin()
    world.outbound.replies[DISCOVERY] = answer(metadata(issuer="https://evil.example"))
    world.clock.forward(600)
    assert refusal(world).code is ReasonCode.ISSUER_MISMATCH
    world.outbound.replies[DISCOVERY] = answer(metadata())
    world.clock.forward(10)
    assert world.begin()
