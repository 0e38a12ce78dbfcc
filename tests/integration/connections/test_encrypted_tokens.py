"""Tokens that are encrypted to the bridge, through a whole login."""

import json
from typing import Any

import pytest

from app.domain.reasons.codes import ReasonCode
from tests.builders import World, hidden_fields
from tests.fake_idp import FakeProvider, changed, without
from tests.fake_idp.jws import Json, read
from tests.fake_idp.realm import Encryptable
from tests.integration.desk import Desk

ALGS = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"]
ENCS = ["A128GCM", "A256GCM", "A128CBC-HS256"]
THIN = without("email", "email_verified")


@pytest.fixture
def desk(world: World, idp: FakeProvider) -> Desk:
    return Desk.furnished(world, idp)


# What comes encrypted


@pytest.mark.parametrize("enc", ENCS)
@pytest.mark.parametrize("alg", ALGS)
def test_an_encrypted_id_token_signs_in(desk: Desk, alg: str, enc: str) -> None:
    desk.idp.encrypt("id_token", desk.key_set(), alg=alg, enc=enc)
    assert desk.signed_in() == "alice"


@pytest.mark.parametrize("enc", ENCS)
@pytest.mark.parametrize("alg", ALGS)
def test_an_encrypted_userinfo_answer_is_read_whether_it_is_signed_inside_or_not(
    desk: Desk, alg: str, enc: str
) -> None:
    desk.idp.on.id_token(THIN)
    desk.idp.encrypt("userinfo", desk.key_set(), alg=alg, enc=enc)
    assert desk.signed_in() == "alice"
    desk.idp.signed_userinfo = True
    assert desk.signed_in() == "alice"


def test_each_algorithm_has_a_key_of_its_own_name_for_providers_that_look_by_alg_alone(desk: Desk) -> None:
    """Keycloak: “can not get encryption KEK” where no key says the very `alg`."""
    for alg in ALGS:
        fitting = [key for key in desk.key_set()["keys"] if key.get("alg") == alg and key["use"] == "enc"]
        assert len(fitting) == 1
        desk.idp.encrypt("id_token", {"keys": fitting}, alg=alg)
        assert desk.signed_in() == "alice"


@pytest.mark.parametrize("alg", ["ECDH-ES+A128KW", "ECDH-ES+A256KW"])
def test_a_provider_that_kept_the_key_set_of_before_names_the_key_by_its_thumbprint(desk: Desk, alg: str) -> None:
    thumbprint = next(key["kid"] for key in desk.key_set()["keys"] if key["alg"] == "ECDH-ES")
    desk.idp.encrypt("id_token", desk.key_set(), alg=alg, kid=thumbprint)
    assert desk.signed_in() == "alice"


def test_rsa_oaep_with_sha_1_serves_only_where_the_connection_names_it(world: World, idp: FakeProvider) -> None:
    desk = Desk.furnished(world, idp, encryption_algs=("RSA-OAEP",))
    (entry,) = (key for key in desk.key_set()["keys"] if key["use"] == "enc")
    assert entry["alg"] == "RSA-OAEP"
    whats: tuple[Encryptable, ...] = ("id_token", "userinfo")
    for what in whats:
        idp.honest()
        idp.encrypted.clear()
        idp.on.id_token(THIN)
        idp.encrypt(what, desk.key_set(), alg="RSA-OAEP")
        assert desk.signed_in() == "alice"
        idp.encrypt(what, {"keys": [{**entry, "alg": "RSA-OAEP-256"}]})
        assert desk.refused() is ReasonCode.ALGORITHM_REFUSED


def test_a_token_that_names_no_key_is_opened_by_the_one_that_fits(desk: Desk) -> None:
    desk.idp.encrypt("id_token", desk.key_set(), kid=None)
    assert desk.signed_in() == "alice"


def test_headers_that_nobody_knows_do_no_harm(desk: Desk) -> None:
    desk.idp.encrypt("id_token", desk.key_set(), iss="https://x.example", x5c=["A" * 2000], something={"a": [1]})
    assert desk.signed_in() == "alice"


