import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, Key, OctKey, OKPKey

from app.adapters.provider.keys import MOST_KEYS, MOST_TRIED, parse_keys
from app.domain.connections.connection import ConnectionId
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.outbound import Answer
from tests.unit.adapters.provider import in_memory as idp
from tests.unit.adapters.provider.in_memory import (
    JWKS,
    TOKEN,
    World,
    answer,
    claims,
    connection,
    key_set,
    signed,
    tokens,
)

RSA = idp.RSA_KEY.as_dict(private=False)


def rotated(*, kid: str | None = "rsa-2") -> Answer:
    return tokens(signed(claims(), key=idp.OTHER_RSA_KEY, header={"kid": kid}))


ODD_KEYS: dict[str, object] = {
    "no object": "text",
    "a number": 7,
    "nothing in it": {},
    "no kind": {**RSA, "kty": ...},
    "an unknown kind": {**RSA, "kty": "AKP"},
    "a kind that is no text": {**RSA, "kty": ["RSA"]},
    "for encryption": {**RSA, "use": "enc"},
    "a use that is no text": {**RSA, "use": ["sig"]},
    "not for verifying": {**RSA, "key_ops": ["encrypt"]},
    "operations that are no list": {**RSA, "key_ops": "verify"},
    "no modulus": {**RSA, "n": ...},
    "a modulus that is no text": {**RSA, "n": 7},
    "a modulus that is no base64": {**RSA, "n": "!!!"},
    "a modulus of 1024 bits": {**RSA, "n": idp.base64url(b"\xff" * 128)},
    "a modulus of 1024 bits, padded": {**RSA, "n": idp.base64url(bytes(128) + b"\xff" * 128)},
    "a modulus of 80,000 bits": {**RSA, "n": idp.base64url(b"\xff" * 10_000)},
    "a modulus of 8200 bits": {**RSA, "n": idp.base64url(b"\xff" * 1025)},
    "an exponent of 800 bits": {**RSA, "e": idp.base64url(b"\xff" * 100)},
    "an exponent of one": {**RSA, "e": "AQ"},
    "a kid that is no text": {**RSA, "kid": 7},
    "an endless kid": {**RSA, "kid": "x" * 129},
    "an unknown curve": {**idp.EC_KEY.as_dict(private=False), "crv": "P-1"},
    "a point off the curve": {**idp.EC_KEY.as_dict(private=False), "y": idp.base64url(b"\x01" * 32)},
    "a curve for agreement": OKPKey.generate_key("X25519").as_dict(private=False),
    "a short point": {**idp.ED_KEY.as_dict(private=False), "x": "AA"},
    "a secret": OctKey.generate_key(256).as_dict(),
}


def written(entry: object) -> object:
    return {k: v for k, v in entry.items() if v is not ...} if isinstance(entry, dict) else entry


@pytest.mark.parametrize("odd", ODD_KEYS.values(), ids=ODD_KEYS)
def test_a_key_that_cannot_be_used_is_skipped_and_the_others_serve(odd: object) -> None:
    assert parse_keys({"keys": [written(odd)]}).keys == ()
    world = World()
    world.outbound.replies[JWKS] = answer({"keys": [written(odd), RSA]})
    assert world.identify().subject


@pytest.mark.parametrize("members", [{"use": None}, {"key_ops": ["verify"]}, {"alg": 7}, {"x5c": 7, "x5u": []}])
def test_a_key_with_harmless_oddities_is_used(members: dict[str, object]) -> None:
    world = World()
    world.outbound.replies[JWKS] = answer(key_set(idp.RSA_KEY, **members))
    assert world.identify().subject


def test_the_private_half_of_a_published_key_is_not_read() -> None:
    ring = parse_keys({"keys": [idp.RSA_KEY.as_dict(private=True)]})
    assert [key.key.is_private for key in ring.keys] == [False]


def test_only_the_first_hundred_keys_are_looked_at_and_a_few_tried() -> None:
    ring = parse_keys({"keys": [RSA] * 5000})
    assert len(ring.keys) == MOST_KEYS
    assert len(ring.candidates("RS256", None)) == MOST_TRIED
    assert len(ring.candidates("RS256", "rsa-1")) == MOST_TRIED


