"""The keys of a connection about DPoP, encryption and the profile ipsie."""

import pytest

from app.domain.connections.connection import ENCRYPTION_ALGS, USUAL_ENCRYPTION_ALGS, ClientAuth
from tests.unit.cli.reading import CONNECTION, problems, read
from tests.unit.cli.test_apply_file_connections import OAUTH2

IPSIE = 'profile = "ipsie"\ndpop = true\nsigning_algs = ["PS256"]\n'
BY_KEY = 'client_auth = "private_key_jwt"\nclient_assertion_audience = "issuer"\nclient_assertion_alg = "ES256"\n'
WITHOUT_RS256 = "signing_algs: must be a selection of PS256, ES256, EdDSA, Ed25519 for profile ipsie"
DISCOVERED = "must be left out for profile ipsie: metadata comes from discovery only"


def test_by_default_nothing_of_it_is_on() -> None:
    plain = read(CONNECTION).tenants[0].connections[0].provider
    assert (plain.dpop, plain.profile, plain.encryption_algs) == (False, None, USUAL_ENCRYPTION_ALGS)


def test_each_may_be_asked_for() -> None:
    lines = 'dpop = true\nencryption_algs = ["RSA-OAEP"]\nclient_auth = "client_secret_jwt"'
    asking = read(CONNECTION + lines).tenants[0].connections[0].provider
    assert (asking.dpop, asking.encryption_algs, asking.client_auth) == (True, ("RSA-OAEP",), ClientAuth.SECRET_JWT)


@pytest.mark.parametrize("client_auth", ["", BY_KEY, 'client_auth = "none"', 'client_auth = "client_secret_post"'])
def test_a_connection_may_demand_the_profile(client_auth: str) -> None:
    assert read(CONNECTION + IPSIE + client_auth).tenants[0].connections[0].provider.profile == "ipsie"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('dpop = "yes"', "dpop: must be true or false"),
        ('profile = "fapi"', "profile: must be ipsie"),
        ("encryption_algs = []", "encryption_algs: must contain at least one value"),
        ('encryption_algs = ["RSA1_5"]', f"encryption_algs[0]: must be one of {', '.join(ENCRYPTION_ALGS)}"),
        ('authorize_params = { dpop_jkt = "x" }', "authorize_params.dpop_jkt: is set by the bridge itself"),
    ],
)
def test_what_makes_no_sense_is_refused(line: str, problem: str) -> None:
    assert problems(CONNECTION + line) == [f"tenants[0].connections[0].{problem}"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("dpop = false", "dpop: must be true for profile ipsie"),
        ("pkce = false", "pkce: must be true for profile ipsie"),
        *(
            (f'{key} = "https://idp.acme.example/x"', f"{key}: {DISCOVERED}")
            for key in (
                "discovery_url", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "emails_endpoint",
                "jwks_uri", "end_session_endpoint", "par_endpoint",
            )
        ),
        ("""jwks = '{"keys": [{"kty": "EC"}]}'""", f"jwks: {DISCOVERED}"),
        ('signing_algs = ["RS256"]', WITHOUT_RS256),
        ('signing_algs = ["ES256", "HS256"]', WITHOUT_RS256),
        (
            'trusted_audiences = ["another"]',
            "trusted_audiences: must be left out for profile ipsie: id_tokens are for this client only",
        ),
        (
            'client_auth = "client_secret_jwt"',
            "client_auth: must not be client_secret_jwt for profile ipsie: it uses HS256",
        ),
        (
            BY_KEY.replace('"issuer"', '"token_endpoint"'),
            "client_assertion_audience: must be issuer for profile ipsie",
        ),
        (BY_KEY.replace("ES256", "RS256"), "client_assertion_alg: must be ES256 for profile ipsie"),
    ],
)  # fmt: skip
def test_what_the_profile_does_not_allow_is_refused_with_its_key(line: str, problem: str) -> None:
    keys = {one.partition(" = ")[0] for one in line.splitlines()}
    rest = "\n".join(one for one in IPSIE.splitlines() if one.partition(" = ")[0] not in keys)
    assert problems(f"{CONNECTION}{rest}\n{line}") == [f"tenants[0].connections[0].{problem}"]


def test_a_plain_oauth_server_has_no_profile() -> None:
    assert "tenants[0].connections[0].protocol: must be oidc for profile ipsie" in problems(OAUTH2 + IPSIE)
