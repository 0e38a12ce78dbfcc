"""The 16 modules of the plan `oidcc-client-basic-certification-test-plan`, whatever the response mode."""

from dataclasses import replace

from app.domain.connections.connection import Sealed
from app.domain.reasons import ReasonCode
from tests.fake_idp import Reply, changed, forgeries, without
from tests.fake_idp.recorded import RecordedRequest
from tests.threats.oidf.relying_party import RelyingParty

WHOLE = ["authorize", "token", "jwks", "userinfo"]
AWKWARD = "p+ %q:é&=~"


class BasicModules:
    """Inherited by the test class of each plan that runs them, with a fixture `rp` of its own.

    In most of them the provider keeps the email for userinfo: a bridge that let a bad id_token pass would ask there.
    """

    def test_oidcc_client_test(self, rp: RelyingParty) -> None:
        rp.idp.claims_in = "userinfo"
        assert rp.accepts() == ["discovery", *WHOLE]

    def test_oidcc_client_test_invalid_iss(self, rp: RelyingParty) -> None:
        rp.idp.claims_in = "userinfo"
        rp.idp.on.id_token(lambda claims: {**claims, "iss": claims["iss"] + "/"})
        trace = rp.refuses(ReasonCode.ISSUER_MISMATCH, after="token")
        assert trace["details"]["received"] == f"{trace['details']['expected']}/"

    def test_oidcc_client_test_missing_sub(self, rp: RelyingParty) -> None:
        rp.idp.claims_in = "userinfo"
        rp.idp.on.id_token(without("sub"))
        assert rp.refuses(ReasonCode.CLAIM_MISSING, after="jwks")["details"]["claim"] == "sub"

    def test_oidcc_client_test_invalid_aud(self, rp: RelyingParty) -> None:
        rp.idp.claims_in = "userinfo"
        rp.idp.on.id_token(changed(aud="bridge1"))
        rp.refuses(ReasonCode.AUDIENCE_MISMATCH, after="token")

    def test_oidcc_client_test_missing_iat(self, rp: RelyingParty) -> None:
        rp.idp.claims_in = "userinfo"
        rp.idp.on.id_token(without("iat"))
        assert rp.refuses(ReasonCode.CLAIM_MISSING, after="jwks")["details"]["claim"] == "iat"

    def test_oidcc_client_test_kid_absent_single_jwks(self, rp: RelyingParty) -> None:
        rp.idp.rotate_keys(no_kid=True)
        rp.idp.on.id_token_header(without("kid"))
        assert len(rp.idp.keys.published) == 1
        rp.accepts()

    def test_oidcc_client_test_kid_absent_multiple_jwks(self, rp: RelyingParty) -> None:
        rp.idp.rotate_keys(keep_old=True)
        rp.idp.rotate_keys(keep_old=True, no_kid=True)
        rp.idp.on.id_token_header(without("kid"))
        assert len(rp.idp.keys.published) == 3
        rp.accepts()

    def test_oidcc_client_test_idtoken_sig_rs256(self, rp: RelyingParty) -> None:
        assert rp.idp.keys.current.alg == "RS256"
        assert "jwks" in rp.accepts()

    def test_oidcc_client_test_idtoken_sig_none(self, rp: RelyingParty) -> None:
        """The suite lets a relying party choose; we never take one that nobody signed."""
        rp.idp.claims_in = "userinfo"
        rp.idp.on.discovery(changed(id_token_signing_alg_values_supported=["none", "RS256"]))
        rp.idp.on.sign = forgeries.unsigned
        rp.refuses(ReasonCode.ALGORITHM_REFUSED, after="token")

    def test_oidcc_client_test_invalid_sig_rs256(self, rp: RelyingParty) -> None:
        rp.idp.claims_in = "userinfo"
        rp.idp.on.sign = forgeries.spoilt(rp.idp.keys)
        rp.refuses(ReasonCode.SIGNATURE_INVALID, after="jwks")

    def test_oidcc_client_test_userinfo_bearer_header(self, rp: RelyingParty) -> None:
        rp.idp.claims_in = "userinfo"
        rp.accepts()
        (asked,) = rp.idp.requests("userinfo")
        assert asked.bearer
        assert (asked.method, asked.query, asked.body) == ("GET", {}, b"")

    def test_oidcc_client_test_userinfo_bearer_body(self, rp: RelyingParty) -> None:
        """We send the token in the header only, as RFC 6750 prefers: a server that takes it in the body gets a page."""
        rp.idp.claims_in = "userinfo"
        rp.idp.answer_by("userinfo", _in_the_body_only)
        rp.refuses(ReasonCode.USERINFO_FAILED, after="userinfo")

    def test_oidcc_client_test_userinfo_invalid_sub(self, rp: RelyingParty) -> None:
        rp.idp.claims_in = "userinfo"
        rp.idp.on.userinfo(changed(sub="alice1"))
        rp.refuses(ReasonCode.SUBJECT_MISMATCH, after="userinfo")

    def test_oidcc_client_test_nonce_invalid(self, rp: RelyingParty) -> None:
        rp.idp.claims_in = "userinfo"
        rp.idp.on.id_token(lambda claims: {**claims, "nonce": claims["nonce"] + "1"})
        rp.refuses(ReasonCode.NONCE_MISMATCH, after="jwks")

    def test_oidcc_client_test_scope_userinfo_claims(self, rp: RelyingParty) -> None:
        rp.idp.claims_in = "userinfo"
        rp.idp.person("alice", email="alice@acme.example", phone_number="+1", address={"country": "CA"})
        rp.set_up(scopes=("openid", "profile", "email", "address", "phone"))
        assert "userinfo" in rp.accepts()
        assert rp.idp.requests("authorize")[0].query["scope"] == "openid profile email address phone"

    def test_oidcc_client_test_client_secret_basic(self, rp: RelyingParty) -> None:
        sealed = rp.acme.world.bridge.sealer.seal(AWKWARD.encode(), purpose="connection-secret")
        rp.acme.main = replace(rp.acme.main, client_secret=Sealed(sealed))
        rp.set_up(client_id="a:b +%")
        rp.idp.client("a:b +%", client_secret=AWKWARD, auth_method="client_secret_basic")
        rp.accepts()


def _in_the_body_only(request: RecordedRequest) -> Reply | None:
    return None if request.form.get("access_token") else Reply(status=401)
