import pytest

from tests.fake_idp import FakeProvider, changed
from tests.fake_idp.http_client import ask
from tests.integration.fake_idp.party import Party


def test_userinfo_tells_about_the_person(party: Party) -> None:
    assert party.userinfo(party.tokens()["access_token"]).json == {
        "sub": "alice",
        "email": "alice@acme.example",
        "email_verified": True,
        "name": "Alice Agent",
        "preferred_username": "alice",
    }


def test_the_token_may_come_in_a_posted_form(idp: FakeProvider, party: Party) -> None:
    token = party.tokens()["access_token"]
    assert ask(idp.url("userinfo"), form={"access_token": token}).status == 200
    both = ask(idp.url("userinfo"), form={"access_token": token}, headers={"Authorization": f"Bearer {token}"})
    assert (both.status, both.json["error"]) == (400, "invalid_request")
    assert ask(f"{idp.url('userinfo')}?access_token={token}").status == 401


def test_without_a_good_token_there_is_a_challenge(idp: FakeProvider, party: Party) -> None:
    none = ask(idp.url("userinfo"))
    assert (none.status, none.headers["www-authenticate"], none.json) == (401, 'Bearer realm="userinfo"', {})
    wrong = party.userinfo("guessed")
    assert wrong.status == 401
    assert 'error="invalid_token"' in wrong.headers["www-authenticate"]
    token = party.tokens()["access_token"]
    idp.clock_offset = 3600
    assert party.userinfo(token).status == 401


def test_claims_may_be_in_one_place_only(idp: FakeProvider, party: Party) -> None:
    idp.claims_in = "userinfo"
    tokens = party.tokens()
    assert "email" not in party.verified(tokens["id_token"]).claims
    assert "email" in party.userinfo(tokens["access_token"]).json
    idp.claims_in = "id_token"
    tokens = party.tokens()
    assert "email" in party.verified(tokens["id_token"]).claims
    assert party.userinfo(tokens["access_token"]).json == {"sub": "alice"}


def test_userinfo_can_be_changed(idp: FakeProvider, party: Party) -> None:
    idp.on.userinfo(changed(sub="mallory"))
    assert party.userinfo(party.tokens()["access_token"]).json["sub"] == "mallory"


def test_userinfo_can_be_signed(idp: FakeProvider, party: Party) -> None:
    idp.signed_userinfo = True
    answered = party.userinfo(party.tokens()["access_token"])
    assert answered.headers["content-type"] == "application/jwt"
    claims = party.verified(answered.text).claims
    assert (claims["iss"], claims["aud"], claims["sub"]) == (idp.issuer, "bridge", "alice")
    assert ask(f"{idp.issuer}/.well-known/openid-configuration").json["userinfo_signing_alg_values_supported"]


@pytest.mark.parametrize("verified", [True, False])
def test_the_list_of_addresses_is_as_at_github(party: Party, *, verified: bool) -> None:
    party.idp.person("dave", email="dave@acme.example", email_verified=verified)
    bearer = {"Authorization": f"Bearer {party.tokens()['access_token']}"}
    honest = {"email": "dave@acme.example", "primary": True, "verified": verified, "visibility": None}
    assert ask(party.idp.url("emails"), headers=bearer).json == [honest]
    party.idp.on.emails(lambda addresses: [*addresses, {**addresses[0], "primary": False}])
    assert len(ask(party.idp.url("emails"), headers=bearer).json) == 2
    party.idp.honest()
    party.idp.person("erin")
    bearer = {"Authorization": f"Bearer {party.tokens()['access_token']}"}
    assert ask(party.idp.url("emails"), headers=bearer).json == []
