"""What decides a login, read in one round trip: as it is once the tenant is held."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.adapters.sql.connections.connections import held_with_tenant
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.identity import ExternalIdentity
from app.domain.connections.connection import Connection, ConnectionId, MatchBy
from app.domain.oauth2.client import Client, ClientId
from app.domain.tenants.tenant import Status
from app.ports.logins import LoginFacts
from tests.contracts.connections.test_held_connections import wait_for_a_waiter
from tests.contracts.samples import ACME, BOB, MAIN, NOW, PERSON

VALUE = "bob@acme.example"
DESK = Client(client_id=ClientId("desk"), name="Desk")
EXTERNAL = ExternalIdentity(issuer=PERSON.issuer, subject=PERSON.subject)


def facts(database: SqlDatabase, *, connection: Connection = MAIN, value: str | None = VALUE) -> LoginFacts | None:
    with database.write() as work:
        return work.logins.facts(connection, EXTERNAL, value, began_at=NOW)


def test_they_are_what_three_questions_would_find(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.identities.link(PERSON, BOB.id, at=NOW)
        (held,) = work.sql.together(held_with_tenant(MAIN.id))
        standing = work.identities.standing(
            ACME.id, MAIN.id, issuer=PERSON.issuer, subject=PERSON.subject, sid=None, began_at=NOW
        )
        found = work.accounts.with_subjects(ACME.id, MatchBy.EMAIL, VALUE, connection_id=MAIN.id, issuer=PERSON.issuer)
    assert held == [(MAIN, ACME)]
    assert found == [(BOB, PERSON.subject)]
    assert facts(stored) == LoginFacts(MAIN, ACME, standing, found)


@pytest.mark.parametrize("app", [DESK, None])
def test_they_name_the_app_as_it_is_by_then(stored: SqlDatabase, app: Client | None) -> None:
    with stored.write() as work:
        if app is not None:
            work.clients.save(app)
        found = work.logins.facts(MAIN, EXTERNAL, VALUE, began_at=NOW, client_id=DESK.client_id)
    assert found is not None
    assert (found.connection, found.client) == (MAIN, app)


@pytest.mark.parametrize("client_id", [DESK.client_id, "nothing", "\x00"])
@pytest.mark.parametrize("slug", [ACME.slug, "nothing", "\x00"])
def test_an_app_and_the_workspace_that_it_names_are_what_two_questions_would_find(
    stored: SqlDatabase, client_id: str, slug: str
) -> None:
    with stored.write() as work:
        work.clients.save(DESK)
        app, workspace = work.clients.get(client_id), work.connections.by_tenant_slug(slug)
        asked = work.logins.for_app(client_id, slug)
    assert asked == ((None, None) if "\x00" in (client_id, slug) else (app, workspace))


@pytest.mark.parametrize("value", ["nobody@acme.example", "\x00", "", None])
def test_they_name_no_account_that_has_another_value(stored: SqlDatabase, value: str | None) -> None:
    found = facts(stored, value=value)
    assert found is not None
    assert found.with_value == []


def test_there_are_none_of_a_connection_that_is_gone(stored: SqlDatabase) -> None:
    assert facts(stored, connection=replace(MAIN, id=ConnectionId("nothing"))) is None


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_login_that_waited_for_the_tenant_sees_all_that_was_changed_meanwhile(
    stored: SqlDatabase, database_url: str
) -> None:
    disabled = replace(BOB, status=Status.DISABLED)
    with ThreadPoolExecutor(1) as login:
        with stored.write() as work:
            work.tenants.lock(ACME.id)
            waiting = login.submit(facts, stored)
            wait_for_a_waiter(database_url)
            work.identities.link(PERSON, BOB.id, at=NOW)
            work.accounts.save(disabled)
        found = waiting.result()
    assert found is not None
    assert found.standing.identity == replace(PERSON, linked=(BOB.id,))
    assert found.with_value == [(disabled, PERSON.subject)]
