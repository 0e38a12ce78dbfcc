"""`[[clients]]`: what the bridge is told about an app as its OpenID provider."""

import pytest

from app.domain.oauth2.signing_alg import SigningAlg
from tests.unit.cli.reading import problems, read

CLIENT = '[[clients]]\nclient_id = "desk"\nredirect_uris = ["https://desk.example/"]\n'
PUBLIC_KEY = '{"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}'


def test_logout_expiry_and_keys_are_read() -> None:
    (client,) = read(
        f"""{CLIENT}
        expires_iso = true
        signing_alg = "ES256"
        backchannel_logout_uri = "https://desk.example/logout"
        post_logout_redirect_uris = ["https://desk.example/bye", "com.example.desk:/bye"]
        jwks = '{{"keys": [{PUBLIC_KEY}]}}'
        """
    ).clients
    assert client.expires_iso is True
    assert client.signing_alg is SigningAlg.ES256
    assert client.backchannel_logout_uri == "https://desk.example/logout"
    assert client.post_logout_redirect_uris == ("https://desk.example/bye", "com.example.desk:/bye")
    assert client.jwks is not None
    assert client.jwks["keys"][0]["kty"] == "EC"


def test_left_out_they_are_off() -> None:
    (client,) = read(CLIENT).clients
    assert (client.expires_iso, client.backchannel_logout_uri, client.post_logout_redirect_uris, client.jwks) == (
        False,
        None,
        (),
        None,
    )
    assert client.signing_alg is SigningAlg.RS256


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('backchannel_logout_uri = "/logout"', "backchannel_logout_uri: must be a full URI like"),
        ('backchannel_logout_uri = "http://desk.example/"', "backchannel_logout_uri: must start with https://"),
        ('backchannel_logout_uri = "https://desk.example/#x"', "backchannel_logout_uri: must not have a fragment"),
        ('post_logout_redirect_uris = ["http://desk.example/"]', "post_logout_redirect_uris[0]: must start with https"),
        ('jwks = "{}"', "jwks: must be a JSON key set"),
        ('jwks = \'{"keys": [{"kty": "RSA", "d": "x"}]}\'', "jwks: must contain public keys only"),
        ('jwks = \'{"keys": [{"kty": "EC", "x": NaN}]}\'', "jwks: must be a JSON key set"),
        ("expires_iso = 1", "expires_iso: must be true or false"),
        ('signing_alg = "none"', "signing_alg: must be one of RS256, ES256"),
        ('signing_alg = "HS256"', "signing_alg: must be one of RS256, ES256"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(line: str, problem: str) -> None:
    (found,) = problems(CLIENT + line, development=False)
    assert found.startswith(f"clients[0].{problem}")
