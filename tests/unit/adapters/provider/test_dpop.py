"""Proofs of possession (RFC 9449), one by one."""

import hashlib
from collections.abc import Mapping

import pytest
from joserfc import jwt

from app.adapters.provider import dpop
from app.adapters.provider.dpop import LONGEST_NONCE, MOST_NONCES, Nonces, ProofMaker, proof_key
from app.domain.connections.connection import Protocol
from app.ports.outbound import Answer, OutboundRequest
from tests.unit.adapters.provider import in_memory as idp
from tests.unit.adapters.provider.fake_ports import FakeClock, FakeRandomness
from tests.unit.adapters.provider.in_memory import World, answer, base64url, connection

SECRET = "s" * 43
URL = "https://idp.acme.example/userinfo?tenant=acme#here"


def maker(nonces: Nonces | None = None, *, bulkhead_key: str = "conn") -> ProofMaker:
    return ProofMaker(
        key=proof_key(SECRET),
        bulkhead_key=bulkhead_key,
        nonces=nonces or Nonces(),
        clock=FakeClock(),
        randomness=FakeRandomness(),
    )


def asked(headers: Mapping[str, str], *, status: int = 401, body: bytes = b"") -> Answer:
    return Answer(status=status, headers=headers, body=body, took_ms=1)


def test_a_proof_names_the_request_its_time_and_its_key() -> None:
    sent = maker().proven(OutboundRequest(method="POST", url=URL, headers={"Accept": "a"}, body=b"b"))
    authentication = jwt.decode(sent.headers["DPoP"], proof_key(SECRET), algorithms=["ES256"])
    assert authentication.header == {"typ": "dpop+jwt", "alg": "ES256", "jwk": proof_key(SECRET).as_dict(private=False)}
    assert authentication.claims == {
        "jti": "random-token",
        "htm": "POST",
        "htu": "https://idp.acme.example/userinfo",
        "iat": int(idp.NOW),
    }
    assert (sent.url, sent.body, sent.headers["Accept"]) == (URL, b"b", "a")
    assert "Authorization" not in sent.headers


def test_a_proof_with_a_token_names_its_hash() -> None:
    sent = maker().proven(OutboundRequest(method="GET", url=URL), access_token="the-token")
    authentication = jwt.decode(sent.headers["DPoP"], proof_key(SECRET), algorithms=["ES256"])
    assert authentication.claims["ath"] == base64url(hashlib.sha256(b"the-token").digest())
    assert sent.headers["Authorization"] == "DPoP the-token"


def test_the_key_comes_of_the_secret_alone_and_of_no_other() -> None:
    assert proof_key(SECRET).as_dict(private=True) == proof_key(SECRET).as_dict(private=True)
    keys = {proof_key(f"{n}").thumbprint() for n in range(50)}
    assert len(keys) == 50
    assert {proof_key(f"{n}").curve_name for n in range(50)} == {"P-256"}


def test_a_nonce_is_of_one_endpoint_and_one_connection() -> None:
    nonces = Nonces()
    assert maker(nonces).asked_again(URL, asked({"dpop-nonce": "n1", "www-authenticate": "DPoP error=use_dpop_nonce"}))
    assert nonces.of("conn", URL) == "n1"
    assert nonces.of("another", URL) is None
    assert nonces.of("conn", "https://idp.acme.example/token") is None


@pytest.mark.parametrize(
    ("given", "again"),
    [
        (asked({"dpop-nonce": "n", "www-authenticate": 'dpop error="use_dpop_nonce"'}), True),
        (asked({"dpop-nonce": "n"}, status=400, body=b'{"error": "use_dpop_nonce"}'), True),
        (asked({"www-authenticate": 'DPoP error="use_dpop_nonce"'}), False),
        (asked({"dpop-nonce": "", "www-authenticate": 'DPoP error="use_dpop_nonce"'}), False),
        (asked({"dpop-nonce": "n" * (LONGEST_NONCE + 1), "www-authenticate": "use_dpop_nonce"}), False),
        (asked({"dpop-nonce": "n\x00", "www-authenticate": "use_dpop_nonce"}), False),
        (asked({"dpop-nonce": "né", "www-authenticate": "use_dpop_nonce"}), False),
        (asked({"dpop-nonce": "n", "www-authenticate": 'DPoP error="invalid_token"'}), False),
        (asked({"dpop-nonce": "n"}, status=200, body=b"use_dpop_nonce"), False),
        (asked({"dpop-nonce": "n"}, status=503, body=b"use_dpop_nonce"), False),
    ],
)
def test_the_same_is_asked_again_for_a_nonce_only(given: Answer, again: bool) -> None:  # noqa: FBT001  # parametrized
    assert maker().asked_again(URL, given) is again


def test_a_nonce_that_comes_with_a_good_answer_is_for_the_next_request() -> None:
    nonces = Nonces()
    maker(nonces).asked_again(URL, asked({"dpop-nonce": "next"}, status=200))
    sent = maker(nonces).proven(OutboundRequest(method="GET", url=URL))
    assert jwt.decode(sent.headers["DPoP"], proof_key(SECRET), algorithms=["ES256"]).claims["nonce"] == "next"


def test_a_provider_that_gives_many_nonces_fills_no_memory() -> None:
    nonces = Nonces()
    for number in range(MOST_NONCES + 10):
        nonces.learn("conn", f"https://idp.acme.example/{number}", "n")
    known = [nonces.of("conn", f"https://idp.acme.example/{number}") for number in range(MOST_NONCES + 10)]
    assert known.count("n") == MOST_NONCES
    assert known[0] is None


def test_a_plain_oauth_server_is_shown_the_key_at_every_endpoint_that_takes_the_token() -> None:
    world, emails = World(), f"{idp.ISSUER}/emails"
    world.outbound.replies[idp.TOKEN] = idp.tokens(token_type="dpop")
    world.outbound.replies[idp.USERINFO] = answer({"sub": "1", "email": "bob@acme.example"})
    world.outbound.replies[emails] = answer([{"email": "bob@acme.example", "primary": True, "verified": True}])
    world.identify(
        connection(
            protocol=Protocol.OAUTH2,
            issuer=None,
            authorization_endpoint=f"{idp.ISSUER}/authorize",
            token_endpoint=idp.TOKEN,
            userinfo_endpoint=idp.USERINFO,
            emails_endpoint=emails,
            dpop=True,
        )
    )
    key = proof_key(idp.PROOF_SECRET)
    for url in (idp.USERINFO, emails):
        headers = world.outbound.headers(url)
        assert headers["Authorization"] == f"DPoP {idp.ACCESS_TOKEN}"
        assert jwt.decode(headers["DPoP"], key, algorithms=[dpop.ALG]).claims["htu"] == url
