from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.account import AccountId
from app.domain.accounts.account_import import AccountImport, ImportId, ImportState, Totals
from app.domain.tenants.tenant import TenantId
from tests.contracts.race import all_at_once

ACME, OTHER = TenantId("acme"), TenantId("other")
UPLOAD = AccountImport(
    id=ImportId("one"),
    tenant_id=ACME,
    file_name="people.csv",
    uploaded_by="acme/ada",
    account_id=AccountId("ada"),
    uploaded_at=1000.0,
    content="sealed",
)
DONE = Totals(created=1, changed=2, skipped=3)


@pytest.fixture
def uploaded(database: SqlDatabase) -> SqlDatabase:
    with database.write() as work:
        work.account_imports.add(UPLOAD)
    return database


def stored(database: SqlDatabase) -> AccountImport:
    with database.read() as work:
        found = work.account_imports.get(ACME, UPLOAD.id)
    assert found is not None
    return found


def confirm(database: SqlDatabase) -> bool:
    with database.write() as work:
        return work.account_imports.confirm(ACME, UPLOAD.id, by="acme/bob", account_id=AccountId("bob"))


def claim(database: SqlDatabase, *, now: float) -> AccountImport | None:
    with database.write() as work:
        return work.account_imports.claim(now=now, stale=now - 100)


def settle(database: SqlDatabase, claimed: AccountImport, totals: Totals = DONE) -> bool:
    with database.write() as work:
        return work.account_imports.settle(claimed, totals, at=3000.0)


def test_an_upload_is_its_tenants_only(uploaded: SqlDatabase) -> None:
    assert stored(uploaded) == UPLOAD
    with uploaded.write() as work:
        assert work.account_imports.get(OTHER, UPLOAD.id) is None
        assert not work.account_imports.confirm(OTHER, UPLOAD.id, by="other/eve", account_id=AccountId("eve"))
        assert work.account_imports.withdraw(OTHER, UPLOAD.account_id) == 0
        assert work.account_imports.unsettled(OTHER) == 0


def test_what_is_not_confirmed_is_not_claimed(uploaded: SqlDatabase) -> None:
    assert claim(uploaded, now=2000) is None


def test_it_is_confirmed_once(uploaded: SqlDatabase) -> None:
    assert confirm(uploaded)
    assert not confirm(uploaded)


def test_who_confirmed_it_is_kept_beside_who_uploaded_it(uploaded: SqlDatabase) -> None:
    confirm(uploaded)
    found = stored(uploaded)
    assert (found.uploaded_by, found.account_id) == ("acme/ada", "ada")
    assert (found.confirmed_by, found.confirmed_account_id) == ("acme/bob", "bob")


def test_what_nobody_confirmed_is_withdrawn_by_its_uploader_only(uploaded: SqlDatabase) -> None:
    with uploaded.write() as work:
        assert work.account_imports.unsettled(ACME) == 1
        assert work.account_imports.withdraw(ACME, AccountId("bob")) == 0
        assert work.account_imports.withdraw(ACME, UPLOAD.account_id) == 1
        assert work.account_imports.unsettled(ACME) == 0
        work.account_imports.add(UPLOAD)
    confirm(uploaded)
    with uploaded.write() as work:
        assert work.account_imports.withdraw(ACME, UPLOAD.account_id) == 0


def test_progress_is_told_by_the_worker_that_has_it(uploaded: SqlDatabase) -> None:
    confirm(uploaded)
    first = claim(uploaded, now=2000)
    assert first is not None
    with uploaded.write() as work:
        assert work.account_imports.progress(first, 1000)
    assert stored(uploaded).prepared == 1000
    second = claim(uploaded, now=2101)
    assert second is not None
    assert second.prepared == 0
    with uploaded.write() as work:
        assert not work.account_imports.progress(first, 2000)
    assert stored(uploaded).prepared == 0


def test_many_workers_claim_it_once(uploaded: SqlDatabase) -> None:
    confirm(uploaded)
    claims = all_at_once(lambda number: claim(uploaded, now=2000 + number / 10))
    assert len([one for one in claims if one]) == 1


def test_one_that_a_worker_never_finished_is_claimed_again_and_settled_by_the_second_only(
    uploaded: SqlDatabase,
) -> None:
    confirm(uploaded)
    first = claim(uploaded, now=2000)
    assert first is not None
    assert claim(uploaded, now=2050) is None
    second = claim(uploaded, now=2101)
    assert second == replace(first, claimed_at=2101)
    assert not settle(uploaded, first)
    assert settle(uploaded, second)
    assert not settle(uploaded, second)


@pytest.mark.parametrize(("totals", "state"), [(DONE, ImportState.DONE), (Totals(wrong=1), ImportState.STOPPED)])
def test_what_is_settled_keeps_its_numbers_and_drops_its_content(
    uploaded: SqlDatabase, totals: Totals, state: ImportState
) -> None:
    confirm(uploaded)
    claimed = claim(uploaded, now=2000)
    assert claimed is not None
    settle(uploaded, claimed, totals)
    found = stored(uploaded)
    assert (found.state, found.content, found.settled_at) == (state, None, 3000.0)
    assert Totals(found.created, found.changed, found.skipped, found.wrong) == totals


def test_old_ones_are_forgotten(uploaded: SqlDatabase) -> None:
    with uploaded.write() as work:
        assert work.account_imports.forget(before=1000.0, most=10) == 0
        assert work.account_imports.forget(before=1000.1, most=10) == 1
