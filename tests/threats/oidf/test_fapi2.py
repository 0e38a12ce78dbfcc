"""Modules of `fapi2-security-profile-final-client-test-plan` (SECURITY A14), those about DPoP in test_fapi2_dpop.py.

Pushed authorization requests, PS256, `iss` in the response; the client proves itself by TLS, or by private_key_jwt
towards the issuer; access tokens are bound to its certificate, or to a key by DPoP. The bridge claims no FAPI profile:
access tokens are used at userinfo at once, never refreshed, so `…-client-refresh-token-test` has nothing to look at.
"""

from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

import pytest
from joserfc.jwk import ECKey

from app.domain.connections.connection import ClientAuth
from app.domain.reasons import ReasonCode
from tests.fake_idp import changed, forgeries, without
from tests.fake_idp.jws import Json, read
from tests.threats.acme import parameters
from tests.threats.oidf.relying_party import RelyingParty
from tests.threats.oidf.tls import Tls

HAPPY = ["discovery", "par", "authorize", "token", "jwks", "userinfo"]


@pytest.fixture
def rp(tls: Tls) -> RelyingParty:
    return strict(tls.relying_party())


def strict(rp: RelyingParty) -> RelyingParty:
    """At a provider of the profile, which keeps the email for userinfo: who let a bad id_token pass would ask there."""
    rp.idp.par = "required"
    rp.idp.pkce = "required"
    rp.idp.bound_tokens = True
    rp.idp.claims_in = "userinfo"
    return rp


def by_private_key_jwt(tls: Tls, **settings: object) -> RelyingParty:
    rp, key = strict(tls.relying_party()), ECKey.generate_key("P-256")
    rp.idp.client(auth_method="private_key_jwt", public_key=key)
    pem = key.as_pem(private=True).decode()
    rp.acme.main = replace(rp.acme.main, certificate=None, private_key=tls.sealed(pem))
    rp.set_up(client_auth=ClientAuth.PRIVATE_KEY_JWT, client_assertion_audience="issuer", **settings)
    return rp


def test_fapi2_security_profile_final_client_test_happy_path(rp: RelyingParty) -> None:
    assert rp.accepts() == HAPPY
    (browser,), (pushed,), (token,) = (rp.idp.requests(name) for name in ("authorize", "par", "token"))
    assert browser.query.keys() == {"client_id", "request_uri"}
    assert pushed.form["code_challenge_method"] == "S256"
    assert pushed.certificate == token.certificate is not None
    assert browser.certificate is None
    assert "client_secret" not in pushed.form


def test_fapi2_security_profile_final_client_test_happy_path_by_private_key_jwt(tls: Tls) -> None:
    rp = by_private_key_jwt(tls)
    assert rp.accepts() == HAPPY
    sent = [request.form["client_assertion"] for request in (*rp.idp.requests("par"), *rp.idp.requests("token"))]
    assert [read(assertion)[1]["aud"] for assertion in sent] == [rp.idp.issuer] * 2
    assert len({read(assertion)[1]["jti"] for assertion in sent}) == 2


def test_fapi2_security_profile_final_client_test_happy_path_by_a_self_signed_certificate(
    tls: Tls, own_certificate: tuple[str, str]
) -> None:
    certificate, key = own_certificate
    rp = strict(replace(tls, certificate=certificate, key=key).relying_party(client_auth=ClientAuth.SELF_SIGNED_TLS))
    assert rp.accepts() == HAPPY


def test_fapi2_security_profile_final_client_test_discovery_issuer_mismatch(rp: RelyingParty) -> None:
    rp.idp.on.discovery(lambda document: {**document, "issuer": document["issuer"] + "/"})
    rp.stopped(rp.start(), ReasonCode.ISSUER_MISMATCH)
    assert rp.idp.calls == ["discovery"]


def test_fapi2_security_profile_final_client_test_invalid_iss(rp: RelyingParty) -> None:
    rp.idp.on.id_token(lambda claims: {**claims, "iss": claims["iss"] + "1"})
    rp.refuses(ReasonCode.ISSUER_MISMATCH, after="token")


def test_fapi2_security_profile_final_client_test_invalid_aud(rp: RelyingParty) -> None:
    rp.idp.on.id_token(changed(aud="bridge1"))
    rp.refuses(ReasonCode.AUDIENCE_MISMATCH, after="token")


def test_fapi2_security_profile_final_client_test_invalid_secondary_aud(rp: RelyingParty) -> None:
    for azp in ({}, {"azp": "bridge"}):
        rp.idp.on.id_token(changed(aud=["bridge", "https://unknown.example"], **azp))
        rp.refuses(ReasonCode.AUDIENCE_MISMATCH, after="token")


def test_fapi2_security_profile_final_client_test_valid_aud_as_array(rp: RelyingParty) -> None:
    rp.idp.on.id_token(changed(aud=["bridge"]))
    rp.accepts()


def test_fapi2_security_profile_final_client_test_invalid_null_alg(rp: RelyingParty) -> None:
    rp.idp.on.sign = forgeries.unsigned
    rp.refuses(ReasonCode.ALGORITHM_REFUSED, after="token")


def test_fapi2_security_profile_final_client_test_invalid_alternate_alg(rp: RelyingParty) -> None:
    """RS256 by the right key: the connection takes PS256 only."""
    rp.idp.on.id_token_header(changed(alg="RS256"))
    assert rp.refuses(ReasonCode.ALGORITHM_REFUSED, after="token")["details"]["received"] == "RS256"


