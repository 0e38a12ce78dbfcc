"""A connection with `profile = "ipsie"` demands all of IPSIE SL1 of provider and assertion (docs/ipsie.md)."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from joserfc.jwk import ECKey, RSAKey

from app.adapters.provider import dpop
from app.domain.connections.connection import ClientAuth, Sealed
from app.domain.reasons import ReasonCode
from tests.fake_idp import changed, without
from tests.fake_idp.jws import read
from tests.fake_idp.script import Change
from tests.threats.acme import Acme
from tests.threats.login.proving import Prover
from tests.threats.oidf.relying_party import RelyingParty

ASSURANCE = {"acr": "urn:example:phishing-resistant", "amr": ["hwk", "pin"]}


@pytest.fixture
def rp(acme: Acme) -> RelyingParty:
    """By private_key_jwt and DPoP with nonces, at a provider that meets the profile."""
    rp, idp, key = RelyingParty(acme), acme.idp, ECKey.generate_key("P-256")
    idp.clock = acme.world.clock.now
    idp.rotate_keys(alg="ES256")
    idp.pkce = "required"
    idp.dpop = "required"
    idp.dpop_nonce = {"token": "nonce-of-the-server", "resource": "nonce-of-the-resource"}
    idp.assurance = ASSURANCE
    idp.session_expiry = idp.now() + 3600
    idp.claims_in = "userinfo"
    idp.client(auth_method="private_key_jwt", public_key=key)
    with_key(rp, key)
    rp.set_up(
        profile="ipsie",
        dpop=True,
        signing_algs=("ES256",),
        client_auth=ClientAuth.PRIVATE_KEY_JWT,
        client_assertion_audience="issuer",
        client_assertion_alg="ES256",
    )
    return rp


def with_key(rp: RelyingParty, key: ECKey | RSAKey) -> None:
    sealer = rp.acme.world.bridge.sealer
    sealed = sealer.seal(key.as_pem(private=True), purpose="connection-secret")
    rp.acme.main = replace(rp.acme.main, private_key=Sealed(sealed))


def test_a_provider_that_meets_the_profile_signs_people_in(rp: RelyingParty) -> None:
    calls = rp.accepts()
    assert calls == ["discovery", "authorize", "token", "token", "jwks", "userinfo", "userinfo"]
    assert rp.idp.requests("authorize")[0].query["code_challenge_method"] == "S256"


def test_the_nonce_has_at_most_64_characters(rp: RelyingParty) -> None:
    rp.accepts()
    assert 43 <= len(rp.idp.requests("authorize")[0].query["nonce"]) <= 64


def test_the_challenge_is_of_one_request_and_one_browser(rp: RelyingParty) -> None:
    callback = rp.authorize().parameters
    answer = rp.acme.world.client().get(f"/callback/{rp.acme.main.id}", query_string=callback)
    assert answer.status_code == 400
    assert "token" not in rp.idp.calls
    rp.accepts()
    challenges = [one.query["code_challenge"] for one in rp.idp.requests("authorize")]
    assert len(set(challenges)) == len(challenges)


def test_assertions_carry_the_issuer_as_one_text(rp: RelyingParty) -> None:
    rp.accepts()
    for asked in rp.idp.requests("token"):
        header, claims = read(asked.form["client_assertion"])
        assert (header["alg"], claims["aud"]) == ("ES256", rp.idp.issuer)


def test_an_rsa_key_signs_with_ps256(rp: RelyingParty) -> None:
    key = RSAKey.generate_key(2048)
    rp.idp.client(auth_method="private_key_jwt", public_key=key)
    with_key(rp, key)
    rp.set_up()
    rp.accepts()
    assert read(rp.idp.requests("token")[0].form["client_assertion"])[0]["alg"] == "PS256"


def test_a_key_for_another_algorithm_signs_nothing(rp: RelyingParty) -> None:
    with_key(rp, ECKey.generate_key("P-384"))
    rp.set_up()
    trace = rp.stopped(rp.sign_in(), ReasonCode.MISCONFIGURED)
    assert trace["details"]["field"] == "private_key"
    assert "ES384" in trace["summary"]
    assert "token" not in rp.idp.calls


def test_access_tokens_go_in_the_header_bound_by_dpop(rp: RelyingParty) -> None:
    rp.accepts()
    for asked in rp.idp.requests("userinfo"):
        assert asked.dpop_token
        assert (asked.method, asked.query, asked.body) == ("GET", {}, b"")
        assert read(asked.headers["dpop"])[0]["alg"] == dpop.ALG


def test_how_somebody_signed_in_is_kept_and_the_session_ends_when_the_provider_says(rp: RelyingParty) -> None:
    rp.accepts()
    signed_in = Prover(rp.acme).signed_in()
    assert signed_in
    session, at_provider = signed_in.session, rp.idp.sessions["alice"]
    assert (session.acr, list(session.amr), session.auth_time) == (*ASSURANCE.values(), at_provider.auth_time)
    assert session.expires_at == rp.idp.session_expiry


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        (without("code_challenge_methods_supported"), "S256 in code_challenge_methods_supported"),
        (changed(code_challenge_methods_supported=["plain"]), "S256 in code_challenge_methods_supported"),
        (changed(code_challenge_methods_supported="S256"), "S256 in code_challenge_methods_supported"),
        (without("dpop_signing_alg_values_supported"), "ES256 in dpop_signing_alg_values_supported"),
        (changed(dpop_signing_alg_values_supported=["RS256"]), "ES256 in dpop_signing_alg_values_supported"),
        (
            without("authorization_response_iss_parameter_supported"),
            "authorization_response_iss_parameter_supported",
        ),
        (
            changed(authorization_response_iss_parameter_supported="true"),
            "authorization_response_iss_parameter_supported",
        ),
    ],
)
def test_a_provider_that_lacks_something_is_not_gone_to(rp: RelyingParty, change: Change, lacking: str) -> None:
    rp.idp.on.discovery(change)
    trace = rp.stopped(rp.start(), ReasonCode.MISCONFIGURED)
    assert trace["details"]["lacking"] == [lacking]
    assert lacking in trace["summary"]
    assert "profile" in trace["remedy"]
    assert rp.idp.calls == ["discovery"]


def test_a_provider_that_was_mended_is_gone_to_again_soon(rp: RelyingParty) -> None:
    rp.idp.on.discovery(without("code_challenge_methods_supported"))
    rp.stopped(rp.start(), ReasonCode.MISCONFIGURED)
    rp.idp.honest()
    rp.acme.world.clock.forward(30)
    rp.accepts()


def test_metadata_of_another_issuer_are_refused(rp: RelyingParty) -> None:
    rp.idp.on.discovery(lambda document: {**document, "issuer": document["issuer"] + "/"})
    rp.stopped(rp.start(), ReasonCode.ISSUER_MISMATCH)
    assert rp.idp.calls == ["discovery"]


@pytest.mark.parametrize("change", [without("iss"), changed(iss="https://other.example")])
def test_an_answer_without_the_right_iss_is_refused(rp: RelyingParty, change: Change) -> None:
    rp.idp.on.authorization_response(change)
    rp.refuses(ReasonCode.RESPONSE_ISSUER_MISMATCH, after="authorize")


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("aud", ["bridge"]),
        ("acr", 1),
        ("acr", ""),
        ("acr", ["high"]),
        ("amr", "pwd"),
        ("amr", []),
        ("amr", [1]),
        ("amr", ["pwd", ""]),
        ("auth_time", "1790000000"),
        ("session_expiry", "1999999999"),
    ],
)
def test_an_assertion_that_falls_short_is_refused(rp: RelyingParty, claim: str, value: object) -> None:
    rp.idp.on.id_token(changed(**{claim: value}))
    assert rp.refuses(ReasonCode.CLAIM_INVALID, after="jwks")["details"]["claim"] == claim


@pytest.mark.parametrize("claim", ["acr", "amr", "auth_time", "session_expiry"])
def test_an_assertion_that_leaves_something_out_is_refused(rp: RelyingParty, claim: str) -> None:
    rp.idp.on.id_token(without(claim))
    assert rp.refuses(ReasonCode.CLAIM_MISSING, after="jwks")["details"]["claim"] == claim


def test_a_session_of_less_than_five_minutes_is_refused(rp: RelyingParty) -> None:
    rp.idp.on.id_token(lambda claims: {**claims, "session_expiry": claims["iat"] + 299})
    assert rp.refuses(ReasonCode.CLAIM_INVALID, after="jwks")["details"]["claim"] == "session_expiry"
    rp.idp.on.id_token(lambda claims: {**claims, "session_expiry": claims["iat"] + 300})
    rp.accepts()


def test_an_old_sign_in_is_refused_where_max_age_was_sent(rp: RelyingParty) -> None:
    rp.set_up(max_age=60)
    rp.idp.on.id_token(lambda claims: {**claims, "auth_time": claims["auth_time"] - 600})
    assert rp.refuses(ReasonCode.CLAIM_INVALID, after="jwks")["details"]["claim"] == "auth_time"
    assert rp.idp.requests("authorize")[0].query["max_age"] == "60"


def test_without_the_profile_none_of_this_is_demanded(rp: RelyingParty) -> None:
    rp.set_up(profile=None, dpop=False)
    rp.idp.dpop = "absent"
    rp.idp.iss_in_response = False
    rp.idp.on.id_token(without("acr", "amr", "auth_time", "session_expiry"))
    rp.accepts()


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"dpop": False}, "dpop"),
        ({"pkce": False}, "pkce"),
        ({"signing_algs": ("ES256", "RS256")}, "signing_algs"),
        ({"trusted_audiences": ("other",)}, "trusted_audiences"),
        ({"jwks_uri": "https://idp.acme.example/jwks"}, "jwks_uri"),
        ({"client_assertion_audience": "token_endpoint"}, "client_assertion_audience"),
        ({"client_auth": ClientAuth.SECRET_JWT}, "client_auth"),
    ],
)
def test_a_connection_that_was_saved_otherwise_is_not_used(
    rp: RelyingParty, settings: Mapping[str, object], field: str
) -> None:
    rp.set_up(**settings)
    assert rp.stopped(rp.start(), ReasonCode.MISCONFIGURED)["details"]["field"] == field
