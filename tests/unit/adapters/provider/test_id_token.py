"""Each check of OpenID Connect Core, section 3.1.3.7, with a token that is good but for one thing."""

import hashlib
import json
from dataclasses import replace

import pytest
from joserfc.jwk import Key, OctKey
from joserfc.util import urlsafe_b64encode

from app.adapters.provider.id_token import Expected, verify_id_token
from app.adapters.provider.keys import InlineKeys
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from tests.unit.adapters.provider import in_memory as idp
from tests.unit.adapters.provider.in_memory import claims, signed

EXPECTED = Expected(
    issuer=idp.ISSUER, client_id=idp.CLIENT_ID, now=idp.NOW, nonce=idp.NONCE, access_token=idp.ACCESS_TOKEN
)
NOW = int(idp.NOW)


def verify(token: str, expected: Expected = EXPECTED) -> dict[str, object]:
    keys = InlineKeys(json.dumps(idp.key_set(idp.RSA_KEY, idp.EC_KEY, idp.ED_KEY)))
    return verify_id_token(token, expected, client_secret=idp.SECRET.encode, keys=keys)


def refusal(token: str, expected: Expected = EXPECTED) -> SsoError:
    with pytest.raises(SsoError) as stopped:
        verify(token, expected)
    return stopped.value


@pytest.mark.parametrize(
    ("key", "alg"),
    [
        (idp.RSA_KEY, "RS256"), (idp.RSA_KEY, "RS512"), (idp.RSA_KEY, "PS256"), (idp.EC_KEY, "ES256"),
        (idp.ED_KEY, "EdDSA"), (idp.ED_KEY, "Ed25519"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_a_good_token_by_an_allowed_algorithm_is_accepted(key: Key, alg: str) -> None:
    token = signed(claims(), key=key, alg=alg)
    assert verify(token, replace(EXPECTED, signing_algs=(alg,)))["sub"] == "248289761001"


def test_a_token_by_the_client_secret_is_accepted_where_the_connection_says_so() -> None:
    key = OctKey.import_key(idp.SECRET)
    token = signed(claims(), key=key, alg="HS256", header={"kid": None})
    assert verify(token, replace(EXPECTED, signing_algs=("HS256",)))["sub"] == "248289761001"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": [idp.CLIENT_ID]},
        {"azp": idp.CLIENT_ID},
        {"azp": None, "nbf": None, "at_hash": None},
        {"exp": NOW - 119},
        {"exp": NOW + 300.5, "iat": NOW + 0.25},
        {"iat": NOW + 119},
        {"iat": NOW - 86_399},
        {"nbf": NOW + 119},
    ],
)
def test_what_the_standard_and_the_leeway_allow_is_accepted(changes: dict[str, object]) -> None:
    assert verify(signed(claims(**changes)))["iss"] == idp.ISSUER


@pytest.mark.parametrize("typ", ["JWT", "jwt", "JOSE", "application/jwt", None])
def test_a_token_that_says_it_is_a_jwt_or_nothing_is_accepted(typ: str | None) -> None:
    assert verify(signed(claims(), header={"typ": typ}))


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "iat", "nonce"])
@pytest.mark.parametrize("absent", [..., None])
def test_a_claim_that_must_be_there_and_is_not_is_named(claim: str, absent: object) -> None:
    stopped = refusal(signed(claims(**{claim: absent})))
    assert (stopped.code, stopped.details["claim"]) == (ReasonCode.CLAIM_MISSING, claim)
    assert stopped.details["claims"] == sorted(claims(**{claim: absent}))


@pytest.mark.parametrize("received", [f"{idp.ISSUER}/", idp.ISSUER.upper(), "https://evil.example", 5, ["x"], {}, True])
def test_another_issuer_is_refused_character_by_character(received: object) -> None:
    stopped = refusal(signed(claims(iss=received)))
    assert stopped.code is ReasonCode.ISSUER_MISMATCH
    assert stopped.details["expected"] == idp.ISSUER


