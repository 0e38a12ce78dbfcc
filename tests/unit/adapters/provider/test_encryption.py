"""Opening what a provider has encrypted: the right things open, everything else is refused in one of our words."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from joserfc.jwe import JWERegistry, encrypt_compact
from joserfc.jwk import ECKey, RSAKey

from app.adapters.provider.encryption import ALGS, ENCS, OwnKey, decrypt, imported
from app.adapters.provider.signature import LONGEST_TOKEN
from app.domain.connections.connection import ENCRYPTION_ALGS, USUAL_ENCRYPTION_ALGS
from app.domain.connections.connection_key import KeyType, KeyUse
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.connection_keys import PrivateKey
from tests.chance import examples
from tests.unit.adapters.provider.fake_ports import made
from tests.unit.adapters.provider.in_memory import base64url

OWN = [made(KeyUse.ENCRYPTION, key_type).private for key_type in KeyType]
PLAIN = b"what was encrypted"


def encrypted(alg: str = "RSA-OAEP-256", enc: str = "A128GCM", **header: object) -> str:
    """Around PLAIN, to a key of ours."""
    public = made(KeyUse.ENCRYPTION, ALGS.get(alg, KeyType.RSA)).public
    whole: dict[str, Any] = {"alg": alg, "enc": enc, **header}
    without_alg: dict[str, Any] = {name: value for name, value in public.items() if name != "alg"}
    key = (RSAKey if public["kty"] == "RSA" else ECKey).import_key(without_alg)

    registry = JWERegistry(algorithms=[alg, enc], strict_check_header=False)
    return encrypt_compact(whole, PLAIN, key, registry=registry)


def read(key: PrivateKey) -> OwnKey:
    return imported(key.jwk.encode())


def opened(raw: str, keys: Sequence[PrivateKey] = OWN, allowed: Sequence[str] = ENCRYPTION_ALGS) -> bytes:
    return decrypt(raw, lambda: keys, allowed=allowed, endpoint="token", read=read)


def refused(raw: str, keys: Sequence[PrivateKey] = OWN) -> SsoError:
    with pytest.raises(SsoError) as stopped:
        opened(raw, keys)
    return stopped.value


def parts(raw: str, **changes: str) -> str:
    """With some of its five parts replaced."""
    names = ("header", "key", "iv", "text", "tag")
    return ".".join(changes.get(name, part) for name, part in zip(names, raw.split("."), strict=True))


def header_of(**members: object) -> str:
    return base64url(json.dumps(members).encode())


def test_every_algorithm_that_a_connection_can_name_has_a_kind_of_key() -> None:
    assert sorted(ALGS) == sorted(ENCRYPTION_ALGS)


@pytest.mark.parametrize("enc", ENCS)
@pytest.mark.parametrize("alg", ALGS)
def test_each_algorithm_that_we_accept_opens(alg: str, enc: str) -> None:
    assert opened(encrypted(alg, enc)) == PLAIN


@pytest.mark.parametrize("alg", ["ECDH-ES", "ECDH-ES+A256KW"])
def test_both_parties_may_be_named(alg: str) -> None:
    assert opened(encrypted(alg, apu="QWxpY2U", apv="Qm9i")) == PLAIN


def test_the_key_that_is_named_opens() -> None:
    assert opened(encrypted(kid=OWN[0].kid)) == PLAIN


@pytest.mark.parametrize("kid", ["nothing", "", 7, None, ["a"], {"a": 1}, True, "k" * 3000])
def test_a_key_that_is_not_ours_is_not_replaced_by_another(kid: object) -> None:
    raw = parts(encrypted(), header=header_of(alg="RSA-OAEP-256", enc="A128GCM", kid=kid))
    assert refused(raw).code is ReasonCode.ANSWER_INVALID


def test_without_keys_nothing_opens() -> None:
    assert refused(encrypted(), []).code is ReasonCode.ANSWER_INVALID


@pytest.mark.parametrize(
    "alg",
    ["RSA1_5", "RSA-OAEP", "dir", "A128KW", "A256GCMKW", "PBES2-HS256+A128KW", "ECDH-ES+A192KW", "ECDH-1PU", "none",
     "rsa-oaep-256", "", None, 7, ["RSA-OAEP-256"], {"RSA-OAEP-256": 1}, True],
)  # fmt: skip
def test_other_ways_to_tell_the_key_are_refused_before_ours_are_looked_for(alg: object) -> None:
    asked: list[str] = []

    def keys() -> list[PrivateKey]:
        asked.append("keys")
        return OWN

    raw = parts(encrypted(), header=header_of(alg=alg, enc="A128GCM", p2c=2**31, p2s="AAAA"))
    with pytest.raises(SsoError) as stopped:
        decrypt(raw, keys, allowed=USUAL_ENCRYPTION_ALGS, endpoint="token", read=read)
    assert stopped.value.code is ReasonCode.ALGORITHM_REFUSED
    assert stopped.value.details["expected"] == [*USUAL_ENCRYPTION_ALGS]
    assert asked == []


@pytest.mark.parametrize("enc", ["A192GCM", "A256CBC-HS512", "none", "a128gcm", "", None, 7, ["A128GCM"], {}])
def test_other_ciphers_are_refused(enc: object) -> None:
    raw = parts(encrypted(), header=header_of(alg="RSA-OAEP-256", enc=enc))
    assert refused(raw).code is ReasonCode.ALGORITHM_REFUSED


@pytest.mark.parametrize("member", [{"zip": "DEF"}, {"zip": None}, {"crit": ["exp"]}, {"crit": []}, {"b64": False}])
def test_what_would_have_to_be_understood_is_refused(member: dict[str, object]) -> None:
    raw = parts(encrypted(), header=header_of(alg="RSA-OAEP-256", enc="A128GCM", **member))
    assert refused(raw).code is ReasonCode.TOKEN_TYPE_REFUSED


@pytest.mark.parametrize("part", ["key", "iv", "text", "tag"])
@pytest.mark.parametrize("value", ["", "AAAA", "A" * 22, "A" * 5000, "!", "é", "=", "A"])
@pytest.mark.parametrize("alg", ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW"])
@pytest.mark.parametrize("enc", ["A128GCM", "A128CBC-HS256"])
def test_a_token_that_was_touched_does_not_open(alg: str, enc: str, part: str, value: str) -> None:
    raw = encrypted(alg, enc)
    touched = parts(raw, **{part: value})
    if touched == raw:  # ECDH-ES has no encrypted key
        assert opened(raw) == PLAIN
    else:
        assert refused(touched).code is ReasonCode.ANSWER_INVALID


def test_the_header_belongs_to_what_is_encrypted() -> None:
    raw = parts(encrypted(), header=header_of(alg="RSA-OAEP-256", enc="A128GCM", typ="JWT"))
    assert refused(raw).code is ReasonCode.ANSWER_INVALID


def test_a_header_with_a_member_twice_is_refused() -> None:
    header = base64url(b'{"alg":"RSA1_5","alg":"RSA-OAEP-256","enc":"A128GCM"}')
    assert refused(parts(encrypted(), header=header)).code is ReasonCode.ANSWER_INVALID


OTHER_CURVE = ECKey.generate_key("P-384").as_dict(private=False)
EC_PUBLIC = {name: made(KeyUse.ENCRYPTION, KeyType.EC).public[name] for name in ("kty", "crv", "x", "y")}


@pytest.mark.parametrize(
    "epk",
    [
        None, "key", [], {}, {"kty": "EC"}, {"kty": "oct", "k": "AAAA"}, {"kty": "OKP", "crv": "X25519", "x": "AAAA"},
        OTHER_CURVE, {**OTHER_CURVE, "crv": "P-256"}, {**EC_PUBLIC, "y": EC_PUBLIC["x"]}, {**EC_PUBLIC, "x": 7},
        {**EC_PUBLIC, "x": ""}, {**EC_PUBLIC, "x": "A" * 5000}, {**EC_PUBLIC, "crv": "P-1"}, {**EC_PUBLIC, "d": "AA"},
        {**EC_PUBLIC, "use": "sig"}, {**EC_PUBLIC, "key_ops": 7},
    ],
)  # fmt: skip
def test_a_point_that_is_none_of_the_curve_opens_nothing(epk: object) -> None:
    """An invalid curve would give our key away (RFC 8725, section 3.4)."""
    raw = parts(encrypted("ECDH-ES"), header=header_of(alg="ECDH-ES", enc="A128GCM", epk=epk))
    assert refused(raw).code is ReasonCode.ANSWER_INVALID


@pytest.mark.parametrize("raw", ["", ".", "....", "a.b.c", "a.b.c.d.e", "é....", "e30....", "A" * (LONGEST_TOKEN + 1)])
def test_what_is_no_token_is_refused(raw: str) -> None:
    assert refused(raw).code in (ReasonCode.ANSWER_INVALID, ReasonCode.ALGORITHM_REFUSED)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KNOWN = {
    "alg": st.sampled_from([*ALGS, "RSA1_5", "dir", "PBES2-HS256+A128KW"]) | JSON,
    "enc": st.sampled_from([*ENCS, "A256CBC-HS512"]) | JSON,
}
MAYBE = {
    "kid": st.sampled_from([key.kid for key in OWN]) | JSON,
    "epk": st.just(EC_PUBLIC) | st.fixed_dictionaries({"kty": st.just("EC")}, optional={
        "crv": st.sampled_from(["P-256", "P-384"]) | JSON, "x": st.just(EC_PUBLIC["x"]) | JSON, "y": JSON, "d": JSON,
    }) | JSON,
    "zip": JSON, "crit": JSON, "cty": JSON, "typ": JSON, "apu": JSON, "apv": JSON, "jku": JSON, "jwk": JSON,
    "x5c": JSON, "x5u": JSON, "b64": JSON, "iv": JSON, "tag": JSON, "p2c": JSON, "p2s": JSON,
}  # fmt: skip
HEADERS = st.fixed_dictionaries(KNOWN, optional=MAYBE)
BYTES = st.binary(max_size=300)


@settings(max_examples=examples(3))
@given(raw=st.text(max_size=300) | st.lists(st.text("ABCabc012-_=", max_size=80), min_size=5, max_size=5).map(".".join))
@example(raw="e30.....")
def test_any_text_is_opened_or_refused_in_our_words(raw: str) -> None:
    with pytest.raises(SsoError):
        opened(raw)


@settings(max_examples=examples(5))
@given(header=HEADERS, rest=st.tuples(BYTES, BYTES, BYTES, BYTES))
def test_any_header_around_any_bytes_is_refused_in_our_words(
    header: dict[str, object], rest: tuple[bytes, ...]
) -> None:
    with pytest.raises(SsoError):
        opened(".".join([header_of(**header), *(base64url(part) for part in rest)]))


@settings(max_examples=examples(2))
@given(data=st.data(), alg=st.sampled_from([*ALGS]), enc=st.sampled_from(ENCS))
def test_any_character_that_was_touched_is_noticed(data: st.DataObject, alg: str, enc: str) -> None:
    raw = encrypted(alg, enc)
    place = data.draw(st.integers(0, len(raw) - 1))
    with_other = raw[:place] + data.draw(st.sampled_from("ABab01-_.")) + raw[place + 1 :]
    try:
        assert opened(with_other) == PLAIN
    except SsoError:
        return
    # The last character of a part may differ in bits that stand for nothing.
    assert with_other == raw or raw[place + 1 : place + 2] in (".", "")
