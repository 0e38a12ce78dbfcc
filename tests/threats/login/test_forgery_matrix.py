"""Signatures that an attacker can make, against the whole login."""

import hmac
import json
import secrets
from collections.abc import Callable

import pytest
from joserfc.jwk import RSAKey

from app.adapters.provider import keys as provider_keys
from app.domain.reasons import ReasonCode
from tests.builders import CLIENT_SECRET
from tests.fake_idp import Reply, changed
from tests.fake_idp.forgeries import by, spoilt, unsigned, with_own_key_inside
from tests.fake_idp.jws import Json, base64url, compact, signed, signing_input
from tests.fake_idp.keys import KeyRing
from tests.fake_idp.script import Sign
from tests.threats.acme import Acme

ALGORITHM, SIGNATURE = ReasonCode.ALGORITHM_REFUSED, ReasonCode.SIGNATURE_INVALID
UNREADABLE, UNKNOWN, TYPE = ReasonCode.ANSWER_INVALID, ReasonCode.KEY_UNKNOWN, ReasonCode.TOKEN_TYPE_REFUSED
Forge = Callable[[KeyRing], Sign]


def named(alg: object, signature: bytes = b"") -> Forge:
    return lambda keys: lambda header, claims: compact({**header, "alg": alg}, claims, signature)


def honest_but(rewrite: Callable[[str], str]) -> Forge:
    """Signed honestly, then altered."""
    return lambda keys: lambda header, claims: rewrite(keys.sign(header, claims))


def under(**header: object) -> Forge:
    """Signed by a stranger's key, with a header that says where to find it."""
    return lambda keys: lambda honest, claims: signed({**honest, **header}, claims, key=keys.lend("RS256"), alg="RS256")


def honest_under(**header: object) -> Forge:
    return lambda keys: lambda honest, claims: keys.sign({**honest, **header}, claims)


def mac(secret: bytes) -> Sign:
    """By HS256 under any bytes: a forger's library refuses nothing."""

    def sign(header: Json, claims: Json) -> str:
        signing = {**header, "alg": "HS256"}
        return compact(signing, claims, hmac.digest(secret, signing_input(signing, claims), "sha256"))

    return sign


def public(keys: KeyRing) -> RSAKey:
    key = keys.current.key
    assert isinstance(key, RSAKey)
    return key


def other_claims(token: str) -> str:
    header, _, signature = token.split(".")
    admin = base64url(b'{"sub":"admin"}')
    return f"{header}.{admin}.{signature}"


def flattened(token: str) -> str:
    protected, payload, signature = token.split(".")
    return json.dumps({"protected": protected, "payload": payload, "signature": signature})


def doubled_member(keys: KeyRing) -> Sign:
    def sign(header: Json, claims: Json) -> str:
        body = json.dumps(claims)
        return signed(header, f'{{"sub":"admin",{body[1:]}'.encode(), key=keys.current.key, alg="RS256")

    return sign


FORGERIES: dict[str, tuple[Forge, ReasonCode]] = {
    "no signature": (lambda keys: unsigned, ALGORITHM),
    "None": (named("None"), ALGORITHM),
    "nOnE": (named("nOnE"), ALGORITHM),
    "no algorithm": (named(None), ALGORITHM),
    "a list of algorithms": (named(["RS256"]), ALGORITHM),
    "an empty signature": (named("RS256"), SIGNATURE),
    "a short signature": (named("RS256", b"\x00"), SIGNATURE),
    "a signature of zeros": (named("RS256", bytes(256)), SIGNATURE),
    "our client secret": (lambda keys: mac(CLIENT_SECRET.encode()), ALGORITHM),
    "the public key as secret, PEM": (lambda keys: mac(public(keys).as_pem(private=False)), ALGORITHM),
    "the public key as secret, DER": (lambda keys: mac(public(keys).as_der(private=False)), ALGORITHM),
    "the public key as secret, JWK": (
        lambda keys: mac(json.dumps(public(keys).as_dict(private=False)).encode()),
        ALGORITHM,
    ),
    "no secret at all": (lambda keys: mac(b""), ALGORITHM),
    "one bit changed": (spoilt, SIGNATURE),
    "other claims": (honest_but(other_claims), ReasonCode.CLAIM_MISSING),
    "a stranger's key": (lambda keys: by(keys.lend("RS256"), "RS256"), SIGNATURE),
    "a stranger's key inside": (with_own_key_inside, SIGNATURE),
    "a stranger's key by jku": (under(jku="http://127.0.0.1:1/jwks"), SIGNATURE),
    "a stranger's key by x5u": (under(x5u="http://127.0.0.1:1/cert"), SIGNATURE),
    "a stranger's key by x5c": (under(x5c=["MIIB"]), SIGNATURE),
    "a key that nobody published": (under(kid="stranger"), UNKNOWN),
    "a path as kid": (under(kid="../../../dev/null"), UNKNOWN),
    "a query as kid": (under(kid="' OR '1'='1"), UNKNOWN),
    "a NUL in the kid": (under(kid="rs256-1\x00"), UNREADABLE),
    "an endless kid": (under(kid="x" * 1000), UNKNOWN),
    "a number as kid": (under(kid=1), UNKNOWN),
    "another hash": (honest_under(alg="RS512"), ALGORITHM),
    "another padding": (honest_under(alg="PS256"), ALGORITHM),
    "an elliptic curve": (lambda keys: by(keys.lend("ES256"), "ES256"), SIGNATURE),
    "a curve's signature of zeros": (named("ES256", bytes(64)), ALGORITHM),
    "an unknown critical header": (honest_under(crit=["exp"]), TYPE),
    "an empty critical header": (honest_under(crit=[]), TYPE),
    "an unencoded payload": (honest_under(b64=False, crit=["b64"]), TYPE),
    "JSON serialization": (honest_but(flattened), UNREADABLE),
    "a token within a token": (honest_but(lambda token: f"{token}.{token}"), UNREADABLE),
    "two parts": (honest_but(lambda token: token.rpartition(".")[0]), UNREADABLE),
    "a space behind": (honest_but(lambda token: f"{token} "), SIGNATURE),
    "a member twice": (doubled_member, UNREADABLE),
    "claims that are a list": (lambda keys: lambda header, claims: keys.sign(header, [claims]), UNREADABLE),
    "claims that are text": (lambda keys: lambda header, claims: keys.sign(header, "sub"), UNREADABLE),
    "a header of a megabyte": (honest_under(pad="x" * 150_000), UNREADABLE),
    "deep claims": (
        lambda keys: (
            lambda header, claims: signed(
                header, b'{"a":' * 9000 + b"1" + b"}" * 9000, key=keys.current.key, alg="RS256"
            )
        ),
        UNREADABLE,
    ),
}


