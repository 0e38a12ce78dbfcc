"""FAPI 2.0 and RFC 9449: access tokens that serve only with the key of the login that they were made for."""

from collections.abc import Mapping

import pytest

from app.domain.reasons import ReasonCode
from app.services.login.tickets import TICKET
from tests.builders import hidden_fields
from tests.fake_idp import RecordedRequest, Reply, changed
from tests.fake_idp.jws import Json, base64url, read
from tests.fake_idp.replies import json_reply
from tests.threats.acme import ALICE, parameters
from tests.threats.oidf.relying_party import RelyingParty
from tests.threats.oidf.test_fapi2 import HAPPY, by_private_key_jwt, strict
from tests.threats.oidf.tls import Tls

WITH_NONCES = ["discovery", "par", "authorize", "token", "token", "jwks", "userinfo", "userinfo"]


@pytest.fixture
def rp(tls: Tls) -> RelyingParty:
    """By private_key_jwt and DPoP, at a provider that demands both and a nonce for each endpoint."""
    rp = by_private_key_jwt(tls, dpop=True)
    rp.idp.bound_tokens = False
    rp.idp.dpop = "required"
    rp.idp.dpop_nonce = {"token": "nonce-of-the-server", "resource": "nonce-of-the-resource"}
    return rp


def proof_in(request: RecordedRequest) -> tuple[Json, Json]:
    return read(request.headers["dpop"])


def test_fapi2_security_profile_final_client_test_happy_path_by_dpop(rp: RelyingParty) -> None:
    assert rp.accepts() == WITH_NONCES
    asked, again = rp.idp.requests("token")
    assert asked.form["code"] == again.form["code"]
    assert asked.form["client_assertion"] != again.form["client_assertion"]
    first, second = proof_in(asked)[1], proof_in(again)[1]
    assert ("nonce" in first, second["nonce"]) == (False, "nonce-of-the-server")
    assert (second["htm"], second["htu"]) == ("POST", rp.idp.url("token"))
    assert first["jti"] != second["jti"]


def test_fapi2_security_profile_final_client_test_happy_path_no_dpop_nonce(rp: RelyingParty) -> None:
    rp.idp.dpop_nonce = {"token": "", "resource": ""}
    assert rp.accepts() == HAPPY


@pytest.mark.parametrize("kind", ["dpop", "DPOP", "dPoP"])
def test_fapi2_security_profile_final_client_test_token_type_case_insensitivity_by_dpop(
    rp: RelyingParty, kind: str
) -> None:
    rp.idp.on.token_response(changed(token_type=kind))
    rp.accepts()


@pytest.mark.parametrize("scheme", ["dpop", "DPOP", "dPoP"])
def test_fapi2_security_profile_final_client_test_rs_dpop_auth_scheme_case_insensitivity(
    rp: RelyingParty, scheme: str
) -> None:
    def challenged(request: RecordedRequest) -> Reply | None:
        if proof_in(request)[1].get("nonce"):
            return None
        challenge = f'{scheme} error="use_dpop_nonce", error_description="Resource server requires nonce"'
        return Reply(status=401, headers={"WWW-Authenticate": challenge, "DPoP-Nonce": "nonce-of-the-resource"})

    rp.idp.answer_by("userinfo", challenged)
    assert rp.accepts() == WITH_NONCES


def test_a_nonce_that_is_known_saves_the_second_request(rp: RelyingParty) -> None:
    assert rp.accepts() == WITH_NONCES
    rp.idp.forget_requests()
    assert [call for call in rp.accepts() if call in ("token", "userinfo")] == ["token", "userinfo"]
    rp.idp.dpop_nonce["token"] = "the-next-nonce"
    rp.idp.forget_requests()
    assert [call for call in rp.accepts() if call in ("token", "userinfo")] == ["token", "token", "userinfo"]


def test_the_key_is_of_one_login_and_the_code_is_bound_to_it(rp: RelyingParty) -> None:
    keys = []
    for _ in range(2):
        rp.idp.forget_requests()
        rp.accepts()
        header, claims = proof_in(rp.idp.requests("userinfo")[-1])
        assert header["jwk"].keys() == {"kty", "crv", "x", "y"}
        assert (header["typ"], header["alg"]) == ("dpop+jwt", "ES256")
        assert claims["ath"]
        assert {str(proof_in(one)[0]["jwk"]) for one in rp.idp.requests("token")} == {str(header["jwk"])}
        keys.append(rp.idp.requests("par")[0].form["dpop_jkt"])
    assert keys[0] != keys[1]


def test_without_par_the_browser_carries_the_name_of_the_key(rp: RelyingParty) -> None:
    rp.idp.par = "absent"
    url = rp.start().headers["Location"]
    assert len(parameters(url)["dpop_jkt"]) == 43


def test_a_code_of_another_login_is_refused_by_its_key(rp: RelyingParty) -> None:
    first, second = rp.authorize().parameters, rp.authorize().parameters
    mixed = {**second, "code": first["code"]}
    answer = rp.acme.browser.get(f"/callback/{rp.acme.main.id}", query_string=mixed)
    rp.stopped(answer, ReasonCode.GRANT_REFUSED)


