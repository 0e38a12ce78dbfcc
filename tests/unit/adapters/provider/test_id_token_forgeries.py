"""The forgery matrix, against a connection that allows RS256 only, and some that allow more."""

import json
from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk

from app.adapters.provider.id_token import Expected, verify_id_token
from app.adapters.provider.keys import InlineKeys
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from tests.unit.adapters.provider import in_memory as idp
from tests.unit.adapters.provider.in_memory import base64url, claims, sign_bytes, signed

EXPECTED = Expected(
    issuer=idp.ISSUER, client_id=idp.CLIENT_ID, now=idp.NOW, nonce=idp.NONCE, access_token=idp.ACCESS_TOKEN
)
PUBLISHED = json.dumps(idp.key_set(idp.RSA_KEY, idp.EC_KEY))
GOOD = signed(claims())
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")
BODY = json.dumps(claims()).encode()


def refusal(
    token: str, *, algs: tuple[str, ...] = ("RS256",), secret: bytes = idp.SECRET.encode(), published: str = PUBLISHED
) -> ReasonCode:
    with pytest.raises(SsoError) as stopped:
        verify_id_token(
            token, replace(EXPECTED, signing_algs=algs), client_secret=lambda: secret, keys=InlineKeys(published)
        )
    return stopped.value.code


def header(**members: object) -> str:
    return base64url(json.dumps({"alg": "RS256", "kid": "rsa-1", **members}).encode())


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "NONE", "", "none ", "rs256", None, 7, True, ["RS256"], {}])
@pytest.mark.parametrize("signature", ["", SIGNATURE], ids=["no signature", "a good signature"])
@pytest.mark.parametrize("algs", [("RS256",), ("RS256", "none"), ("none", "None", "")])
def test_an_unsigned_token_is_refused_in_every_spelling(alg: object, signature: str, algs: tuple[str, ...]) -> None:
    assert refusal(f"{header(alg=alg)}.{PAYLOAD}.{signature}", algs=algs) is ReasonCode.ALGORITHM_REFUSED


def test_a_token_without_an_algorithm_is_refused() -> None:
    bare = base64url(b'{"kid":"rsa-1"}')
    assert refusal(f"{bare}.{PAYLOAD}.{SIGNATURE}") is ReasonCode.ALGORITHM_REFUSED


PUBLIC_FORMS = {
    "pem": idp.RSA_KEY.as_pem(private=False),
    "pem without its last newline": idp.RSA_KEY.as_pem(private=False).strip(),
    "der": idp.RSA_KEY.as_der(private=False),
    "jwk": json.dumps(idp.RSA_KEY.as_dict(private=False)).encode(),
    "key set": PUBLISHED.encode(),
    "modulus": str(idp.RSA_KEY.as_dict(private=False)["n"]).encode(),
    "empty": b"",
    "zero": b"\x00",
}


@pytest.mark.parametrize("secret", PUBLIC_FORMS.values(), ids=PUBLIC_FORMS)
@pytest.mark.parametrize(
    ("algs", "code"),
    [
        (("RS256",), ReasonCode.ALGORITHM_REFUSED),
        (("HS256",), ReasonCode.SIGNATURE_INVALID),
        (("RS256", "HS256"), ReasonCode.SIGNATURE_INVALID),
    ],
)
def test_a_public_key_is_never_a_secret(secret: bytes, algs: tuple[str, ...], code: ReasonCode) -> None:
    forged = signed(claims(), key=Unchecked(secret), alg="HS256", header={"kid": "rsa-1"})
    assert refusal(forged, algs=algs) is code