def test_fapi2_security_profile_final_client_test_invalid_expired_exp(rp: RelyingParty) -> None:
    rp.idp.on.id_token(lambda claims: {**claims, "exp": claims["iat"] - 301})
    rp.refuses(ReasonCode.TOKEN_EXPIRED, after="jwks")


@pytest.mark.parametrize(("claim", "after"), [("exp", "jwks"), ("aud", "token"), ("iss", "token")])
def test_fapi2_security_profile_final_client_test_invalid_missing(rp: RelyingParty, claim: str, after: str) -> None:
    """invalid-missing-exp, invalid-missing-aud, invalid-missing-iss."""
    rp.idp.on.id_token(without(claim))
    assert rp.refuses(ReasonCode.CLAIM_MISSING, after=after)["details"]["claim"] == claim


def test_fapi2_security_profile_final_client_test_invalid_nonce(rp: RelyingParty) -> None:
    rp.idp.on.id_token(lambda claims: {**claims, "nonce": claims["nonce"] + "1"})
    rp.refuses(ReasonCode.NONCE_MISMATCH, after="jwks")


def test_fapi2_security_profile_final_client_test_invalid_missing_nonce(rp: RelyingParty) -> None:
    rp.idp.on.id_token(without("nonce"))
    assert rp.refuses(ReasonCode.CLAIM_MISSING, after="jwks")["details"]["claim"] == "nonce"


def test_fapi2_security_profile_final_client_test_invalid_authorization_response_iss(rp: RelyingParty) -> None:
    rp.idp.on.authorization_response(lambda sent: {**sent, "iss": str(sent["iss"]) + "1"})
    rp.refuses(ReasonCode.RESPONSE_ISSUER_MISMATCH, after="authorize")


def test_fapi2_security_profile_final_client_test_remove_authorization_response_iss(rp: RelyingParty) -> None:
    rp.idp.on.authorization_response(without("iss"))
    rp.refuses(ReasonCode.RESPONSE_ISSUER_MISMATCH, after="authorize")


def test_fapi2_security_profile_final_client_test_ensure_authorization_response_with_invalid_state_fails(
    rp: RelyingParty,
) -> None:
    rp.idp.on.authorization_response(lambda sent: {**sent, "state": str(sent["state"]) + "1"})
    rp.refuses(ReasonCode.ATTEMPT_UNKNOWN, after="authorize")


def test_fapi2_security_profile_final_client_test_ensure_authorization_response_with_invalid_missing_state_fails(
    rp: RelyingParty,
) -> None:
    rp.idp.on.authorization_response(without("state"))
    rp.refuses(ReasonCode.STATE_MISSING, after="authorize")


def test_fapi2_security_profile_final_client_test_token_endpoint_response_without_expires_in(rp: RelyingParty) -> None:
    rp.idp.on.token_response(without("expires_in"))
    rp.accepts()


@pytest.mark.parametrize("kind", ["bearer", "BEARER", "bEaReR"])
def test_fapi2_security_profile_final_client_test_token_type_case_insensitivity(rp: RelyingParty, kind: str) -> None:
    rp.idp.on.token_response(changed(token_type=kind))
    rp.accepts()


def test_a_provider_that_does_not_know_the_client_says_so_before_anybody_goes_there(rp: RelyingParty) -> None:
    rp.idp.client(auth_method="tls_client_auth")
    trace = rp.stopped(rp.start(), ReasonCode.CLIENT_REFUSED)
    assert (trace["details"]["endpoint"], trace["details"]["error"]) == ("par", "invalid_client")
    assert "certificate" in trace["remedy"] or "JWKS URL" in trace["remedy"]
    assert "client secret" not in trace["remedy"]
    assert [step["step"] for step in trace["steps"]][-1] == "par"
    assert rp.idp.calls == ["discovery", "par"]


def test_a_pushed_request_that_is_refused_stops_the_login(rp: RelyingParty) -> None:
    rp.idp.answer("par", status=400, body={"error": "invalid_request", "error_description": "<b>no</b>"})
    assert rp.stopped(rp.start(), ReasonCode.AUTHORIZATION_ERROR)["details"]["error"] == "invalid_request"


def test_the_name_of_a_request_gives_nothing_of_it_away(rp: RelyingParty) -> None:
    url = rp.start().headers["Location"]
    assert parameters(url).keys() == {"client_id", "request_uri"}
    other = urlunsplit(urlsplit(url)._replace(query=urlsplit(url).query.replace("bridge", "other")))
    assert rp.idp.authorize(other).status == 400


def test_a_code_of_another_attempt_is_refused(rp: RelyingParty) -> None:
    """Code injection (RFC 9700, section 4.5): state of one attempt, code of another."""
    first, second = rp.authorize().parameters, rp.authorize().parameters
    mixed = {**second, "code": first["code"]}
    answer = rp.acme.browser.get(f"/callback/{rp.acme.main.id}", query_string=mixed)
    rp.stopped(answer, ReasonCode.GRANT_REFUSED)
    assert rp.idp.calls[-1] == "token"


def test_a_token_that_is_bound_to_the_certificate_serves_nobody_else(rp: RelyingParty) -> None:
    def stolen(sent: Json) -> Json:
        token = rp.idp.access_tokens[sent["access_token"]]
        rp.idp.access_tokens[sent["access_token"]] = replace(token, certificate=b"another client's")
        return sent

    rp.idp.on.token_response(stolen)
    rp.refuses(ReasonCode.USERINFO_FAILED, after="userinfo")
