import pytest
from joserfc.errors import BadSignatureError

from tests.fake_idp import FakeProvider, changed, without
from tests.fake_idp.http_client import ask
from tests.integration.fake_idp.party import Party

OPENID = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"


def test_discovery_names_the_issuer_it_was_found_at(idp: FakeProvider) -> None:
    document = ask(idp.issuer + OPENID).json
    assert document["issuer"] == idp.issuer
    assert document["jwks_uri"] == f"{idp.base_url}/jwks"
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert ask(idp.issuer + OAUTH).json == document


@pytest.mark.parametrize("issuer_path", ["/", "/tenant", "/tenant/"])
def test_an_issuer_may_have_a_path(issuer_path: str) -> None:
    with FakeProvider(issuer_path=issuer_path) as idp:
        path = issuer_path.rstrip("/")
        assert ask(f"{idp.base_url}{path}{OPENID}").json["issuer"] == idp.issuer == idp.base_url + issuer_path
        assert ask(f"{idp.base_url}{OAUTH}{path}").json["issuer"] == idp.issuer


def test_a_plain_oauth_server_has_no_openid_configuration() -> None:
    with FakeProvider(kind="oauth2") as idp:
        assert ask(idp.issuer + OPENID).status == 404
        document = ask(idp.issuer + OAUTH).json
    assert "jwks_uri" not in document
    assert "userinfo_endpoint" not in document


def test_what_is_not_supported_is_not_advertised(idp: FakeProvider) -> None:
    idp.pkce = "refused"
    idp.iss_in_response = False
    document = ask(idp.issuer + OPENID).json
    assert "code_challenge_methods_supported" not in document
    assert "authorization_response_iss_parameter_supported" not in document


def test_an_endpoint_can_move(idp: FakeProvider) -> None:
    idp.paths["jwks"] = "/keys-of-today"
    assert ask(idp.issuer + OPENID).json["jwks_uri"] == f"{idp.base_url}/keys-of-today"
    assert ask(f"{idp.base_url}/keys-of-today").json["keys"]
    assert ask(f"{idp.base_url}/jwks").status == 404
    assert idp.calls == ["discovery", "jwks", "unknown"]


def test_discovery_and_keys_can_be_changed(idp: FakeProvider) -> None:
    idp.on.discovery(changed(issuer="https://other.example"))
    idp.on.jwks(without("keys"))
    assert ask(idp.issuer + OPENID).json["issuer"] == "https://other.example"
    assert ask(idp.url("jwks")).json == {}


def test_keys_are_published_without_their_private_part(idp: FakeProvider) -> None:
    (key,) = ask(idp.url("jwks")).json["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
    assert key["kid"] == "rs256-1"


def test_two_providers_never_share_a_key(party: Party) -> None:
    with FakeProvider() as other:
        theirs, ours = ask(other.url("jwks")).json["keys"][0], ask(party.idp.url("jwks")).json["keys"][0]
    assert theirs["kid"] == ours["kid"]
    assert theirs["n"] != ours["n"]


@pytest.mark.parametrize("keep_old", [False, True])
def test_rotation_signs_by_a_new_key(idp: FakeProvider, party: Party, *, keep_old: bool) -> None:
    idp.rotate_keys(keep_old=keep_old)
    token = party.verified(party.tokens()["id_token"])
    assert token.header["kid"] == "rs256-2"
    assert len(ask(idp.url("jwks")).json["keys"]) == (2 if keep_old else 1)


def test_rotation_may_keep_the_name(idp: FakeProvider, party: Party) -> None:
    before = party.tokens()["id_token"]
    idp.rotate_keys(same_kid=True)
    assert party.verified(party.tokens()["id_token"]).header["kid"] == "rs256-1"
    with pytest.raises(BadSignatureError):
        party.verified(before)


def test_rotation_may_take_all_names_away(idp: FakeProvider, party: Party) -> None:
    idp.rotate_keys(keep_old=True, no_kid=True)
    assert ["kid" in key for key in ask(idp.url("jwks")).json["keys"]] == [False, False]
    assert idp.keys.current.kid is None


def test_keys_may_rotate_just_before_signing(idp: FakeProvider, party: Party) -> None:
    def rotate(claims: dict[str, object]) -> object:
        idp.rotate_keys()
        return claims

    idp.on.id_token(rotate)
    assert party.verified(party.tokens()["id_token"]).header["kid"] == "rs256-2"