def test_the_entra_template_is_no_issuer() -> None:
    entra = replace(EXPECTED, issuer="https://login.microsoftonline.com/11111111/v2.0")
    token = signed(claims(iss="https://login.microsoftonline.com/{tenantid}/v2.0"))
    assert refusal(token, entra).code is ReasonCode.ISSUER_MISMATCH


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "other"},
        {"aud": f"{idp.CLIENT_ID}1"},
        {"aud": "other", "azp": idp.CLIENT_ID},
        {"aud": [idp.CLIENT_ID, "other"]},
        {"aud": [idp.CLIENT_ID, "other"], "azp": idp.CLIENT_ID},
        {"aud": []},
        {"aud": ""},
        {"aud": {"a": idp.CLIENT_ID}},
        {"aud": 7},
        {"aud": True},
        {"aud": [idp.CLIENT_ID, 7]},
        {"aud": [[idp.CLIENT_ID]]},
        {"azp": "other"},
        {"azp": ""},
        {"azp": [idp.CLIENT_ID]},
    ],
)
def test_a_token_for_another_client_is_refused(changes: dict[str, object]) -> None:
    stopped = refusal(signed(claims(**changes)))
    assert stopped.code is ReasonCode.AUDIENCE_MISMATCH
    assert stopped.details["expected"] == idp.CLIENT_ID


def test_a_further_audience_is_accepted_where_the_connection_trusts_it() -> None:
    expected = replace(EXPECTED, trusted_audiences=("api",))
    assert verify(signed(claims(aud=["api", idp.CLIENT_ID])), expected)
    assert refusal(signed(claims(aud="api")), expected).code is ReasonCode.AUDIENCE_MISMATCH


def test_a_token_that_was_issued_to_a_trusted_audience_is_not_ours() -> None:
    """Section 3.1.3.7, number 5: to be heard beside us is another thing than to have asked."""
    expected = replace(EXPECTED, trusted_audiences=("api",))
    for audience in (idp.CLIENT_ID, ["api", idp.CLIENT_ID]):
        stopped = refusal(signed(claims(aud=audience, azp="api")), expected)
        assert (stopped.code, stopped.details["claim"]) == (ReasonCode.AUDIENCE_MISMATCH, "azp")


@pytest.mark.parametrize(
    ("changes", "code", "claim", "skew_s"),
    [
        ({"exp": NOW - 120}, ReasonCode.TOKEN_EXPIRED, "exp", 0),
        ({"exp": NOW - 300, "iat": NOW - 600}, ReasonCode.TOKEN_EXPIRED, "exp", -600),
        ({"exp": -1}, ReasonCode.TOKEN_EXPIRED, "exp", 0),
        ({"iat": NOW - 86_401}, ReasonCode.TOKEN_EXPIRED, "iat", -86_401),
        ({"iat": NOW - 315_360_000}, ReasonCode.TOKEN_EXPIRED, "iat", -315_360_000),
        ({"iat": NOW + 121}, ReasonCode.TOKEN_NOT_YET_VALID, "iat", 121),
        ({"iat": NOW + 3600, "exp": NOW + 7200}, ReasonCode.TOKEN_NOT_YET_VALID, "iat", 3600),
        ({"nbf": NOW + 121}, ReasonCode.TOKEN_NOT_YET_VALID, "nbf", 0),
    ],
)
def test_a_token_out_of_its_time_is_refused_with_the_measured_skew(
    changes: dict[str, object], code: ReasonCode, claim: str, skew_s: int
) -> None:
    stopped = refusal(signed(claims(**changes)))
    assert (stopped.code, stopped.details["claim"], stopped.details["skew_s"]) == (code, claim, skew_s)


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("odd", ["1790000000", True, False, 1e300, -1e300, 10**400, [], {}, "", b"1e999"])
def test_a_time_that_is_no_time_is_refused(claim: str, odd: object) -> None:
    payload = json.dumps(claims(**{claim: "odd"})).encode()
    raw = odd if isinstance(odd, bytes) else json.dumps(odd).encode()
    stopped = refusal(signed(payload.replace(b'"odd"', raw)))
    assert (stopped.code, stopped.details["claim"]) == (ReasonCode.CLAIM_INVALID, claim)


