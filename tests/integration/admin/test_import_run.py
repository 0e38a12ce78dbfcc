"""The worker brings a file of people in, and says how far it is."""

from typing import Any

import pytest

from app.domain.accounts.account import Account
from app.domain.accounts.account_draft import AccountDraft
from app.domain.accounts.account_import import ImportId, ImportState
from app.domain.audit.audit import Actor
from app.services.accounts import import_run
from app.services.audit.audit import CREATED
from tests.integration.admin.office import Office
from tests.integration.admin.test_people_import import confirmed, named
from tests.integration.support.counter import words


def begin_log(office: Office) -> None:
    """A chain that can be verified starts with the tenant's creation."""
    with office.world.bridge.database.write() as work:
        created = Actor("staff/olga").did(CREATED, "acme", tenant_id=office.tenant.id, at=office.world.clock.now())
        office.world.bridge.audit.record(work, created)


def test_how_far_it_is_is_told_before_it_is_stored(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_run, "TOLD_EVERY", 2)
    here = confirmed(office, b"username\n" + b"".join(b"new%d\n" % number for number in range(5)))
    seen, imports = [], office.world.bridge.account_imports
    writer = office.world.bridge.import_run.writer
    made = type(writer).made

    def watched(*given: Any, **named: Any) -> object:
        upload = imports.check(office.tenant, ImportId(here.rpartition("/")[2]), account=office.ada.id).upload
        seen.append((upload.state, upload.prepared, upload.rows))
        if len(seen) == 4:
            assert "2 of 5 rows prepared" in words(office.browser.get(here))
        return made(*given, **named)

    monkeypatch.setattr(type(writer), "made", watched)
    assert office.world.bridge.import_run.carry_out_waiting() == 1
    assert [prepared for _, prepared, _ in seen] == [0, 0, 2, 2, 4]
    assert {(state, rows) for state, _, rows in seen} == {(ImportState.RUNNING, 5)}
    assert "The import is done." in words(office.browser.get(here))


def test_an_account_that_appears_while_rows_are_prepared_is_changed_and_not_made_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_log(office)
    here = confirmed(office, b"username,name\nnew,From the file\nbob,Bob\n")
    run, changes = office.world.bridge.import_run, office.world.bridge.account_changes
    made, first = type(run.writer).made, list[Account]()

    def meanwhile(*given: Any, **named: Any) -> object:
        if not first:
            first.append(office.ada)  # what is made in here must not come back here
            first[0] = changes.create("acme", AccountDraft("new"), by=Actor("acme/eve", "127.0.0.1", ""))
        return made(*given, **named)

    monkeypatch.setattr(type(run.writer), "made", meanwhile)
    assert run.carry_out_waiting() == 1
    after = named(office, "new")
    assert after is not None
    assert (after.id, after.name) == (first[0].id, "From the file")
    assert named(office, "bob") is not None
    assert office.world.bridge.audit.verify("acme").sound
    assert "Created 1 Changed 1" in words(office.browser.get(here))


def test_a_tenant_that_changes_all_the_time_waits_for_its_import(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "TRIES", 0)
    begin_log(office)
    confirmed(office, b"username,status\nnew,\nada2,disabled\n")
    assert office.world.bridge.import_run.carry_out_waiting() == 1
    assert named(office, "new") is not None
    assert office.world.bridge.audit.verify("acme").sound
