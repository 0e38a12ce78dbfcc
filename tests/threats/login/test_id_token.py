"""Every claim of an id_token that a provider could get wrong, or an attacker right."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.domain.reasons import ReasonCode
from tests.fake_idp import FakeProvider, changed, without
from tests.fake_idp.jws import Json
from tests.threats.acme import Acme, noting

Change = Callable[[Json], object]
DAY_S = 86_400

REFUSED: dict[str, tuple[Change, ReasonCode]] = {
    "another issuer": (changed(iss="https://evil.example"), ReasonCode.ISSUER_MISMATCH),
    "our issuer with a slash": (lambda claims: {**claims, "iss": claims["iss"] + "/"}, ReasonCode.ISSUER_MISMATCH),
    "our issuer in capitals": (lambda claims: {**claims, "iss": claims["iss"].upper()}, ReasonCode.ISSUER_MISMATCH),
    "an issuer that begins like ours": (
        lambda claims: {**claims, "iss": claims["iss"] + "@evil.example"},
        ReasonCode.ISSUER_MISMATCH,
    ),
    "a list of issuers": (lambda claims: {**claims, "iss": [claims["iss"]]}, ReasonCode.ISSUER_MISMATCH),
    "no issuer": (without("iss"), ReasonCode.CLAIM_MISSING),
    "another audience": (changed(aud="somebody-else"), ReasonCode.AUDIENCE_MISMATCH),
    "our audience and a 1": (changed(aud="bridge1"), ReasonCode.AUDIENCE_MISMATCH),
    "our audience in capitals": (changed(aud="BRIDGE"), ReasonCode.AUDIENCE_MISMATCH),
    "another audience and us as party": (changed(aud="somebody-else", azp="bridge"), ReasonCode.AUDIENCE_MISMATCH),
    "an audience beside ours": (changed(aud=["bridge", "somebody-else"]), ReasonCode.AUDIENCE_MISMATCH),
    "an audience beside ours and us as party": (
        changed(aud=["bridge", "somebody-else"], azp="bridge"),
        ReasonCode.AUDIENCE_MISMATCH,
    ),
    "no audience in the list": (changed(aud=[]), ReasonCode.AUDIENCE_MISMATCH),
    "an audience within a list": (changed(aud=[["bridge"]]), ReasonCode.AUDIENCE_MISMATCH),
    "an object as audience": (changed(aud={"bridge": True}), ReasonCode.AUDIENCE_MISMATCH),
    "a number as audience": (changed(aud=7), ReasonCode.AUDIENCE_MISMATCH),
    "no audience": (without("aud"), ReasonCode.CLAIM_MISSING),
    "another party": (changed(azp="somebody-else"), ReasonCode.AUDIENCE_MISMATCH),
    "a list of parties": (changed(azp=["bridge"]), ReasonCode.AUDIENCE_MISMATCH),
    "no expiry": (without("exp"), ReasonCode.CLAIM_MISSING),
    "a text as expiry": (changed(exp="4000000000"), ReasonCode.CLAIM_INVALID),
    "an endless expiry": (changed(exp=1e300), ReasonCode.CLAIM_INVALID),
    "an expiry beyond any calendar": (changed(exp=10**30), ReasonCode.CLAIM_INVALID),
    "true as expiry": (changed(exp=True), ReasonCode.CLAIM_INVALID),
    "a negative expiry": (changed(exp=-1), ReasonCode.TOKEN_EXPIRED),
    "no time of issue": (without("iat"), ReasonCode.CLAIM_MISSING),
    "a text as time of issue": (changed(iat="now"), ReasonCode.CLAIM_INVALID),
    "a time of issue ten years ago": (
        lambda claims: {**claims, "iat": claims["iat"] - 3650 * DAY_S},
        ReasonCode.TOKEN_EXPIRED,
    ),
    "a time of issue in an hour": (
        lambda claims: {**claims, "iat": claims["iat"] + 3600},
        ReasonCode.TOKEN_NOT_YET_VALID,
    ),
    "a beginning in an hour": (
        lambda claims: {**claims, "nbf": claims["iat"] + 3600},
        ReasonCode.TOKEN_NOT_YET_VALID,
    ),
    "no nonce": (without("nonce"), ReasonCode.CLAIM_MISSING),
    "a null nonce": (changed(nonce=None), ReasonCode.CLAIM_MISSING),
    "an empty nonce": (changed(nonce=""), ReasonCode.NONCE_MISMATCH),
    "another nonce": (changed(nonce="x" * 43), ReasonCode.NONCE_MISMATCH),
    "our nonce in a list": (lambda claims: {**claims, "nonce": [claims["nonce"]]}, ReasonCode.NONCE_MISMATCH),
    "no nonce, and a word that none is needed": (
        lambda claims: {**without("nonce")(claims), "nonce_supported": False},  # type: ignore[dict-item]  # a document
        ReasonCode.CLAIM_MISSING,
    ),
    "no subject": (without("sub"), ReasonCode.CLAIM_MISSING),
    "a null subject": (changed(sub=None), ReasonCode.CLAIM_MISSING),
    "an empty subject": (changed(sub=""), ReasonCode.CLAIM_INVALID),
    "a number as subject": (changed(sub=7), ReasonCode.CLAIM_INVALID),
    "an object as subject": (changed(sub={"id": 7}), ReasonCode.CLAIM_INVALID),
    "an endless subject": (changed(sub="x" * 256), ReasonCode.CLAIM_INVALID),
    "a line end in the subject": (changed(sub="alice\n"), ReasonCode.CLAIM_INVALID),
    "another access token's hash": (changed(at_hash="x" * 22), ReasonCode.TOKEN_HASH_MISMATCH),
    "an empty hash": (changed(at_hash=""), ReasonCode.TOKEN_HASH_MISMATCH),
    "a number as hash": (changed(at_hash=7), ReasonCode.TOKEN_HASH_MISMATCH),
}

ACCEPTED: dict[str, Change] = {
    "our audience in a list": changed(aud=["bridge"]),
    "our audience twice": changed(aud=["bridge", "bridge"]),
    "us as party": changed(azp="bridge"),
    "an expiry a minute ago": lambda claims: {**claims, "exp": claims["iat"] - 60},
    "a time of issue in a minute": lambda claims: {**claims, "iat": claims["iat"] + 60},
    "an expiry with a fraction": lambda claims: {**claims, "exp": claims["exp"] + 0.5},
    "no access token's hash": without("at_hash"),
    "an unknown claim": changed(https="//claims.example"),
}


@pytest.mark.parametrize(("change", "code"), REFUSED.values(), ids=REFUSED)
def test_an_id_token_is_refused_with(steady: Acme, change: Change, code: ReasonCode) -> None:
    steady.idp.claims_in = "userinfo"
    steady.idp.on.id_token(change)
    trace = steady.refused(steady.sign_in(), code)
    assert trace["steps"][-1]["step"] == "id_token"
    assert "userinfo" not in steady.idp.calls
    assert steady.opened() is None


@pytest.mark.parametrize("change", ACCEPTED.values(), ids=ACCEPTED)
def test_an_id_token_is_accepted_with(steady: Acme, change: Change) -> None:
    steady.idp.on.id_token(change)
    assert steady.sign_in().status_code == 303
    assert steady.opened() == "alice"


def test_an_audience_that_the_connection_trusts_may_stand_beside_ours(steady: Acme) -> None:
    trusting = replace(steady.main.provider, trusted_audiences=("gateway",))
    steady.world.save(replace(steady.main, provider=trusting))
    steady.idp.on.id_token(changed(aud=["bridge", "gateway"], azp="bridge"))
    assert steady.sign_in().status_code == 303


def test_a_trusted_audience_alone_is_not_ours(steady: Acme) -> None:
    trusting = replace(steady.main.provider, trusted_audiences=("gateway",))
    steady.world.save(replace(steady.main, provider=trusting))
    steady.idp.on.id_token(changed(aud=["gateway"], azp="bridge"))
    steady.refused(steady.sign_in(), ReasonCode.AUDIENCE_MISMATCH)


@pytest.mark.parametrize(("skew_s", "code"), [(-600, ReasonCode.TOKEN_EXPIRED), (600, ReasonCode.TOKEN_NOT_YET_VALID)])
def test_a_clock_that_is_wrong_is_named_with_how_wrong_it_is(steady: Acme, skew_s: int, code: ReasonCode) -> None:
    def shifted(claims: Json) -> Json:
        return {**claims, "iat": claims["iat"] + skew_s, "exp": claims["exp"] + skew_s}

    steady.idp.on.id_token(shifted)
    trace = steady.refused(steady.sign_in(), code)
    assert abs(trace["details"]["skew_s"] - skew_s) <= 2


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, ReasonCode.ID_TOKEN_MISSING),
        ("", ReasonCode.ID_TOKEN_MISSING),
        (7, ReasonCode.ANSWER_INVALID),
        (["a.b.c"], ReasonCode.ANSWER_INVALID),
        ({"iss": "x"}, ReasonCode.ANSWER_INVALID),
        ("a.b.c", ReasonCode.ANSWER_INVALID),
        ("..", ReasonCode.ANSWER_INVALID),
        ("x" * 70_000, ReasonCode.ANSWER_INVALID),
        ("a.b.c.d", ReasonCode.ANSWER_INVALID),
        ("a.b.ü", ReasonCode.ANSWER_INVALID),
    ],
)
def test_a_token_endpoint_without_a_usable_id_token_signs_nobody_in(
    steady: Acme, value: object, code: ReasonCode
) -> None:
    steady.idp.on.token_response(changed(id_token=value))
    steady.refused(steady.sign_in(), code)
    assert "userinfo" not in steady.idp.calls


def test_an_answer_without_an_id_token_fails_closed_although_userinfo_would_vouch(steady: Acme) -> None:
    steady.idp.on.token_response(without("id_token"))
    steady.refused(steady.sign_in(), ReasonCode.ID_TOKEN_MISSING)
    assert steady.idp.calls[-1] == "token"


@pytest.mark.parametrize("typ", ["logout+jwt", "at+jwt", "secevent+jwt", "dpop+jwt", 7, ["JWT"], ""])
def test_a_token_made_for_something_else_is_no_id_token(steady: Acme, typ: object) -> None:
    steady.idp.on.id_token_header(changed(typ=typ))
    steady.refused(steady.sign_in(), ReasonCode.TOKEN_TYPE_REFUSED)


def test_a_logout_token_is_no_id_token(steady: Acme) -> None:
    steady.sign_in()
    token = steady.idp.logout_token(header={"typ": "JWT"})
    steady.idp.on.token_response(changed(id_token=token))
    steady.refused(steady.sign_in(), ReasonCode.CLAIM_MISSING)


def test_the_id_token_of_another_login_is_refused(steady: Acme) -> None:
    seen: list[Any] = []
    steady.idp.on.token_response(noting(seen.append))
    steady.sign_in()
    steady.idp.on.token_response(changed(id_token=seen[0]))
    steady.refused(steady.sign_in(steady.world.client()), ReasonCode.NONCE_MISMATCH)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({}, ReasonCode.CLAIM_MISSING),
        ({"tid": "other"}, ReasonCode.CLAIM_INVALID),
        ({"tid": ["ours"]}, ReasonCode.CLAIM_INVALID),
        ({"tid": True}, ReasonCode.CLAIM_INVALID),
    ],
)
def test_a_claim_that_pins_the_organisation_must_be_there_exactly(
    steady: Acme, claims: dict[str, object], code: ReasonCode
) -> None:
    pinned = replace(steady.main.provider, required_claims={"tid": "ours"})
    steady.world.save(replace(steady.main, provider=pinned))
    steady.idp.on.id_token(changed(**claims))
    steady.refused(steady.sign_in(), code)
    steady.idp.on.id_token(changed(tid="ours"))
    assert steady.sign_in().status_code == 303


def test_a_login_older_than_was_asked_for_is_refused(steady: Acme) -> None:
    strict = replace(steady.main.provider, authorize_params={"max_age": "60"})
    steady.world.save(replace(steady.main, provider=strict))
    steady.idp.on.id_token(lambda claims: {**claims, "auth_time": claims["iat"] - 600})
    steady.refused(steady.sign_in(), ReasonCode.CLAIM_INVALID)
    steady.idp.on.id_token(without("auth_time"))
    steady.refused(steady.sign_in(), ReasonCode.CLAIM_MISSING)


def test_claims_that_lie_elsewhere_are_not_fetched(steady: Acme, rival: FakeProvider) -> None:
    pointed = {"endpoint": rival.url("userinfo"), "access_token": "x"}
    steady.idp.on.id_token(changed(_claim_names={"email": "src"}, _claim_sources={"src": pointed}))
    assert steady.sign_in().status_code == 303
    assert rival.calls == []


def test_the_next_honest_login_works_at_once(steady: Acme) -> None:
    for change, code in list(REFUSED.values())[:10]:
        steady.idp.on.id_token(change)
        steady.refused(steady.sign_in(steady.world.client()), code)
    steady.idp.honest()
    assert steady.sign_in().status_code == 303
