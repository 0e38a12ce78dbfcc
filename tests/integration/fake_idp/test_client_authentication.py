from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.fake_idp import FakeProvider
from tests.fake_idp.clients import ASSERTION_TYPE
from tests.integration.fake_idp.party import Party, basic

SECRET = "p+ %q:é&="
KEY = ECKey.generate_key("P-256")


def test_basic_is_decoded_as_the_standard_says(idp: FakeProvider, party: Party) -> None:
    idp.client("a:b", client_secret=SECRET)
    code = party.code(client_id="a:b")
    assert party.redeem_with(basic("a:b", SECRET), code, client_id=None).status == 200


def test_a_server_that_does_not_decode_takes_basic_raw(idp: FakeProvider, party: Party) -> None:
    idp.client(client_secret=SECRET)
    idp.basic_encoding = "raw"
    assert party.redeem_with(basic("bridge", SECRET), party.code()).status == 401
    assert party.redeem_with(basic("bridge", SECRET, encoded=False), party.code()).status == 200


def test_the_secret_may_come_in_the_body(idp: FakeProvider, party: Party) -> None:
    idp.client(client_secret=SECRET)
    assert party.redeem(party.code(), client_secret=SECRET).status == 200


def test_a_wrong_secret_is_refused_with_a_challenge(idp: FakeProvider, party: Party) -> None:
    idp.client(client_secret=SECRET)
    by_header = party.redeem_with(basic("bridge", "wrong"), party.code())
    assert (by_header.status, by_header.json["error"]) == (401, "invalid_client")
    assert by_header.headers["www-authenticate"].startswith("Basic")
    in_body = party.redeem(party.code(), client_secret="wrong")
    assert (in_body.status, in_body.json["error"]) == (401, "invalid_client")
    assert "www-authenticate" not in in_body.headers


def test_a_client_authenticates_only_as_it_is_registered(idp: FakeProvider, party: Party) -> None:
    idp.client(client_secret=SECRET, auth_method="client_secret_post")
    assert party.redeem_with(basic("bridge", SECRET), party.code()).json["error"] == "invalid_client"
    assert party.redeem(party.code()).json["error"] == "invalid_client"


def test_one_request_has_one_way_of_authentication(idp: FakeProvider, party: Party) -> None:
    idp.client(client_secret=SECRET)
    both = party.redeem_with(basic("bridge", SECRET), party.code(), client_secret=SECRET)
    assert both.json["error"] == "invalid_request"
    other = party.redeem_with(basic("bridge", SECRET), party.code(), client_id="other")
    assert other.json["error"] == "invalid_request"


@pytest.mark.parametrize("header", ["Basic !", "Basic a", "Basic"])
def test_spoilt_basic_credentials_are_refused(party: Party, header: str) -> None:
    answered = party.redeem_with({"Authorization": header}, party.code(), client_id=None)
    assert answered.json["error"] == "invalid_client"


def test_nobody_and_a_stranger_are_refused(idp: FakeProvider, party: Party) -> None:
    code = party.code()
    assert party.redeem(code, client_id=None).json["error"] == "invalid_client"
    idp.client("registered")
    assert party.redeem(code).json["error"] == "invalid_client"


def test_a_public_client_needs_no_secret(idp: FakeProvider, party: Party) -> None:
    idp.client()
    assert party.redeem(party.code()).status == 200


def assertion(idp: FakeProvider, **instead: object) -> dict[str, str | None]:
    now = idp.now()
    honest = {"iss": "bridge", "sub": "bridge", "aud": idp.url("token"), "exp": now + 60, "iat": now, "jti": "j-1"}
    claims = {name: value for name, value in {**honest, **instead}.items() if value is not None}
    token = jwt.encode({"alg": "ES256"}, claims, KEY)
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}


@pytest.mark.parametrize("audience", ["the issuer", "a list"])
def test_a_signed_assertion_is_good_once(idp: FakeProvider, party: Party, audience: str) -> None:
    idp.client(public_key=KEY)
    aud = idp.issuer if audience == "the issuer" else [idp.url("token")]
    given = assertion(idp, aud=aud)
    assert party.redeem(party.code(), **given).status == 200
    assert party.redeem(party.code(), client_id=None, **given).json["error"] == "invalid_client"


@pytest.mark.parametrize("instead", [
    {"iss": "another"},
    {"aud": "https://other.example/token"},
    {"exp": None},
    {"exp": 1_789_999_000},
    {"iat": 1_790_001_000},
    {"nbf": 1_790_001_000},
    {"jti": None},
])  # fmt: skip
def test_an_assertion_with_a_wrong_claim_is_refused(idp: FakeProvider, party: Party, instead: dict[str, Any]) -> None:
    idp.client(public_key=KEY)
    assert party.redeem(party.code(), **assertion(idp, **instead)).json["error"] == "invalid_client"


def test_an_assertion_by_another_key_is_refused(idp: FakeProvider, party: Party) -> None:
    idp.client(public_key=ECKey.generate_key("P-256"))
    assert party.redeem(party.code(), **assertion(idp)).json["error"] == "invalid_client"
    idp.client(public_key=RSAKey.import_key(idp.keys.current.key.as_dict(private=False)))
    assert party.redeem(party.code(), **assertion(idp)).json["error"] == "invalid_client"


def test_an_assertion_needs_its_type_a_key_and_a_jwt(idp: FakeProvider, party: Party) -> None:
    idp.client(auth_method="private_key_jwt")
    assert party.redeem(party.code(), **assertion(idp)).json["error"] == "invalid_client"
    untyped = {**assertion(idp), "client_assertion_type": None}
    assert party.redeem(party.code(), **untyped).json["error"] == "invalid_client"
    garbled = {**assertion(idp), "client_assertion": "a.b.c"}
    assert party.redeem(party.code(), **garbled).json["error"] == "invalid_client"
