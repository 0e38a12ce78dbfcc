"""A completed test of a connection counts for the settings it was made with, and for no others."""

import hashlib
import json
from dataclasses import asdict, fields, replace

import pytest

from app.domain.connections.connection import ClientAuth, Connection, ConnectionId, MatchBy, Protocol, Provider, Sealed
from app.domain.tenants.tenant import Status, TenantId

CONNECTION = Connection(
    id=ConnectionId("main"),
    tenant_id=TenantId("acme"),
    name="main",
    provider=Provider(issuer="https://idp.acme.example", client_id="bridge", required_claims={"tid": "1"}),
    client_secret=Sealed("a sealed secret"),
)
TOKEN, USERINFO = "https://idp.acme.example/token", "https://idp.acme.example/userinfo"
TESTED = replace(CONNECTION, tested_at=1.0, tested_fingerprint=CONNECTION.fingerprint)

CHANGES: dict[str, object] = {
    "protocol": Protocol.OAUTH2,
    "issuer": "https://idp.acme.example/",
    "client_id": "another",
    "client_auth": ClientAuth.POST,
    "client_auth_encoding": "raw",
    "scopes": ("openid",),
    "response_mode": "form_post",
    "pkce": False,
    "discovery_url": "https://idp.acme.example/discovery",
    "authorize_params": {"resource": "phone"},
    "required_claims": {"tid": "2"},
    "email_verified_claim": "xms_edov",
    "emails_endpoint": "https://idp.acme.example/emails",
    "signing_algs": ("ES256",),
    "email_claim": "mail",
    "subject_claim": "oid",
    "email_trust": "always",
    "match_by": MatchBy.USERNAME,
    "match_claim": "upn",
    "trusted_audiences": ("another",),
    "authorization_endpoint": "https://idp.acme.example/authorize",
    "token_endpoint": "https://idp.acme.example/token",
    "userinfo_endpoint": "https://idp.acme.example/userinfo",
    "jwks_uri": "https://idp.acme.example/jwks",
    "jwks": '{"keys": []}',
    "end_session_endpoint": "https://idp.acme.example/logout",
    "preset": "entra",
    "prompt": "login",
    "max_age": 300,
    "acr_values": ("urn:mace:incommon:iap:silver",),
    "prompt_values_supported": ("select_account",),
    "par": "required",
    "par_endpoint": "https://idp.acme.example/par",
    "client_assertion_audience": "issuer",
    "client_assertion_alg": "ES256",
    "provider_logout": False,
    "encryption_algs": ("RSA-OAEP",),
    "dpop": True,
    "profile": "ipsie",
}


def with_setting(name: str) -> Connection:
    return replace(TESTED, provider=replace(TESTED.provider, **{name: CHANGES[name]}))  # type: ignore[arg-type]  # one of each field's own type


def test_a_connection_is_untested_at_first() -> None:
    assert not CONNECTION.tested


def test_a_connection_is_tested_with_the_settings_of_the_test() -> None:
    assert TESTED.tested


@pytest.mark.parametrize("name", [field.name for field in fields(Provider)])
def test_a_changed_setting_makes_the_test_void(name: str) -> None:
    assert not with_setting(name).tested


@pytest.mark.parametrize("name", ["client_secret", "private_key", "certificate"])
def test_a_changed_secret_makes_the_test_void(name: str) -> None:
    changes = {name: Sealed("another sealed secret")}
    assert not replace(TESTED, **changes).tested  # type: ignore[arg-type]  # each holds sealed text


def test_a_setting_that_is_changed_back_makes_the_test_count_again() -> None:
    assert replace(with_setting("issuer"), provider=TESTED.provider).tested


def test_a_test_of_before_a_setting_existed_stays_good_while_the_setting_is_as_usual() -> None:
    settings = asdict(CONNECTION.provider)
    for later in ("prompt_values_supported", "encryption_algs", "dpop", "profile"):
        del settings[later]
    before = json.dumps([settings, CONNECTION.client_secret, None, None], sort_keys=True)
    assert CONNECTION.fingerprint == hashlib.sha256(before.encode()).hexdigest()


def test_fingerprints_are_those_that_databases_hold() -> None:
    """Another form of what is hashed would make every completed test void, and turn logins under way back."""
    everything = replace(CONNECTION, provider=Provider(**CHANGES), private_key=Sealed("a key"))  # type: ignore[arg-type]  # one of each field's own type
    assert CONNECTION.fingerprint == "0dcec20af31cc4c618c459692b687c316f8f709c701640486deb640f351ebfe4"
    assert everything.fingerprint == "74d8c9a7efb541b250ce1d2ef6543b058cac44fa357fdc5271d70d780270baa8"


def test_a_connection_that_is_renamed_or_switched_off_and_on_stays_tested() -> None:
    assert replace(TESTED, name="renamed", status=Status.DISABLED).tested


def test_a_required_claim_of_another_type_is_another_setting() -> None:
    one, text, true = (
        replace(CONNECTION, provider=replace(CONNECTION.provider, required_claims={"staff": value}))
        for value in (1, "1", True)
    )
    assert len({one.fingerprint, text.fingerprint, true.fingerprint}) == 3


def test_the_order_of_named_settings_does_not_matter_and_that_of_lists_does() -> None:
    def params(names: str) -> str:
        named = dict.fromkeys(names, "x")
        return replace(CONNECTION, provider=replace(CONNECTION.provider, authorize_params=named)).fingerprint

    def scopes(*names: str) -> str:
        return replace(CONNECTION, provider=replace(CONNECTION.provider, scopes=names)).fingerprint

    assert params("ab") == params("ba")
    assert scopes("a", "b") != scopes("b", "a")


def test_settings_that_come_back_from_the_database_as_lists_are_the_same() -> None:
    stored = replace(TESTED.provider, scopes=["openid", "email", "profile"])  # type: ignore[arg-type]  # as JSON has it
    assert replace(TESTED, provider=stored).tested


@pytest.mark.parametrize(
    ("provider", "issuer"),
    [
        (Provider(issuer="https://idp.acme.example"), "https://idp.acme.example"),
        (Provider(issuer="https://idp.acme.example", userinfo_endpoint=USERINFO), "https://idp.acme.example"),
        (Provider(protocol=Protocol.OAUTH2, token_endpoint=TOKEN, userinfo_endpoint=USERINFO), USERINFO),
        (Provider(protocol=Protocol.OAUTH2, issuer="https://idp.acme.example", userinfo_endpoint=USERINFO), USERINFO),
        (Provider(), ""),
    ],
)
def test_subjects_are_kept_under_the_issuer_or_of_plain_oauth2_under_the_endpoint_that_names_them(
    provider: Provider, issuer: str
) -> None:
    assert replace(CONNECTION, provider=provider).identity_issuer == issuer
