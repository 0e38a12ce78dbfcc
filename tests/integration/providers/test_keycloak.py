"""Keycloak: secrets with odd characters, people who have not confirmed their address, two documents that disagree."""

from collections.abc import Iterator

import pytest

from tests.fake_idp import FakeProvider, changed, without
from tests.integration.providers.stage import ALICE, Stage, sent

HOST = "https://sso.acme.example"
ISSUER = f"{HOST}/realms/acme"
PLUS = "a+b/c d%2B="


@pytest.fixture
def keycloak(stage: Stage) -> Iterator[FakeProvider]:
    with FakeProvider(issuer_path="/realms/acme") as idp:
        idp.client(client_secret=PLUS, auth_method="client_secret_post")
        idp.person("f:1:alice", email=ALICE)
        yield stage.play(idp, HOST)


def test_a_secret_with_a_plus_arrives_as_it_is(stage: Stage, keycloak: FakeProvider) -> None:
    stage.connect("keycloak", issuer=ISSUER, client_secret=PLUS)
    assert stage.opens()
    assert sent(keycloak, "token").form["client_secret"] == PLUS


def test_by_http_basic_it_is_encoded_or_raw_as_the_connection_says(stage: Stage, keycloak: FakeProvider) -> None:
    keycloak.client(client_secret=PLUS, auth_method="client_secret_basic")
    stage.connect("keycloak", issuer=ISSUER, client_secret=PLUS, client_auth="client_secret_basic")
    assert stage.opens()
    keycloak.basic_encoding = "raw"
    assert stage.reason() == "client_refused"
    stage.connect(
        "keycloak",
        issuer=ISSUER,
        client_secret=PLUS,
        client_auth="client_secret_basic",
        client_auth_encoding="raw",
    )
    assert stage.opens()


def test_an_address_that_was_never_confirmed_is_refused(stage: Stage, keycloak: FakeProvider) -> None:
    keycloak.person("f:1:alice", email=ALICE, email_verified=False)
    stage.connect("keycloak", issuer=ISSUER, client_secret=PLUS)
    assert stage.reason() == "email_unverified"


def test_the_word_of_one_document_does_not_verify_the_email_of_the_other(stage: Stage, keycloak: FakeProvider) -> None:
    """Keycloak CVE-2026-14781."""
    keycloak.on.id_token(without("email_verified"))
    keycloak.on.userinfo(changed(email="mallory@acme.example", email_verified=True))
    stage.connect("keycloak", issuer=ISSUER, client_secret=PLUS)
    assert stage.reason() == "no_account", "the verified address is mallory's, alice's is not verified"


def test_state_is_short_enough(stage: Stage, keycloak: FakeProvider) -> None:
    stage.connect("keycloak", issuer=ISSUER, client_secret=PLUS)
    assert stage.opens()
    state = sent(keycloak, "authorize").query["state"]
    assert 43 <= len(state) <= 64
    assert state.replace("-", "").replace("_", "").isalnum()


def test_wrong_credentials_are_explained_in_the_words_of_the_console(stage: Stage, keycloak: FakeProvider) -> None:
    description = "Invalid client or Invalid client credentials"
    keycloak.answer("token", status=401, body={"error": "unauthorized_client", "error_description": description})
    stage.connect("keycloak", issuer=ISSUER, client_secret=PLUS)
    trace = stage.refused()
    assert trace["reason"] == "client_refused"
    assert "Credentials" in trace["remedy"]


def test_the_person_goes_through_the_providers_logout(stage: Stage, keycloak: FakeProvider) -> None:
    stage.connect("keycloak", issuer=ISSUER, client_secret=PLUS)
    client = stage.world.client()
    stage.sign_in(client)
    out = stage.log_out(client)
    assert out.startswith(f"{HOST}/end_session?")
    assert "id_token_hint=" in out


def test_at_a_shared_desk_the_providers_session_is_left_alone(stage: Stage, keycloak: FakeProvider) -> None:
    stage.connect("keycloak", issuer=ISSUER, client_secret=PLUS, provider_logout=False)
    client = stage.world.client()
    stage.sign_in(client)
    assert stage.log_out(client).startswith("/logged-out")
    assert stage.world.session(client) is None
