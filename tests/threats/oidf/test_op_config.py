"""OpenID Foundation provider tests of the Config plan, and what RFC 8414 and RFC 9700 ask of metadata."""

from urllib.parse import urlsplit

import pytest

from app.adapters.crypto.client_assertions import ALGORITHMS
from app.domain.oauth2.metadata import ASSERTION_ALGS
from app.web.mount import MACHINES
from tests.builders import BASE_URL, World
from tests.integration.oauth2.issued import authorized, published, verified

PATHS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
REQUIRED = (
    *("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported"),
    *("subject_types_supported", "id_token_signing_alg_values_supported"),
)


@pytest.mark.parametrize("path", PATHS)
def test_oidcc_discovery_endpoint_verification(world: World, path: str) -> None:
    """OpenID Connect Discovery, section 3; RFC 8414, section 2."""
    response = world.client().get(path)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    metadata = response.get_json()
    assert [name for name in REQUIRED if name not in metadata] == []
    assert metadata["issuer"] == BASE_URL
    assert not urlsplit(metadata["issuer"]).query
    assert not urlsplit(metadata["issuer"]).fragment
    addresses = [value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(addresses) == 9
    assert all(address.startswith(f"{BASE_URL}/oauth2/") for address in addresses)
    assert [name for name, value in metadata.items() if value in ([], "", None)] == []
    assert "openid" in metadata["scopes_supported"]
    assert metadata["request_uri_parameter_supported"] is False, "left out, it would mean that it is"


def test_every_endpoint_that_is_published_exists(world: World) -> None:
    metadata = world.client().get(PATHS[0]).get_json()
    routes = {rule.rule for rule in world.app.url_map.iter_rules()} | set(world.app.extensions[MACHINES].endpoints)
    wanted = [value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))]
    assert {urlsplit(address).path for address in wanted} - routes == set()


def test_pkce_by_s256_is_the_only_one_offered_and_no_algorithm_is_none(world: World) -> None:
    metadata = world.client().get(PATHS[0]).get_json()
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["authorization_response_iss_parameter_supported"] is True
    algorithms = [value for name, value in metadata.items() if name.endswith("alg_values_supported")]
    assert len(algorithms) == 4
    assert not [listed for listed in algorithms if "none" in listed or any(alg.startswith("HS") for alg in listed)]
    assert "none" not in metadata["introspection_endpoint_auth_methods_supported"]


def test_what_a_client_may_sign_with_is_what_is_accepted() -> None:
    assert set(ASSERTION_ALGS) == set(ALGORITHMS)


def test_claims_that_are_published_are_those_in_an_id_token(world: World) -> None:
    everything = authorized("openid", "profile", "email", "roles")
    token = world.bridge.oauth2.token_signer.id_token(everything, nonce="n", access_token="a")
    _, claims = verified(world, token)
    assert set(claims) == set(world.client().get(PATHS[0]).get_json()["claims_supported"])


@pytest.mark.parametrize("path", [*PATHS, "/oauth2/jwks"])
def test_any_origin_may_read_what_anybody_may_know_and_caches_keep_it_for_minutes(world: World, path: str) -> None:
    response = world.client().get(path, headers={"Origin": "https://app.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in response.headers


def test_published_keys_say_what_they_are_for(world: World) -> None:
    keys = published(world).keys
    assert [(key.get("alg"), key.get("use")) for key in keys] == [("RS256", "sig"), ("ES256", "sig")]
    assert all(key.kid == key.thumbprint() for key in keys)
