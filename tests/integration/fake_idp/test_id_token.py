import pytest
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, RSAKey

from tests.fake_idp import FakeProvider, changed, forgeries, without
from tests.fake_idp.jws import half_hash, read, verified
from tests.fake_idp.keys import Alg
from tests.integration.fake_idp.party import Party


def test_an_id_token_says_what_it_should(idp: FakeProvider, party: Party) -> None:
    tokens = party.tokens()
    token = party.verified(tokens["id_token"])
    assert token.header == {"alg": "RS256", "typ": "JWT", "kid": "rs256-1"}
    sid = token.claims.pop("sid")
    assert sid
    assert token.claims == {
        "iss": idp.issuer,
        "sub": "alice",
        "aud": "bridge",
        "iat": 1_790_000_000,
        "exp": 1_790_000_300,
        "auth_time": 1_790_000_000,
        "nonce": "n-1",
        "at_hash": half_hash(tokens["access_token"], "RS256"),
        "email": "alice@acme.example",
        "email_verified": True,
        "name": "Alice Agent",
        "preferred_username": "alice",
    }


def test_the_half_hash_is_that_of_the_specification() -> None:
    # OpenID Connect Core, appendix A.3.
    assert half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"


def test_scopes_decide_which_claims_are_seen(idp: FakeProvider, party: Party) -> None:
    idp.person("carol", email="carol@acme.example", name="Carol", tid="t-1")
    tokens = party.tokens(scope="openid")
    for claims in (party.verified(tokens["id_token"]).claims, party.userinfo(tokens["access_token"]).json):
        assert claims["tid"] == "t-1"
        assert not {"email", "email_verified", "name"} & set(claims)


@pytest.mark.parametrize("alg", ["RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA"])
def test_any_usual_algorithm_can_sign(alg: Alg) -> None:
    with FakeProvider(alg=alg) as idp:
        idp.person("alice")
        tokens = Party(idp).tokens()
        claims = verified(tokens["id_token"], key=idp.keys.current.key, algs=frozenset({alg}))
    assert claims["at_hash"] == half_hash(tokens["access_token"], alg)


def test_one_claim_can_be_changed_or_left_out(idp: FakeProvider, party: Party) -> None:
    idp.on.id_token(changed(aud=["bridge", "other"]))
    assert party.verified(party.tokens()["id_token"]).claims["aud"] == ["bridge", "other"]
    idp.on.id_token(without("iat"))
    assert "iat" not in party.verified(party.tokens()["id_token"]).claims


def test_the_clock_can_be_wrong(idp: FakeProvider, party: Party) -> None:
    idp.clock_offset = 300
    assert party.verified(party.tokens()["id_token"]).claims["iat"] == 1_790_000_300
    assert idp.requests("token")


def test_the_header_can_be_changed(idp: FakeProvider, party: Party) -> None:
    idp.on.id_token_header(changed(alg="RS512", kid="unknown"))
    token = party.tokens()["id_token"]
    assert read(token)[0] == {"alg": "RS512", "typ": "JWT", "kid": "unknown"}
    assert verified(token, key=idp.keys.current.key, algs=frozenset({"RS512"}))


def test_a_header_that_the_key_cannot_sign_by_is_a_lie(idp: FakeProvider, party: Party) -> None:
    idp.on.id_token_header(changed(alg="ES256"))
    with pytest.raises(ValueError, match="not one of"):
        verified(party.tokens()["id_token"], key=idp.keys.current.key, algs=frozenset({"RS256"}))


def test_forgeries_are_forged(idp: FakeProvider, party: Party) -> None:
    idp.on.sign = forgeries.unsigned
    assert party.tokens()["id_token"].endswith(".")
    idp.on.sign = forgeries.hs256(b"0123456789abcdef")
    assert read(party.tokens()["id_token"])[0]["alg"] == "HS256"
    for sign in (
        forgeries.spoilt(idp.keys),
        forgeries.by(RSAKey.generate_key(2048), "RS256"),
    ):
        idp.on.sign = sign
        with pytest.raises(BadSignatureError):
            party.verified(party.tokens()["id_token"])


def test_a_token_may_bring_its_own_key(idp: FakeProvider, party: Party) -> None:
    idp.rotate_keys(alg="ES256")
    idp.on.sign = forgeries.with_own_key_inside(idp.keys)
    token = party.tokens()["id_token"]
    assert verified(token, key=ECKey.import_key(read(token)[0]["jwk"]), algs=frozenset({"ES256"}))
    with pytest.raises(BadSignatureError):
        party.verified(token, "ES256")


@pytest.mark.parametrize("token", ["a.b", "W10.W10.", "e30.e30.AAAA"])
def test_what_is_no_signed_token_is_not_verified(idp: FakeProvider, token: str) -> None:
    with pytest.raises(ValueError, match=r"unpack|object|alg"):
        verified(token, key=idp.keys.current.key, algs=frozenset({"RS256"}))