@pytest.mark.parametrize(("forge", "code"), FORGERIES.values(), ids=FORGERIES)
def test_a_forged_id_token_signs_nobody_in(steady: Acme, forge: Forge, code: ReasonCode) -> None:
    steady.idp.claims_in = "userinfo"
    steady.idp.on.sign = forge(steady.idp.keys)
    steady.refused(steady.sign_in(), code)
    assert "userinfo" not in steady.idp.calls
    assert steady.opened() is None


@pytest.mark.parametrize("algs", [["none"], ["none", "RS256"], ["HS256"], ["RS256", "HS256", "none"]])
def test_the_provider_does_not_say_which_algorithms_we_accept(steady: Acme, algs: list[str]) -> None:
    steady.idp.on.discovery(changed(id_token_signing_alg_values_supported=algs))
    for sign in (unsigned, mac(public(steady.idp.keys).as_pem(private=False))):
        steady.idp.on.sign = sign
        steady.refused(steady.sign_in(), ALGORITHM)


def test_new_keys_are_learned_in_the_login_that_needs_them(steady: Acme) -> None:
    steady.sign_in()
    steady.idp.rotate_keys()
    assert steady.sign_in().status_code == 303


def test_a_new_key_under_an_old_name_is_learned_too(steady: Acme) -> None:
    steady.sign_in()
    steady.idp.rotate_keys(same_kid=True)
    assert steady.sign_in().status_code == 303


def test_keys_that_change_while_a_token_is_signed_are_learned(steady: Acme) -> None:
    steady.sign_in()

    def rotate(claims: Json) -> Json:
        steady.idp.rotate_keys()
        return claims

    steady.idp.on.id_token(rotate)
    assert steady.sign_in().status_code == 303


def test_a_key_taken_back_is_no_longer_accepted(steady: Acme) -> None:
    steady.sign_in()
    old = steady.idp.keys.current
    steady.idp.rotate_keys()
    steady.sign_in()
    steady.idp.on.sign = lambda header, claims: signed({**header, "kid": old.kid}, claims, key=old.key, alg="RS256")
    steady.refused(steady.sign_in(), UNKNOWN)


def test_a_flood_of_unknown_keys_is_not_passed_on_to_the_provider(
    steady: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_keys, "LOGIN_LOOKS_EVERY_S", 3600)  # whatever time the flood takes on this machine
    steady.sign_in()
    steady.idp.forget_requests()
    for _ in range(20):
        steady.idp.on.sign = under(kid=secrets.token_hex(8))(steady.idp.keys)
        steady.refused(steady.sign_in(steady.world.client()), UNKNOWN)
    assert steady.idp.calls.count("jwks") <= 3
    steady.idp.honest()
    assert steady.sign_in().status_code == 303


def test_a_flood_of_bad_signatures_is_not_passed_on_to_the_provider(
    steady: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_keys, "LOGIN_LOOKS_EVERY_S", 3600)  # whatever time the flood takes on this machine
    steady.sign_in()
    steady.idp.forget_requests()
    steady.idp.on.sign = spoilt(steady.idp.keys)
    for _ in range(20):
        steady.refused(steady.sign_in(steady.world.client()), SIGNATURE)
    assert steady.idp.calls.count("jwks") <= 3
    steady.idp.honest()
    assert steady.sign_in().status_code == 303


@pytest.mark.parametrize(
    "keys", [{"keys": []}, {"keys": {}}, {"keys": None}, [], {}, {"keys": [1, None, "x", {"kty": "oct", "k": "AA"}]}]
)
def test_without_a_usable_key_nobody_signs_in_and_nobody_is_locked_out(steady: Acme, keys: object) -> None:
    steady.idp.on.jwks(lambda _: keys)
    steady.idp.rotate_keys()
    steady.refused(steady.sign_in(), ReasonCode.KEYS_UNAVAILABLE)
    steady.idp.honest()
    steady.world.clock.forward(30)
    assert steady.sign_in().status_code == 303


def test_keys_are_not_fetched_from_where_they_moved_to(acme: Acme) -> None:
    moved = Reply(status=302, headers={"Location": acme.idp.url("userinfo")})
    acme.idp.answer_by("jwks", lambda _: moved)
    acme.refused(acme.sign_in(), ReasonCode.KEYS_UNAVAILABLE)
    assert "userinfo" not in acme.idp.calls
