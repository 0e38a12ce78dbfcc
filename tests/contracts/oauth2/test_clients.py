from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from app.adapters.sql.oauth2 import clients
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.oauth2.client import Client, ClientId, GrantType, Scope
from app.domain.oauth2.signing_alg import SigningAlg
from app.domain.tenants.tenant import Status, TenantId
from tests.contracts.plans import plan_of
from tests.contracts.samples import ACME, unstorable

DESK = Client(
    client_id=ClientId("agent-desk"),
    name="Agent Desk",
    secret_hash="0123",
    redirect_uris=("http://127.0.0.1/callback",),
    grants=(GrantType.AUTHORIZATION_CODE, GrantType.DEVICE_CODE),
    scopes=("openid", "users:read"),
    trusted=True,
    tenant_id=ACME.id,
    status=Status.DISABLED,
    signing_alg=SigningAlg.ES256,
)
PUBLIC = Client(client_id=ClientId("a-phone"), name="Phone")


def test_a_client_comes_back_as_it_was_saved(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.clients.save(DESK)
        work.clients.save(PUBLIC)
    with stored.read() as work:
        assert work.clients.get("agent-desk") == DESK
        assert work.clients.get("nothing") is None
        assert work.clients.all() == [PUBLIC, DESK]


def test_saving_a_client_again_changes_it(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.clients.save(DESK)
        work.clients.save(replace(PUBLIC, client_id=DESK.client_id))
    with stored.read() as work:
        assert work.clients.all() == [replace(PUBLIC, client_id=DESK.client_id)]


def test_a_client_of_a_tenant_that_does_not_exist_is_refused(stored: SqlDatabase) -> None:
    with pytest.raises(IntegrityError), stored.write() as work:
        work.clients.save(replace(DESK, tenant_id=TenantId("nobody")))


def test_scopes_come_by_name_with_the_newest_description(database: SqlDatabase) -> None:
    with database.write() as work:
        work.clients.save_scope(Scope(name="users:read", description="old"))
        work.clients.save_scope(Scope(name="calls:read", description="See calls"))
        work.clients.save_scope(Scope(name="users:read", description="See who works here"))
    with database.read() as work:
        assert work.clients.scopes() == [
            Scope(name="calls:read", description="See calls"),
            Scope(name="users:read", description="See who works here"),
        ]


@pytest.mark.parametrize("text", unstorable())
def test_a_client_id_that_no_database_can_hold_is_unknown(database: SqlDatabase, text: str) -> None:
    with database.read() as work:
        assert work.clients.get(text) is None


def test_an_owner_has_its_own_clients_by_name(stored: SqlDatabase) -> None:
    of_acme = replace(DESK, client_id=ClientId("z"), name="A first name")
    with stored.write() as work:
        for client in (DESK, PUBLIC, of_acme):
            work.clients.save(client)
    with stored.read() as work:
        assert work.clients.of_owner(ACME.id) == [of_acme, DESK]
        assert work.clients.of_owner(None) == [PUBLIC]
        assert work.clients.of_owner(TenantId("nobody")) == []


def test_a_tenants_clients_are_found_by_an_index_however_many_others_there_are(stored: SqlDatabase) -> None:
    with stored.write() as work:
        for number in range(2000):
            work.clients.save(replace(PUBLIC, client_id=ClientId(f"c{number}")))
        work.clients.save(DESK)
    if stored.engine.dialect == "postgresql":
        with stored.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE clients")
    plan = plan_of(stored, clients.OF_TENANT, tenant=ACME.id)
    assert "ix_clients_tenant_id" in plan, plan


def test_saving_a_client_does_not_change_when_it_was_last_used(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.clients.save(PUBLIC)
        work.clients.used(PUBLIC.client_id, at=1234.5)
        work.clients.save(replace(PUBLIC, name="Telephone"))
    with stored.read() as work:
        assert work.clients.get(PUBLIC.client_id) == replace(PUBLIC, name="Telephone", last_used_at=1234.5)
