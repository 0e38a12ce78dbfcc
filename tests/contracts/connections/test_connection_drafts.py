from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.connections.connection import ConnectionId, Provider, Sealed
from app.domain.connections.connection_key import KeyType, KeyUse
from app.domain.connections.draft import Draft, DraftKind, PreviousVersion
from app.domain.tenants.tenant import Status
from tests.contracts.connections.test_connection_keys import keys
from tests.contracts.connections.test_connections import UNUSUAL
from tests.contracts.samples import ACME, GLOBEX, GLOBEX_MAIN, MAIN, NOW, SPARE, unstorable

DRAFT = Draft(
    settings=replace(
        MAIN,
        next_client_secret=Sealed("next"),
        client_secret_expires="2027-01-31",
        certificate_expires_at=NOW,
        tested_at=NOW,
    ),
    base=MAIN.version,
    kind=DraftKind.CHANGE,
    changed_at=NOW,
    changed_by="acme/ada",
)
BEFORE = PreviousVersion(settings=MAIN, successor="a fingerprint", replaced_at=NOW, replaced_by="acme/ada")


@pytest.mark.parametrize("provider", [Provider(), UNUSUAL])
def test_a_draft_comes_back_as_it_was_saved(stored: SqlDatabase, provider: Provider) -> None:
    draft = replace(DRAFT, settings=replace(DRAFT.settings, provider=provider))
    with stored.write() as work:
        work.connection_drafts.save(DRAFT)
        work.connection_drafts.save(draft)
    with stored.read() as work:
        read = work.connection_drafts.get(ACME.id, MAIN.id)
        assert read == draft
        assert read.version == draft.version
        assert work.connections.get(ACME.id, MAIN.id) == MAIN, "the connection beside it is as it was"


def test_a_tenant_sees_its_own_drafts_by_name(stored: SqlDatabase) -> None:
    spare = replace(DRAFT, settings=replace(SPARE, name="a"))
    theirs = replace(DRAFT, settings=GLOBEX_MAIN)
    with stored.write() as work:
        for draft in (DRAFT, spare, theirs):
            work.connection_drafts.save(draft)
    with stored.read() as work:
        assert work.connection_drafts.of_tenant(ACME.id) == [spare, DRAFT]
        assert work.connection_drafts.get(GLOBEX.id, MAIN.id) is None
    with stored.write() as work:
        work.connection_drafts.remove(GLOBEX.id, MAIN.id)
        work.connection_drafts.remove(ACME.id, SPARE.id)
    with stored.read() as work:
        assert work.connection_drafts.of_tenant(ACME.id) == [DRAFT]


def test_a_test_counts_for_the_draft_and_not_for_the_connection(stored: SqlDatabase) -> None:
    changed = replace(DRAFT, settings=replace(MAIN, client_secret=Sealed("another")))
    with stored.write() as work:
        work.connection_drafts.save(changed)
        work.connection_drafts.mark_tested(changed, at=NOW)
    with stored.read() as work:
        read = work.connection_drafts.get(ACME.id, MAIN.id)
        connection = work.connections.get(ACME.id, MAIN.id)
    assert read is not None
    assert read.tested
    assert connection is not None
    assert not connection.tested


def test_one_previous_version_is_kept(stored: SqlDatabase) -> None:
    later = replace(BEFORE, settings=replace(MAIN, status=Status.DISABLED), successor="another")
    with stored.write() as work:
        assert work.connection_drafts.previous(ACME.id, MAIN.id) is None
        work.connection_drafts.keep(BEFORE)
        work.connection_drafts.keep(later)
    with stored.read() as work:
        assert work.connection_drafts.previous(ACME.id, MAIN.id) == later
        assert work.connection_drafts.previous(GLOBEX.id, MAIN.id) is None


@pytest.mark.parametrize("text", unstorable())
def test_an_id_that_no_database_can_hold_is_absent(stored: SqlDatabase, text: str) -> None:
    with stored.read() as work:
        assert work.connection_drafts.get(ACME.id, ConnectionId(text)) is None
        assert work.connection_drafts.previous(ACME.id, ConnectionId(text)) is None


def test_a_removed_connection_takes_its_keys_along_and_no_other_tenants(stored: SqlDatabase) -> None:
    new = replace(MAIN, id=ConnectionId("connection-new"), name="new")
    with stored.write() as work:
        work.connections.save(new)
        work.connection_keys.add(keys("new", connection_id=new.id))
        work.connections.remove(GLOBEX.id, new.id)
    with stored.read() as work:
        assert work.connections.get(ACME.id, new.id) == new
        assert len(work.connection_keys.of_connection(ACME.id, new.id)) == len(KeyUse) * len(KeyType)
    with stored.write() as work:
        work.connections.remove(ACME.id, new.id)
    with stored.read() as work:
        assert work.connections.get(ACME.id, new.id) is None
        assert work.connection_keys.of_connection(ACME.id, new.id) == []
        assert work.connections.get(ACME.id, MAIN.id) == MAIN
