from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.adapters.apply_file.presets import Presets, read_presets
from app.cli.bridge import CONFIG
from app.domain.connections.connection import OWN_PARAMETERS, SIGNING_ALGS
from tests.unit.cli.reading import CONNECTION, TENANT, problems, read

NO_SECRET = "requires a client_secret, but client_auth is none"
NO_KEY = "must be a private key in PEM without a passphrase (RSA, EC or Ed25519), or a JWK"
NO_KEY_SET = 'must be a JSON key set with at least one key: {"keys": [{"kty": …}]}'
OAUTH2 = """
[[tenants]]
slug = "acme"
[[tenants.connections]]
name = "main"
protocol = "oauth2"
authorization_endpoint = "https://idp.acme.example/authorize"
token_endpoint = "https://idp.acme.example/token"
userinfo_endpoint = "https://idp.acme.example/me"
"""


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('isuer = "x"', "isuer: is not a known key; did you mean issuer?"),
        ('"a b" = "x"', '"a b": is not a known key'),
        ('pkce = "no"', "pkce: must be true or false"),
        ('protocol = "saml"', "protocol: must be one of oidc, oauth2"),
        ('response_mode = "fragment"', "response_mode: must be one of query, form_post"),
        ('scopes = "openid"', "scopes: must be a list"),
        ("authorize_params = { a = 1 }", "authorize_params.a: must be a string"),
        ("required_claims = { a = 1.5 }", "required_claims.a: must be a string, a whole number, or true or false"),
        ("required_claims = { a = [1] }", "required_claims.a: must be a string, a whole number, or true or false"),
        ('client_auth = "none"\nsigning_algs = ["HS256"]', f"signing_algs: HS256 {NO_SECRET}"),
        ('signing_algs = ["none"]', f"signing_algs[0]: must be one of {', '.join(SIGNING_ALGS)}"),
        ("signing_algs = []", "signing_algs: must contain at least one value"),
        ('scopes = ["email"]', "scopes: must include openid for protocol oidc"),
        ('scopes = ["openid", "two words"]', "scopes[1]: must be a single word (RFC 6749, section 3.3)"),
        ('private_key = "-----BEGIN"', f"private_key: {NO_KEY}"),
        ("""private_key = '{"kty": "RSA", "n": "a"}'""", f"private_key: {NO_KEY}"),
        ("""jwks = '{"keys": []}'""", f"jwks: {NO_KEY_SET}"),
        ('jwks = "{"', f"jwks: {NO_KEY_SET}"),
        ('token_endpoint = "http://idp.acme.example/"', "token_endpoint: must start with https:// in production"),
        ('jwks_uri = "keys.json"', "jwks_uri: must be a URL like https://idp.example.com"),
        ('jwks_uri = "https://a:b@idp.example"', "jwks_uri: must not contain a username or password"),
        ('email_claim = ""', "email_claim: must not be empty"),
        ('authorize_params = { state = "x" }', "authorize_params.state: is set by the bridge itself"),
        ('preset = "nobody"', "preset: is not a known preset"),
    ],
)
def test_a_connection_that_makes_no_sense_is_refused(line: str, problem: str) -> None:
    assert problems(CONNECTION + line) == [f"tenants[0].connections[0].{problem}"]


@pytest.mark.parametrize("name", sorted(OWN_PARAMETERS))
def test_no_file_sets_what_is_never_sent(name: str) -> None:
    """The same list as the authorization request leaves out."""
    assert problems(f'{CONNECTION}authorize_params = {{ {name} = "x" }}') == [
        f"tenants[0].connections[0].authorize_params.{name}: is set by the bridge itself"
    ]


@pytest.mark.parametrize(
    ("issuer", "problem"),
    [
        ("idp.acme.example", "must be a URL like https://idp.example.com"),
        ("https://", "must be a URL like https://idp.example.com"),
        ("https://idp.acme.example:99999", "must be a URL like https://idp.example.com"),
        ("https://idp.acme.example/ x", "must be a URL like https://idp.example.com"),
        ("ftp://idp.acme.example", "must start with https:// in production"),
        ("http://idp.acme.example", "must start with https:// in production"),
        ("https://idp.acme.example?x=1", "must not have a query (?…)"),
        ("https://idp.acme.example#x", "must not have a fragment (#…)"),
    ],
)
def test_an_issuer_is_a_plain_https_url(issuer: str, problem: str) -> None:
    text = CONNECTION.replace("https://idp.acme.example", issuer)
    assert problems(text) == [f"tenants[0].connections[0].issuer: {problem}"]