def test_everything_in_an_encrypted_id_token_is_checked(desk: Desk) -> None:
    desk.idp.encrypt("id_token", desk.key_set())
    desk.idp.on.id_token(changed(nonce="of another login"))
    assert desk.refused() is ReasonCode.NONCE_MISMATCH
    desk.idp.on.id_token(changed(aud="another client"))
    assert desk.refused() is ReasonCode.AUDIENCE_MISMATCH


def test_an_encrypted_logout_token_signs_out(desk: Desk) -> None:
    assert desk.signed_in() == "alice"
    desk.idp.encrypt("logout_token", desk.key_set(), alg="ECDH-ES")
    path = f"/backchannel-logout/{desk.connection.id}"
    assert desk.world.client().post(path, data={"logout_token": desk.idp.logout_token()}).status_code == 200
    assert desk.world.session(desk.browser) is None


def test_at_logout_the_provider_gets_the_signed_token_that_was_encrypted(desk: Desk) -> None:
    desk.idp.encrypt("id_token", desk.key_set())
    assert desk.signed_in() == "alice"
    fields = hidden_fields(desk.browser.get("/account"))
    out = desk.browser.post("/logout", data={"csrf_token": fields["csrf_token"]})
    desk.idp.authorize(out.headers["Location"])
    hint = desk.idp.requests("end_session")[-1].query["id_token_hint"]
    assert read(hint)[1]["sub"] == "alice"


# What is refused


@pytest.mark.parametrize("inside", [json.dumps({"sub": "alice"}), "", "é", "a.b", "{}"])
def test_what_is_encrypted_in_an_id_token_must_be_signed(desk: Desk, inside: str) -> None:
    desk.idp.on.sign = lambda _header, _claims: inside
    desk.idp.encrypt("id_token", desk.key_set())
    assert desk.refused() is ReasonCode.ANSWER_INVALID


def test_an_unsigned_token_stays_one_when_it_is_encrypted(desk: Desk) -> None:
    desk.idp.on.id_token_header(changed(alg="none"))
    desk.idp.encrypt("id_token", desk.key_set())
    assert desk.refused() is ReasonCode.ALGORITHM_REFUSED


def test_a_token_is_encrypted_once_only(desk: Desk) -> None:
    desk.idp.encrypt("id_token", desk.key_set())
    twice = desk.idp.encrypted["id_token"]
    desk.idp.on.sign = lambda header, claims: twice.around(desk.idp.keys.sign(header, claims))
    assert desk.refused() is ReasonCode.ALGORITHM_REFUSED


@pytest.mark.parametrize(("alg", "enc"), [("RSA1_5", "A128GCM"), ("RSA-OAEP", "A128GCM"), ("RSA-OAEP-256", "A192GCM")])
@pytest.mark.filterwarnings("ignore:JWE algorithm:joserfc.errors.SecurityWarning")
def test_other_algorithms_are_refused(desk: Desk, alg: str, enc: str) -> None:
    key_set = {"keys": [{**key, "alg": alg} if key["kty"] == "RSA" else key for key in desk.key_set()["keys"]]}
    desk.idp.encrypt("id_token", key_set, alg=alg, enc=enc)
    assert desk.refused() is ReasonCode.ALGORITHM_REFUSED


def test_a_compressed_token_is_refused_unopened(desk: Desk) -> None:
    desk.idp.encrypt("id_token", desk.key_set(), zip="DEF")
    bomb = "0" * 20_000_000
    desk.idp.on.sign = lambda _header, _claims: bomb
    assert desk.refused() is ReasonCode.TOKEN_TYPE_REFUSED


def test_a_token_for_another_connection_does_not_open(desk: Desk) -> None:
    other = desk.world.connection(desk.tenant, desk.idp, name="other")
    foreign = desk.world.client().get(f"/t/acme/jwks/{other.name}").get_json()
    desk.key_set()
    named: Json = {}
    nameless: Json = {"kid": None}
    for kid in (named, nameless):
        desk.idp.encrypt("id_token", foreign, **kid)
        answer = desk.world.sign_in(desk.world.client(), desk.idp, path="/t/acme/oauth/login?connection=main")
        trace: Any = desk.world.trace(answer)
        assert trace["reason"] == ReasonCode.ANSWER_INVALID
        assert "does not have" in trace["summary"]
