import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.outbound import Answer, OutboundRequest
from app.ports.provider_client import AuthorizationResponse, ProviderClient
from tests.unit.adapters.provider import in_memory as idp
from tests.unit.adapters.provider.in_memory import (
    CODE,
    DISCOVERY,
    JWKS,
    TOKEN,
    USERINFO,
    World,
    answer,
    claims,
    connection,
    metadata,
    signed,
    tokens,
)

THIN = signed(claims(email=..., email_verified=...))


def test_it_is_the_provider_client_that_the_services_ask_for() -> None:
    provider_client: ProviderClient = World().provider_client
    assert provider_client is not None


def test_a_whole_login_asks_each_endpoint_once_and_the_next_one_only_for_tokens() -> None:
    world = World()
    world.begin()
    world.check(AuthorizationResponse(code=CODE))
    world.identify()
    assert [request.url for request in world.outbound.sent] == [DISCOVERY, TOKEN, JWKS]
    world.begin()
    world.identify()
    assert [request.url for request in world.outbound.sent][3:] == [TOKEN]


def test_no_request_repeats_a_code() -> None:
    world = World()
    world.outbound.replies[TOKEN] = answer({}, status=500)
    world.refusal()
    assert world.outbound.calls(TOKEN) == 1


@pytest.mark.parametrize(
    "reply", [answer(b"<html>", status=404), answer({}, status=503), SsoError(ReasonCode.PROVIDER_UNREACHABLE)]
)
def test_a_token_endpoint_that_moved_is_found_by_the_next_login(reply: Answer | SsoError) -> None:
    world = World()
    world.identify()
    moved = f"{idp.ISSUER}/new-token"
    world.outbound.replies |= {TOKEN: reply, DISCOVERY: answer(metadata(token_endpoint=moved)), moved: tokens()}
    world.clock.forward(10)
    world.refusal()
    assert world.identify().subject


def test_a_refused_code_has_nothing_fetched_anew() -> None:
    world = World()
    world.outbound.replies[TOKEN] = answer({"error": "invalid_grant"}, status=400)
    world.refusal()
    world.clock.forward(60)
    world.refusal()
    assert world.outbound.calls(DISCOVERY) == 1


def unforeseen(error: Exception) -> Callable[[OutboundRequest], Answer]:
    def reply(request: OutboundRequest) -> Answer:
        raise error

    return reply


@pytest.mark.parametrize(
    "error",
    [ValueError("secret"), TypeError(), KeyError("k"), RecursionError(), OverflowError(), UnicodeError(), IndexError()],
)
def test_what_no_check_foresaw_is_an_invalid_answer_and_says_nothing_of_it(error: Exception) -> None:
    world = World()
    world.outbound.replies[TOKEN] = unforeseen(error)
    stopped = world.refusal()
    assert stopped.code is ReasonCode.ANSWER_INVALID
    assert stopped.details == {"error": type(error).__name__}
    assert stopped.__suppress_context__


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS: dict[str, dict[str, object]] = {
    DISCOVERY: metadata(),
    JWKS: idp.key_set(idp.RSA_KEY),
    TOKEN: {"access_token": idp.ACCESS_TOKEN, "token_type": "Bearer", "id_token": THIN},
    USERINFO: {"sub": "248289761001", "email": "bob@acme.example", "email_verified": True},
}


@given(
    url=st.sampled_from(sorted(DOCUMENTS)),
    status=st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 404, 500]),
    data=st.data(),
)
def test_whatever_a_provider_sends_only_our_own_error_comes_of_it(url: str, status: int, data: st.DataObject) -> None:
    changed = st.dictionaries(st.sampled_from(sorted(DOCUMENTS[url])), JSON, min_size=1).map(
        lambda changes: json.dumps({**DOCUMENTS[url], **changes}).encode()
    )
    body = data.draw(st.binary(max_size=40) | JSON.map(lambda document: json.dumps(document).encode()) | changed)
    world = World()
    world.outbound.replies |= {other: answer(document) for other, document in DOCUMENTS.items()}
    world.outbound.replies[url] = answer(body, status=status)
    try:
        world.begin()
        identity = world.identify(connection())
    except SsoError as error:
        json.dumps(error.details).encode()
        return
    assert identity.subject == "248289761001"
