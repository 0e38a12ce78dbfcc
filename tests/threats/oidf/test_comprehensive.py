"""Modules of `oidcc-client-test-plan` beyond certification.

The bridge redeems a code, reads who it is, and forgets every token: it never refreshes. So
`oidcc-client-test-refresh-token`, `-refresh-token-invalid-issuer` and `-refresh-token-invalid-sub` have nothing to
look at, but for the first test here.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.domain.connections.connection import ClientAuth
from app.domain.reasons import ReasonCode
from tests.builders import CLIENT_SECRET, World
from tests.fake_idp import FakeProvider, changed, forgeries, without
from tests.threats.acme import ALICE, Acme
from tests.threats.oidf.relying_party import RelyingParty
from tests.threats.oidf.tls import Tls


def test_oidcc_client_test_refresh_token_is_never_used(rp: RelyingParty) -> None:
    rp.idp.always_refresh_token = True
    rp.accepts()
    assert [request.form["grant_type"] for request in rp.idp.requests("token")] == ["authorization_code"]


def test_oidcc_client_test_missing_aud(rp: RelyingParty) -> None:
    rp.idp.claims_in = "userinfo"
    rp.idp.on.id_token(without("aud"))
    assert rp.refuses(ReasonCode.CLAIM_MISSING, after="token")["details"]["claim"] == "aud"


@pytest.fixture
def elliptic(world: World) -> Iterator[RelyingParty]:
    with FakeProvider(alg="ES256") as idp:
        idp.person("alice", email=ALICE)
        rp = RelyingParty(Acme.founded(world, idp))
        rp.set_up(signing_algs=("ES256",))
        yield rp


def test_oidcc_client_test_invalid_sig_es256(elliptic: RelyingParty) -> None:
    elliptic.idp.claims_in = "userinfo"
    elliptic.idp.on.sign = forgeries.spoilt(elliptic.idp.keys)
    elliptic.refuses(ReasonCode.SIGNATURE_INVALID, after="jwks")
    elliptic.idp.on.sign = None
    elliptic.accepts()


def test_oidcc_client_test_invalid_sig_hs256(rp: RelyingParty) -> None:
    rp.idp.claims_in = "userinfo"
    rp.set_up(signing_algs=("HS256",))
    rp.idp.on.sign = forgeries.hs256(CLIENT_SECRET.encode() + b"1")
    rp.refuses(ReasonCode.SIGNATURE_INVALID, after="token")
    rp.idp.on.sign = forgeries.hs256(CLIENT_SECRET.encode())
    rp.accepts()


def test_oidcc_client_test_aggregated_claims(rp: RelyingParty) -> None:
    """Nothing is taken from them, and they are in nobody's way."""
    jwt = forgeries.unsigned({}, {"email": "mallory@acme.example", "email_verified": True})
    rp.idp.on.userinfo(changed(_claim_names={"email": "src1"}, _claim_sources={"src1": {"JWT": jwt}}))
    rp.idp.on.id_token(changed(_claim_names={"email": "src1"}, _claim_sources={"src1": {"JWT": jwt}}))
    rp.accepts()


def test_oidcc_client_test_distributed_claims(rp: RelyingParty, rival: FakeProvider) -> None:
    """Where they are to be had is an address that somebody else names: nobody goes there."""
    sources = {"src1": {"endpoint": rival.url("userinfo"), "access_token": "token"}}
    rp.idp.on.id_token(changed(_claim_names={"credit_score": "src1"}, _claim_sources=sources))
    rp.idp.on.userinfo(changed(_claim_names={"credit_score": "src1"}, _claim_sources=sources))
    rp.accepts()
    assert rival.calls == []


def test_oidcc_client_test_mtls_endpoint_aliases(tls: Tls) -> None:
    rp = tls.relying_party()
    rp.idp.mtls_aliases = True
    rp.idp.claims_in = "userinfo"
    rp.accepts()
    (token,), (userinfo,) = rp.idp.requests("token"), rp.idp.requests("userinfo")
    assert (token.path, userinfo.path) == ("/mtls/token", "/mtls/userinfo")
    assert token.certificate == userinfo.certificate is not None


def test_aliases_are_not_for_clients_without_a_certificate(tls: Tls) -> None:
    rp = tls.relying_party()
    rp.idp.mtls_aliases = True
    rp.idp.client(client_secret=CLIENT_SECRET)
    rp.acme.main = replace(rp.acme.main, certificate=None, private_key=None, client_secret=tls.sealed(CLIENT_SECRET))
    rp.set_up(client_auth=ClientAuth.BASIC)
    rp.accepts()
    assert [request.path for request in rp.idp.requests("token")] == ["/token"]
    assert [request.certificate for request in rp.idp.requests()] == [None] * len(rp.idp.calls)