def test_a_bound_token_is_never_sent_as_a_bearer_token_nor_outside_the_header(rp: RelyingParty) -> None:
    rp.accepts()
    for asked in rp.idp.requests("userinfo"):
        token = asked.dpop_token
        assert token
        assert rp.idp.access_tokens[token].jkt
        assert (asked.method, asked.query, asked.body) == ("GET", {}, b"")


@pytest.mark.parametrize("kind", ["Bearer", "bearer", None, "N_A", 7, ["DPoP"]])
def test_a_bearer_token_is_refused_where_a_bound_one_was_asked_for(rp: RelyingParty, kind: object) -> None:
    rp.idp.on.token_response(changed(token_type=kind))
    trace = rp.refuses(ReasonCode.TOKEN_TYPE_REFUSED, after="token")
    assert trace["details"]["expected"] == "DPoP"
    assert "dpop = false" in trace["remedy"]


def test_a_server_that_ignores_the_proof_is_found_out(rp: RelyingParty) -> None:
    rp.idp.dpop = "absent"
    assert rp.refuses(ReasonCode.TOKEN_TYPE_REFUSED, after="token")["details"]["received"] == "Bearer"


def test_a_server_that_asks_for_its_nonce_for_ever_is_asked_twice(rp: RelyingParty) -> None:
    def never_content(request: RecordedRequest) -> Reply:
        nonce = base64url(request.headers["dpop"].encode())[-16:]
        return json_reply({"error": "use_dpop_nonce"}, status=400, headers={"DPoP-Nonce": nonce})

    rp.idp.answer_by("token", never_content)
    trace = rp.refuses(ReasonCode.AUTHORIZATION_ERROR, after="token")
    assert trace["details"]["error"] == "use_dpop_nonce"
    assert rp.idp.calls.count("token") == 2


def test_a_resource_that_asks_for_its_nonce_for_ever_is_asked_twice(rp: RelyingParty) -> None:
    headers = {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"', "DPoP-Nonce": "another"}
    rp.idp.answer("userinfo", status=401, headers=headers)
    rp.refuses(ReasonCode.USERINFO_FAILED, after="userinfo")
    assert rp.idp.calls.count("userinfo") == 2


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (400, {}, "use_dpop_nonce"),
        (400, {"DPoP-Nonce": ""}, "use_dpop_nonce"),
        (400, {"DPoP-Nonce": "n" * 1025}, "use_dpop_nonce"),
        (400, {"DPoP-Nonce": "a\tb"}, "use_dpop_nonce"),
        (400, {"DPoP-Nonce": "a-nonce"}, "invalid_grant"),
        (503, {"DPoP-Nonce": "a-nonce"}, "use_dpop_nonce"),
    ],
)
def test_a_code_is_sent_again_for_a_nonce_and_for_nothing_else(
    rp: RelyingParty, status: int, headers: Mapping[str, str], error: str
) -> None:
    rp.idp.answer("token", status=status, headers=headers, body={"error": error})
    assert rp.acme.opened() is None
    rp.sign_in()
    assert rp.acme.opened() is None
    assert rp.idp.calls.count("token") == 1


def test_proofs_that_nobody_there_could_read_are_not_begun_with(rp: RelyingParty) -> None:
    rp.idp.on.discovery(changed(dpop_signing_alg_values_supported=["PS256"]))
    trace = rp.stopped(rp.start(), ReasonCode.MISCONFIGURED)
    assert trace["details"]["lacking"] == ["ES256 in dpop_signing_alg_values_supported"]
    assert "dpop" in trace["remedy"]
    assert rp.idp.calls == ["discovery"]


def test_a_login_begun_before_dpop_was_switched_on_starts_again(rp: RelyingParty) -> None:
    rp.set_up(dpop=False)
    rp.idp.dpop = "offered"
    answered = rp.authorize()
    rp.set_up(dpop=True)
    answer = rp.acme.browser.get(f"/callback/{rp.acme.main.id}", query_string=answered.parameters)
    rp.stopped(answer, ReasonCode.ATTEMPT_EXPIRED)
    assert "token" not in rp.idp.calls


def test_the_choosers_form_carries_no_key(rp: RelyingParty) -> None:
    acme = rp.acme
    acme.world.account(acme.tenant, "second", email=ALICE)
    form = hidden_fields(rp.sign_in())
    ticket = TICKET.open(form["ticket"], acme.world.bridge.sealer)
    assert ticket.attempt.state
    assert ticket.attempt.proof_secret == ""


def test_a_token_may_be_bound_to_a_certificate_and_to_a_key(tls: Tls) -> None:
    rp = strict(tls.relying_party())
    rp.set_up(dpop=True)
    assert rp.accepts() == HAPPY
    (asked,) = rp.idp.requests("userinfo")
    assert asked.certificate
    assert asked.dpop_token
