import pytest

from app.domain.oauth2.client import Client, ClientId, GrantType
from app.domain.oauth2.client_settings import ClientSettings, assignable_scopes, backchannel_problem, jwks_problem
from app.domain.oauth2.client_type import ClientType, client_type
from app.domain.oauth2.signing_alg import SigningAlg

CODE, REFRESH, CREDENTIALS, DEVICE = (
    GrantType.AUTHORIZATION_CODE,
    GrantType.REFRESH_TOKEN,
    GrantType.CLIENT_CREDENTIALS,
    GrantType.DEVICE_CODE,
)


def client(*grants: GrantType, uris: tuple[str, ...] = (), secret: str | None = None) -> Client:
    return Client(ClientId("c"), "C", grants=grants, redirect_uris=uris, secret_hash=secret)


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (client(CREDENTIALS, secret="x"), ClientType.CREDENTIAL),
        (client(DEVICE, REFRESH), ClientType.DEVICE),
        (client(CODE, uris=("https://a.example/",), secret="x"), ClientType.WEB),
        (client(CODE, uris=("https://a.example/", "http://localhost:5173/")), ClientType.SINGLE_PAGE),
        (client(CODE, uris=("http://127.0.0.1/callback",)), ClientType.NATIVE),
        (client(CODE, uris=("com.example.app:/callback", "https://a.example/")), ClientType.NATIVE),
    ],
)
def test_the_type_follows_from_what_a_client_has(found: Client, kind: ClientType) -> None:
    assert client_type(found) is kind


def test_what_stays_keeps_its_order() -> None:
    before = Client(ClientId("c"), "C", scopes=("users:read", "openid", "stats"), grants=(CODE,))
    wanted = ClientSettings(name="C", scopes=("email", "openid", "users:read"), grants=(CODE, REFRESH))
    assert wanted.written_to(before).scopes == ("users:read", "openid", "email")


def test_every_setting_comes_back_as_it_was_written() -> None:
    settings = ClientSettings(
        name="C",
        redirect_uris=("https://a.example/",),
        grants=(CODE,),
        scopes=("openid",),
        trusted=True,
        expires_iso=True,
        signing_alg=SigningAlg.ES256,
        backchannel_logout_uri="https://a.example/logout",
        post_logout_redirect_uris=("https://a.example/bye",),
    )
    assert ClientSettings.of(settings.written_to(client())) == settings


@pytest.mark.parametrize(
    ("uri", "development", "good"),
    [
        ("https://a.example/logout?x=1", False, True),
        ("http://localhost:1/logout", True, True),
        ("http://a.example/logout", False, False),
        ("https://a.example/logout#x", False, False),
        ("https://user:secret@a.example/", False, False),
        ("/logout", False, False),
        ("ftp://a.example/", True, False),
    ],
)
def test_a_back_channel_uri_is_absolute_and_https(uri: str, development: bool, good: bool) -> None:  # noqa: FBT001 - a table
    assert (backchannel_problem(uri, development=development) is None) is good


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"keys": []}',
        '{"keys": [1]}',
        '{"keys": [{"x": 1}]}',
        '{"keys": [{"kty": "RSA", "d": "x"}]}',
        '{"keys": [{"kty": "oct", "k": "x"}]}',
        '{"keys": [{"kty": "EC", "x": NaN}]}',
        "[" * 100_000,
    ],
)
def test_keys_of_a_client_are_public_json(text: str) -> None:
    assert jwks_problem(text) is not None


def test_a_public_key_set_is_accepted() -> None:
    assert jwks_problem('{"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}]}') is None


def test_what_belongs_to_a_tenant_never_reaches_beyond_it() -> None:
    given = assignable_scopes(ClientType.CREDENTIAL, of_tenant=True, catalogue=["users:read"])
    assert {"users:read", "accounts:read", "audit:read"} <= given
    assert not any(name.startswith("tenants:") for name in given)
    assert "accounts:read" not in assignable_scopes(ClientType.WEB, of_tenant=True, catalogue=["users:read"])
    assert "tenants:write" in assignable_scopes(ClientType.CREDENTIAL, of_tenant=False, catalogue=[])
