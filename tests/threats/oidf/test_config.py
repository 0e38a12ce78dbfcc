"""Plan `oidcc-client-config-certification-test-plan`: what discovery says is used, and only that."""

from app.domain.reasons import ReasonCode
from tests.fake_idp import changed, forgeries
from tests.fake_idp.jws import Json
from tests.threats.oidf.relying_party import RelyingParty


def test_oidcc_client_test_discovery_openid_config(rp: RelyingParty) -> None:
    rp.idp.paths |= {"authorize": "/a-1", "token": "/t-1", "userinfo": "/u-1"}
    rp.idp.claims_in = "userinfo"
    assert rp.accepts() == ["discovery", "authorize", "token", "jwks", "userinfo"]


def test_oidcc_client_test_discovery_jwks_uri_keys(rp: RelyingParty) -> None:
    rp.idp.paths["jwks"] = "/keys-of-this-run"
    assert "jwks" in rp.accepts()


def test_oidcc_client_test_discovery_issuer_mismatch(rp: RelyingParty) -> None:
    rp.idp.on.discovery(lambda document: {**document, "issuer": document["issuer"] + "/"})
    rp.stopped(rp.start(), ReasonCode.ISSUER_MISMATCH)
    assert rp.idp.calls == ["discovery"]


def test_oidcc_client_test_idtoken_sig_none(rp: RelyingParty) -> None:
    rp.idp.claims_in = "userinfo"
    rp.idp.on.discovery(changed(id_token_signing_alg_values_supported=["none"]))
    rp.idp.on.sign = forgeries.unsigned
    rp.refuses(ReasonCode.ALGORITHM_REFUSED, after="token")


def test_oidcc_client_test_signing_key_rotation_just_before_signing(rp: RelyingParty) -> None:
    rp.accepts()

    def rotating(claims: Json) -> Json:
        rp.idp.rotate_keys()
        return claims

    rp.idp.on.id_token(rotating)
    assert rp.accepts() == ["authorize", "token", "jwks"]


def test_oidcc_client_test_signing_key_rotation(rp: RelyingParty) -> None:
    assert rp.accepts() == ["discovery", "authorize", "token", "jwks"]
    rp.idp.rotate_keys()
    assert rp.accepts() == ["authorize", "token", "jwks"]