@pytest.mark.parametrize("key", [idp.RSA_KEY, idp.OTHER_RSA_KEY])
def test_a_token_without_a_kid_is_tried_with_every_key_of_its_kind(key: Key) -> None:
    world = World()
    world.outbound.replies[JWKS] = answer(key_set(idp.EC_KEY, idp.RSA_KEY, idp.OTHER_RSA_KEY))
    world.outbound.replies[TOKEN] = tokens(signed(claims(), key=key, header={"kid": None}))
    assert world.identify().subject
    assert world.outbound.calls(JWKS) == 1


def test_a_key_without_a_kid_serves_a_token_with_one() -> None:
    world = World()
    world.outbound.replies[JWKS] = answer({"keys": [{**RSA, "kid": None}]})
    assert world.identify().subject


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
@pytest.mark.parametrize("published", ["EdDSA", "Ed25519"])
def test_both_names_of_ed25519_are_one_algorithm(alg: str, published: str) -> None:
    world = World()
    world.outbound.replies[JWKS] = answer(key_set(idp.ED_KEY, alg=published))
    world.outbound.replies[TOKEN] = tokens(signed(claims(), key=idp.ED_KEY, alg=alg))
    assert world.identify(connection(signing_algs=(alg,))).subject


def test_inline_keys_are_used_without_a_fetch() -> None:
    world = World()
    inline = connection(jwks=json.dumps(key_set(idp.RSA_KEY)))
    assert world.identify(inline).subject
    assert world.outbound.calls(JWKS) == 0


@pytest.mark.parametrize("jwks", ['{"keys": []}', "[]", "not json", '{"keys": 7}', "\ud800"])
def test_inline_keys_that_are_none_are_said_to_be_unavailable(jwks: str) -> None:
    assert World().refusal(connection(jwks=jwks)).code is ReasonCode.KEYS_UNAVAILABLE


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer({"keys": []}), ReasonCode.KEYS_UNAVAILABLE),
        (answer({"keys": [7]}), ReasonCode.KEYS_UNAVAILABLE),
        (answer({}), ReasonCode.KEYS_UNAVAILABLE),
        (answer([]), ReasonCode.KEYS_UNAVAILABLE),
        (answer(b"<html>"), ReasonCode.KEYS_UNAVAILABLE),
        (answer(b"[" * 200_000), ReasonCode.KEYS_UNAVAILABLE),
        (answer({}, status=404), ReasonCode.KEYS_UNAVAILABLE),
        (answer(key_set(idp.RSA_KEY), status=302), ReasonCode.KEYS_UNAVAILABLE),
        (answer({}, status=500), ReasonCode.PROVIDER_ERROR),
        (SsoError(ReasonCode.PROVIDER_TIMEOUT, host="idp"), ReasonCode.PROVIDER_TIMEOUT),
    ],
)
def test_keys_that_cannot_be_had_say_why_and_are_asked_for_again_soon(
    reply: Answer | SsoError, code: ReasonCode
) -> None:
    world = World()
    world.outbound.replies[JWKS] = reply
    stopped = world.refusal()
    assert (stopped.code, stopped.details["endpoint"]) == (code, "keys")
    world.outbound.replies[JWKS] = answer(key_set(idp.RSA_KEY))
    world.clock.forward(10)
    assert world.identify().subject


def test_a_new_kid_has_the_keys_fetched_once_more_at_once() -> None:
    world = World()
    world.identify()
    world.outbound.replies |= {TOKEN: rotated(), JWKS: answer(key_set(idp.OTHER_RSA_KEY))}
    assert world.identify().subject
    assert world.outbound.calls(JWKS) == 2


@pytest.mark.parametrize("kid", ["rsa-1", None])
def test_a_new_key_under_the_old_kid_or_none_is_found_too(kid: str | None) -> None:
    world = World()
    world.identify()
    fresh = {**idp.OTHER_RSA_KEY.as_dict(private=False), "kid": kid}
    world.outbound.replies |= {TOKEN: rotated(kid=kid), JWKS: answer({"keys": [fresh]})}
    assert world.identify().subject


