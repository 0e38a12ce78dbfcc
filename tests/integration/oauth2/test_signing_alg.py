"""What a client's tokens are signed with: RS256 unless it says ES256."""

from dataclasses import replace

import pytest

from app.domain.oauth2.claims import half_hash
from app.domain.oauth2.signing_alg import SigningAlg
from tests.apps import App
from tests.builders import World
from tests.integration.oauth2.issued import DESK, verified


@pytest.mark.parametrize("alg", SigningAlg)
def test_all_tokens_of_a_client_are_signed_by_its_algorithm_and_understood_when_they_come_back(
    world: World, alg: SigningAlg
) -> None:
    acme = world.tenant("acme")
    desk = App.registered(world, signing_alg=alg)
    bob = world.account(acme, "bob", password="correct horse battery")
    tokens = desk.tokens(acme, bob)
    headers = [verified(world, tokens[kind], alg=alg.value)[0] for kind in ("access_token", "id_token")]
    assert [header["alg"] for header in headers] == [alg.value] * 2
    assert verified(world, tokens["id_token"], alg=alg.value)[1]["at_hash"] == half_hash(tokens["access_token"])
    assert desk.active(tokens["access_token"])
    assert desk.userinfo(tokens["access_token"]).status_code == 200
    own = desk.client_credentials(scope="stats").get_json()["access_token"]
    assert verified(world, own, alg=alg.value)[0]["alg"] == alg.value
    assert desk.active(own)
    signer = world.bridge.oauth2.token_signer
    assert signer.open_id_token_hint(tokens["id_token"]).client_id == desk.client.client_id
    logout_token = signer.logout_token(replace(DESK, signing_alg=alg), subject="bob", sid="S")
    assert verified(world, logout_token, alg=alg.value)[0]["typ"] == "logout+jwt"


def test_tokens_signed_before_a_change_of_the_algorithm_stay_valid(world: World) -> None:
    acme = world.tenant("acme")
    desk = App.registered(world)
    tokens = desk.tokens(acme, world.account(acme, "bob", password="correct horse battery"))
    desk.save(signing_alg=SigningAlg.ES256)
    assert desk.active(tokens["access_token"])
    after = desk.refresh(tokens["refresh_token"]).get_json()
    assert verified(world, after["access_token"], alg="ES256")[0]["alg"] == "ES256"


def test_discovery_names_both_algorithms(world: World) -> None:
    found = world.client().get("/.well-known/openid-configuration").get_json()
    assert found["id_token_signing_alg_values_supported"] == ["RS256", "ES256"]