class Unchecked(jwk.OctKey):
    """A key that the library itself would refuse to make."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw, raw)

    def get_op_key(self, operation: str) -> bytes:  # the forger asks nobody
        # The library refuses an empty key even to a forger; HMAC pads with zeros, so this is the same key.
        return self.raw_value or b"\x00"


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_without_a_client_secret_nothing_is_verified_by_one(alg: str) -> None:
    forged = signed(claims(), key=Unchecked(b""), alg=alg, header={"kid": None})
    assert refusal(forged, algs=(alg,), secret=b"") is ReasonCode.ALGORITHM_REFUSED


@pytest.mark.parametrize(
    ("key", "alg"),
    [(idp.RSA_KEY, "RS384"), (idp.RSA_KEY, "RS512"), (idp.RSA_KEY, "PS256"), (idp.EC_KEY, "ES256")],
)
def test_an_algorithm_that_the_connection_does_not_name_is_refused(key: jwk.Key, alg: str) -> None:
    assert refusal(signed(claims(), key=key, alg=alg)) is ReasonCode.ALGORITHM_REFUSED


def test_a_key_is_not_used_for_another_algorithm_than_its_own() -> None:
    published = json.dumps(idp.key_set(idp.RSA_KEY, alg="RS256"))
    forged = signed(claims(), alg="PS256")
    assert refusal(forged, algs=("PS256",), published=published) is ReasonCode.KEY_UNKNOWN


BROKEN = {
    "none": "",
    "one byte": "AA",
    "cut": SIGNATURE[:-4],
    "longer": f"{SIGNATURE}AAAA",
    "zeros": base64url(bytes(256)),
    "ones": base64url(b"\xff" * 256),
    "another last character": SIGNATURE[:-1] + ("B" if SIGNATURE[-1] != "B" else "C"),
    "padded": f"{SIGNATURE}==",
    "with a line end": f"{SIGNATURE}\n",
    "not ASCII": f"{SIGNATURE[:-1]}é",
    "not base64url": f"{SIGNATURE[:-1]}+",
}


@pytest.mark.parametrize("signature", BROKEN.values(), ids=BROKEN)
def test_a_broken_signature_is_refused(signature: str) -> None:
    assert refusal(f"{HEADER}.{PAYLOAD}.{signature}") is ReasonCode.SIGNATURE_INVALID


@pytest.mark.parametrize("signature", [bytes(64), bytes(63) + b"\x01", b"", b"\xff" * 64, bytes(65), bytes(96)])
def test_an_ecdsa_signature_of_nothing_is_refused(signature: bytes) -> None:
    token = f"{header(alg='ES256', kid='ec-1')}.{PAYLOAD}.{base64url(signature)}"
    assert refusal(token, algs=("ES256",)) is ReasonCode.SIGNATURE_INVALID


def test_a_key_on_another_curve_is_not_used() -> None:
    key = jwk.ECKey.generate_key("P-384", {"kid": "p384"})
    published = json.dumps(idp.key_set(key))
    token = f"{header(alg='ES256', kid='p384')}.{PAYLOAD}.{base64url(bytes(64))}"
    assert refusal(token, algs=("ES256",), published=published) is ReasonCode.KEY_UNKNOWN


def test_the_same_kid_on_another_key_is_a_bad_signature() -> None:
    assert refusal(signed(claims(), key=idp.OTHER_RSA_KEY, header={"kid": "rsa-1"})) is ReasonCode.SIGNATURE_INVALID


@pytest.mark.parametrize(
    "kid",
    ["unknown", "../../etc/passwd", "' OR 1=1 --", "rsa-1\n", "", "x" * 129, "x" * 5000, 7, True, ["rsa-1"], {}],
)
def test_a_strange_key_id_is_only_an_unknown_one(kid: object) -> None:
    assert refusal(signed(claims(), header={"kid": kid})) is ReasonCode.KEY_UNKNOWN


@pytest.mark.parametrize(
    "own",
    [
        {"jwk": idp.OTHER_RSA_KEY.as_dict(private=False)},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": [b64encode(b"a certificate").decode()]},
    ],
    ids=["jwk", "jku", "x5u", "x5c"],
)
def test_a_key_that_the_token_brings_along_is_not_looked_at(own: dict[str, object]) -> None:
    assert refusal(signed(claims(), key=idp.OTHER_RSA_KEY, header={**own, "kid": None})) is ReasonCode.SIGNATURE_INVALID
    assert refusal(signed(claims(), key=idp.OTHER_RSA_KEY, header=own)) is ReasonCode.KEY_UNKNOWN


def test_a_certificate_chain_in_the_header_of_a_good_token_does_no_harm() -> None:
    token = signed(claims(), header={"x5c": ["M" * 3000], "jku": 7})
    assert verify_id_token(token, EXPECTED, client_secret=bytes, keys=InlineKeys(PUBLISHED))


@pytest.mark.parametrize(
    "critical",
    [{"crit": ["exp"]}, {"crit": []}, {"crit": "b64"}, {"crit": ["b64"], "b64": False}, {"b64": False}, {"b64": True}],
)
def test_a_header_that_must_be_understood_is_refused(critical: dict[str, object]) -> None:
    assert refusal(signed(claims(), header=critical)) is ReasonCode.TOKEN_TYPE_REFUSED


@pytest.mark.parametrize(
    "typ", ["logout+jwt", "at+jwt", "AT+JWT", "application/at+jwt", "dpop+jwt", "secevent+jwt", "", 7, ["JWT"]]
)
def test_a_token_made_for_something_else_is_refused(typ: object) -> None:
    assert refusal(signed(claims(), header={"typ": typ})) is ReasonCode.TOKEN_TYPE_REFUSED


NO_TOKENS = {
    "nothing": "",
    "one dot": ".",
    "two dots": "..",
    "two parts": f"{HEADER}.{PAYLOAD}",
    "four parts": f"{GOOD}.x",
    "no payload": f"{HEADER}..{SIGNATURE}",
    "no header": f".{PAYLOAD}.{SIGNATURE}",
    "a padded header": f"{HEADER}=.{PAYLOAD}.{SIGNATURE}",
    "a line end inside": f"{HEADER}.{PAYLOAD}\n.{SIGNATURE}",
    "a space before": f" {GOOD}",
    "JSON serialization": json.dumps({"payload": PAYLOAD, "signatures": [{"protected": HEADER}]}),
    "flattened JSON": json.dumps({"payload": PAYLOAD, "protected": HEADER, "signature": SIGNATURE}),
    "a header of 12 KB": f"{header(pad='x' * 9000)}.{PAYLOAD}.{SIGNATURE}",
    "a header of 1 MB": f"{header(pad='x' * 1_000_000)}.{PAYLOAD}.{SIGNATURE}",
    "a payload of 93 KB": f"{HEADER}.{base64url(b'x' * 70_000)}.{SIGNATURE}",
    "two algorithms": sign_bytes(b'{"alg":"none","alg":"RS256","kid":"rsa-1"}', BODY),
    "a list for a header": sign_bytes(b"[]", BODY),
    "null for a header": sign_bytes(b"null", BODY),
    "a list for claims": signed(b"[]"),
    "a text for claims": signed(b'"text"'),
    "no JSON": signed(b"not json"),
    "two subjects": signed(b'{"sub":"victim",' + BODY[1:]),
    "half a surrogate pair": signed(BODY.replace(b"bob@acme.example", b"\\ud800")),
    "endless nesting": signed(b'{"a":' * 5_000),
    "deep nesting": signed(BODY.replace(b'"sub"', b'"deep": ' + b"[" * 4000 + b"]" * 4000 + b', "sub"')),
}


@pytest.mark.parametrize("token", NO_TOKENS.values(), ids=NO_TOKENS)
def test_what_is_no_compact_token_is_an_invalid_answer(token: str) -> None:
    assert refusal(token) is ReasonCode.ANSWER_INVALID


def test_an_encrypted_token_is_refused() -> None:
    token = f"{header(alg='RSA-OAEP', enc='A256GCM')}.a.b.c.d"
    assert refusal(token) is ReasonCode.ALGORITHM_REFUSED


def test_what_is_refused_never_says_what_the_token_held() -> None:
    with pytest.raises(SsoError) as stopped:
        verify_id_token(f"{HEADER}.{PAYLOAD}.AA", EXPECTED, client_secret=bytes, keys=InlineKeys(PUBLISHED))
    told = repr(stopped.value) + repr(stopped.value.details)
    assert idp.NONCE not in told
    assert PAYLOAD not in told


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
CLAIMS = ["iss", "sub", "aud", "azp", "exp", "iat", "nbf", "nonce", "at_hash", "auth_time", "hd"]
STRICTEST = replace(EXPECTED, required_claims={"hd": "acme"}, max_age=300)


@given(st.text(alphabet="abAB01-_.=é", max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_no_text_makes_it_fail_otherwise(token: str) -> None:
    with pytest.raises(SsoError):
        verify_id_token(token, STRICTEST, client_secret=bytes, keys=InlineKeys(PUBLISHED))


@given(
    st.dictionaries(st.sampled_from(CLAIMS), JSON, min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "x5c"]), JSON, max_size=2),
)
def test_no_claims_and_no_header_make_it_fail_otherwise(odd: dict[str, object], head: dict[str, object]) -> None:
    good = claims(hd="acme", auth_time=int(idp.NOW))
    token = signed({**good, **odd}, header=head)
    try:
        verified = verify_id_token(token, STRICTEST, client_secret=bytes, keys=InlineKeys(PUBLISHED))
    except SsoError:
        return
    assert [verified[name] for name in ("iss", "nonce", "hd")] == [idp.ISSUER, idp.NONCE, "acme"]