def test_keys_fetched_after_the_token_came_are_not_fetched_again_for_it() -> None:
    world = World()
    world.outbound.replies[TOKEN] = rotated()
    assert world.refusal().code is ReasonCode.KEY_UNKNOWN
    assert world.outbound.calls(JWKS) == 1


def test_a_flood_of_unknown_kids_fetches_a_few_times_and_harms_no_good_key() -> None:
    world = World()
    world.identify()
    for number in range(40):
        world.outbound.replies[TOKEN] = tokens(signed(claims(), header={"kid": f"strange-{number}"}))
        stopped = world.refusal()
        assert (stopped.code, stopped.details["kid"]) == (ReasonCode.KEY_UNKNOWN, f"strange-{number}")
    assert world.outbound.calls(JWKS) <= 4
    world.outbound.replies[TOKEN] = tokens()
    assert world.identify().subject


def test_a_bad_signature_while_the_keys_cannot_be_asked_for_is_a_bad_signature() -> None:
    world = World()
    world.identify()
    del world.outbound.replies[JWKS]
    world.outbound.replies[TOKEN] = rotated(kid="rsa-1")
    assert world.refusal().code is ReasonCode.SIGNATURE_INVALID


def test_an_unknown_kid_while_the_keys_cannot_be_asked_for_is_that_failure() -> None:
    world = World()
    world.identify()
    del world.outbound.replies[JWKS]
    world.outbound.replies[TOKEN] = rotated()
    stopped = world.refusal()
    assert (stopped.code, stopped.details["endpoint"]) == (ReasonCode.PROVIDER_UNREACHABLE, "keys")


def test_old_keys_serve_while_the_provider_does_not_give_out_any() -> None:
    world = World()
    world.identify()
    world.outbound.replies[JWKS] = answer({}, status=500)
    world.clock.forward(3600)
    world.outbound.replies[TOKEN] = tokens(signed(claims(iat=int(world.clock.now()), exp=int(world.clock.now()) + 60)))
    assert world.identify().subject


def test_keys_that_were_all_taken_back_serve_no_longer() -> None:
    world = World()
    world.identify()
    world.outbound.replies[JWKS] = answer({"keys": []})
    world.clock.forward(3600)
    world.outbound.replies[TOKEN] = tokens(signed(claims(iat=int(world.clock.now()), exp=int(world.clock.now()) + 60)))
    assert world.refusal().code is ReasonCode.KEYS_UNAVAILABLE


def test_a_key_set_that_moved_is_found_by_the_next_login() -> None:
    world = World()
    world.identify()
    moved = f"{idp.ISSUER}/new-keys"
    world.outbound.replies |= {
        idp.DISCOVERY: answer(idp.metadata(jwks_uri=moved)),
        moved: answer(key_set(idp.OTHER_RSA_KEY)),
        TOKEN: rotated(),
    }
    world.clock.forward(10)
    assert world.refusal().code is ReasonCode.KEY_UNKNOWN
    assert world.identify().subject


def test_connections_share_the_keys_of_one_provider() -> None:
    world = World()
    for bulkhead_key in ("a", "b"):
        world.identify(replace(connection(), id=ConnectionId(bulkhead_key)))
    assert world.outbound.calls(JWKS) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(["kty", "n", "e", "crv", "x", "y", "d", "kid", "use", "key_ops", "alg", "k"]), JSON
    ),
    st.sampled_from([RSA, idp.EC_KEY.as_dict(), idp.ED_KEY.as_dict(), ECKey.generate_key("P-521").as_dict(), {}]),
)
def test_no_key_makes_it_fail(odd: dict[str, object], base: dict[str, object]) -> None:
    for key in parse_keys({"keys": [{**base, **odd}]}).keys:
        assert not key.key.is_private


@given(JSON)
def test_no_document_makes_it_fail(document: object) -> None:
    assert parse_keys(document).keys == ()
