from dataclasses import fields, replace

import pytest
from sqlalchemy import update

from app.adapters.sql.tables import ConnectionRow
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.connections.connection import ClientAuth, ConnectionId, MatchBy, Protocol, Provider, Sealed
from app.domain.tenants.tenant import Status
from tests.contracts.samples import ACME, GLOBEX, GLOBEX_MAIN, MAIN, NOW, SPARE, unstorable

UNUSUAL = Provider(
    protocol=Protocol.OAUTH2,
    issuer=None,
    client_id="desk",
    client_auth=ClientAuth.PRIVATE_KEY_JWT,
    client_auth_encoding="raw",
    scopes=("openid",),
    response_mode="form_post",
    pkce=False,
    discovery_url="https://idp.acme.example/discovery",
    authorize_params={"resource": "ümlaut \x00 \ud800"},
    required_claims={"list": ["a", 1, None], "nested": {"a": 1.5}},
    email_verified_claim="xms_edov",
    emails_endpoint="https://idp.acme.example/emails",
    signing_algs=("ES256", "RS256"),
    email_claim="user.emails.0.value",
    subject_claim="id",
    email_trust="always",
    match_by=MatchBy.EXTERNAL_ID,
    match_claim="employee",
    trusted_audiences=("other",),
    authorization_endpoint="https://idp.acme.example/authorize",
    token_endpoint="https://idp.acme.example/token",
    userinfo_endpoint="https://idp.acme.example/userinfo",
    jwks_uri="https://idp.acme.example/jwks",
    jwks='{"keys": []}',
    end_session_endpoint="https://idp.acme.example/logout",
    provider_logout=False,
    preset="versature",
    prompt="login",
    max_age=0,
    acr_values=("gold", "silver"),
    prompt_values_supported=("none", "login"),
    par="required",
    par_endpoint="https://idp.acme.example/par",
    client_assertion_audience="issuer",
    client_assertion_alg="ES256",
    encryption_algs=("RSA-OAEP",),
    dpop=True,
    profile="ipsie",
)


@pytest.mark.parametrize("provider", [Provider(), UNUSUAL])
def test_a_connection_comes_back_as_it_was_saved(stored: SqlDatabase, provider: Provider) -> None:
    connection = replace(MAIN, provider=provider, private_key=Sealed("sealed-key"), tested_at=NOW)
    with stored.write() as work:
        work.connections.save(connection)
    with stored.read() as work:
        read = work.connections.get(ACME.id, MAIN.id)
    assert read == connection
    assert read.fingerprint == connection.fingerprint


def test_the_unusual_provider_differs_from_the_usual_one_in_every_field() -> None:
    same = [field.name for field in fields(Provider) if getattr(UNUSUAL, field.name) == getattr(Provider(), field.name)]
    assert same == ["issuer"]


def test_fields_that_another_version_stored_or_left_out_are_no_error(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.sql.changed(update(ConnectionRow).values(provider={"client_id": "x", "of_the_future": 1}))
    with stored.read() as work:
        connection = work.connections.get(ACME.id, MAIN.id)
    assert connection is not None
    assert connection.provider == Provider(client_id="x")


def test_a_callback_finds_the_connection_and_its_tenant_whatever_their_status(stored: SqlDatabase) -> None:
    disabled, gone = replace(MAIN, status=Status.DISABLED), replace(ACME, status=Status.DISABLED)
    with stored.write() as work:
        work.connections.save(disabled)
        work.tenants.save(gone)
    with stored.read() as work:
        assert work.connections.with_tenant(MAIN.id) == (disabled, gone)
        assert work.connections.with_tenant(GLOBEX_MAIN.id) == (GLOBEX_MAIN, GLOBEX)
        assert work.connections.with_tenant(ConnectionId("nothing")) is None


@pytest.mark.parametrize("text", unstorable())
def test_an_id_that_no_database_can_hold_is_absent(stored: SqlDatabase, text: str) -> None:
    with stored.read() as work:
        assert work.connections.with_tenant(ConnectionId(text)) is None
        assert work.connections.get(ACME.id, ConnectionId(text)) is None


def test_a_connection_of_another_tenant_is_absent(stored: SqlDatabase) -> None:
    with stored.read() as work:
        assert work.connections.get(GLOBEX.id, MAIN.id) is None
        assert work.connections.of_tenant(GLOBEX.id) == [GLOBEX_MAIN]


def test_connections_of_a_tenant_come_by_name_whatever_their_status(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.connections.save(replace(SPARE, name="a", status=Status.DISABLED))
    with stored.read() as work:
        assert [one.name for one in work.connections.of_tenant(ACME.id)] == ["a", "main"]


def test_a_test_counts_for_the_settings_that_were_tested(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.connections.mark_tested(MAIN, at=NOW)
    with stored.read() as work:
        connection = work.connections.get(ACME.id, MAIN.id)
        spare = work.connections.get(ACME.id, SPARE.id)
    assert connection is not None
    assert spare is not None
    assert connection.tested
    assert connection.tested_at == NOW
    assert not spare.tested


def test_a_test_of_settings_that_were_changed_meanwhile_does_not_count(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.connections.save(replace(MAIN, client_secret=Sealed("newer")))
        work.connections.mark_tested(MAIN, at=NOW)
    with stored.read() as work:
        connection = work.connections.get(ACME.id, MAIN.id)
    assert connection is not None
    assert not connection.tested