@pytest.mark.parametrize("issuer", ["https://idp.acme.example/", "https://IDP.acme.example/realms/A%20b"])
def test_an_issuer_is_kept_character_by_character(issuer: str) -> None:
    spec = read(CONNECTION.replace("https://idp.acme.example", issuer))
    assert spec.tenants[0].connections[0].provider.issuer == issuer


def test_development_allows_an_http_issuer() -> None:
    text = CONNECTION.replace("https://idp.acme.example", "http://127.0.0.1:8001")
    assert read(text, development=True).tenants[0].connections[0].provider.issuer == "http://127.0.0.1:8001"


def test_oidc_needs_an_issuer() -> None:
    text = CONNECTION.replace('issuer = "https://idp.acme.example"', "")
    assert problems(text) == ["tenants[0].connections[0].issuer: is required for protocol oidc"]


@pytest.mark.parametrize("key", ["authorization_endpoint", "token_endpoint", "userinfo_endpoint"])
def test_oauth2_needs_its_endpoints(key: str) -> None:
    text = "\n".join(line for line in OAUTH2.splitlines() if not line.startswith(key))
    assert problems(text) == [f"tenants[0].connections[0].{key}: is required for protocol oauth2"]


def test_a_private_key_may_be_pem_or_a_jwk(tmp_path: Path) -> None:
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "acme.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + pem)
    (tmp_path / "acme.jwk").write_text('{"kty": "EC", "crv": "P-256", "x": "a", "y": "b", "d": "c"}\n')
    for name in ("acme.pem", "acme.jwk"):
        spec = read(CONNECTION + f'client_auth = "private_key_jwt"\nprivate_key = "file:{name}"', folder=tmp_path)
        assert spec.tenants[0].connections[0].private_key == (tmp_path / name).read_text().removesuffix("\n")


def test_a_preset_gives_defaults_and_the_file_wins() -> None:
    presets: Presets = {"acme_idp": {"issuer": "https://preset.example", "scopes": ["openid"], "email_trust": "always"}}
    text = CONNECTION + 'preset = "acme_idp"'
    provider = read(text, presets=presets).tenants[0].connections[0].provider
    assert (provider.issuer, provider.scopes, provider.email_trust) == (
        "https://idp.acme.example", ("openid",), "always",
    )  # fmt: skip
    assert provider.preset == "acme_idp"


def test_an_unknown_preset_names_the_known_ones() -> None:
    presets: Presets = {"okta": {}, "entra": {}}
    assert problems(CONNECTION + 'preset = "otka"', presets=presets) == [
        "tenants[0].connections[0].preset: is not a known preset; known presets: entra, okta"
    ]


def test_what_a_preset_leaves_empty_is_named_until_it_is_filled_in() -> None:
    presets: Presets = {"pinned": {"issuer": "", "required_claims": {"tid": ""}}}
    connection = f'{TENANT}[[tenants.connections]]\nname = "main"\npreset = "pinned"\n'
    issuer = 'issuer = "https://idp.acme.example"\n'
    tid = "tenants[0].connections[0].required_claims.tid: is required for preset pinned"
    assert problems(connection, presets=presets) == [
        "tenants[0].connections[0].issuer: is required for preset pinned", tid,
    ]  # fmt: skip
    assert problems(connection + issuer + "required_claims = { acct = 0 }", presets=presets) == [tid]
    assert problems(connection + issuer + 'required_claims = { tid = "" }', presets=presets) == [tid]
    filled = read(connection + issuer + 'required_claims = { acct = 0, tid = "acme" }', presets=presets)
    assert filled.tenants[0].connections[0].provider.required_claims == {"tid": "acme", "acct": 0}


def test_every_preset_of_ours_can_be_applied() -> None:
    presets = read_presets(CONFIG / "providers.toml")
    assert presets
    for name, preset in presets.items():
        missing = "".join(f'{key} = "https://idp.example/{key}"\n' for key, value in preset.items() if value == "")
        if claims := preset.get("required_claims"):
            assert isinstance(claims, dict)
            missing += "required_claims = { " + ", ".join(f'{claim} = "ours"' for claim in claims) + " }\n"
        spec = read(f'{TENANT}[[tenants.connections]]\nname = "main"\npreset = "{name}"\n{missing}', presets=presets)
        assert spec.tenants[0].connections[0].provider.preset == name


def test_a_project_without_presets_has_none(tmp_path: Path) -> None:
    assert read_presets(tmp_path / "providers.toml") == {}