@pytest.mark.parametrize("received", ["another", "", 7, True, [idp.NONCE], {}, f"{idp.NONCE} "])
def test_another_nonce_is_refused_and_never_shown(received: object) -> None:
    stopped = refusal(signed(claims(nonce=received, nonce_supported=False)))
    assert (stopped.code, stopped.details) == (ReasonCode.NONCE_MISMATCH, {})


@pytest.mark.parametrize("received", ["", 7, True, ["a"], {}, "x" * 256, "a\nb", "a\x1b[0m"])
def test_a_subject_that_is_no_short_text_is_refused(received: object) -> None:
    stopped = refusal(signed(claims(sub=received)))
    assert (stopped.code, stopped.details["claim"]) == (ReasonCode.CLAIM_INVALID, "sub")


def hash_of(text: str, digest: str) -> str:
    whole = hashlib.new(digest, text.encode()).digest()
    return urlsafe_b64encode(whole[: len(whole) // 2]).decode()


@pytest.mark.parametrize(
    ("key", "alg", "digest"),
    [
        (idp.RSA_KEY, "RS256", "sha256"), (idp.RSA_KEY, "PS384", "sha384"), (idp.RSA_KEY, "RS512", "sha512"),
        (idp.EC_KEY, "ES256", "sha256"), (idp.ED_KEY, "Ed25519", "sha512"), (idp.ED_KEY, "EdDSA", "sha512"),
    ],
)  # fmt: skip
def test_the_access_token_hash_is_checked_with_the_algorithms_hash(key: Key, alg: str, digest: str) -> None:
    expected = replace(EXPECTED, signing_algs=(alg,))
    assert verify(signed(claims(at_hash=hash_of(idp.ACCESS_TOKEN, digest)), key=key, alg=alg), expected)
    stopped = refusal(signed(claims(at_hash=hash_of("another", digest)), key=key, alg=alg), expected)
    assert (stopped.code, stopped.details["alg"]) == (ReasonCode.TOKEN_HASH_MISMATCH, alg)


@pytest.mark.parametrize("odd", ["", 7, True, [], {}, "é"])
def test_an_access_token_hash_that_is_no_hash_is_refused(odd: object) -> None:
    assert refusal(signed(claims(at_hash=odd))).code is ReasonCode.TOKEN_HASH_MISMATCH


@pytest.mark.parametrize(
    ("received", "code"),
    [
        ("acme", None),
        ("ACME", ReasonCode.CLAIM_INVALID),
        (["acme"], ReasonCode.CLAIM_INVALID),
        ("", ReasonCode.CLAIM_INVALID),
        (..., ReasonCode.CLAIM_MISSING),
        (None, ReasonCode.CLAIM_MISSING),
    ],
)
def test_a_required_claim_must_have_exactly_its_value(received: object, code: ReasonCode | None) -> None:
    expected = replace(EXPECTED, required_claims={"hd": "acme"})
    if code is None:
        assert verify(signed(claims(hd=received)), expected)
        return
    stopped = refusal(signed(claims(hd=received)), expected)
    assert (stopped.code, stopped.details["claim"]) == (code, "hd")


@pytest.mark.parametrize(("wanted", "received"), [(True, 1), (1, True), (0, False), ("1", 1), ("true", True), ([1], 1)])
def test_true_and_one_are_two_values_of_a_required_claim(wanted: object, received: object) -> None:
    expected = replace(EXPECTED, required_claims={"flag": wanted})
    assert verify(signed(claims(flag=wanted)), expected)
    assert refusal(signed(claims(flag=received)), expected).code is ReasonCode.CLAIM_INVALID


@pytest.mark.parametrize(
    ("auth_time", "code"),
    [
        (NOW - 100, None),
        (NOW - 419, None),
        (NOW - 421, ReasonCode.CLAIM_INVALID),
        ("yesterday", ReasonCode.CLAIM_INVALID),
        (..., ReasonCode.CLAIM_MISSING),
    ],
)
def test_a_login_older_than_was_asked_for_is_refused(auth_time: object, code: ReasonCode | None) -> None:
    expected = replace(EXPECTED, max_age=300)
    if code is None:
        assert verify(signed(claims(auth_time=auth_time)), expected)
        return
    stopped = refusal(signed(claims(auth_time=auth_time)), expected)
    assert (stopped.code, stopped.details["claim"]) == (code, "auth_time")
