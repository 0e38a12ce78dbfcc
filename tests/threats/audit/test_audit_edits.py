"""Whatever field of an entry is changed to whatever else, it is found."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.adapters.sql.unit_of_work import SqlDatabase
from app.services.audit.audit import AuditService
from tests.contracts.audit.audited import SWITCHED, auditing, record
from tests.contracts.samples import ACME, GLOBEX
from tests.threats.audit.owned import Owned

LENGTH = 3

words = st.text(st.characters(exclude_categories=["Cs"]))
details = st.dictionaries(words, st.none() | st.booleans() | st.integers() | words | st.lists(words), max_size=3)
FIELDS: dict[str, st.SearchStrategy[object]] = {
    "chain": words | st.just(GLOBEX.id),
    "seq": st.integers(-(2**63), 2**63 - 1),
    "mac": words,
    "tenant_id": st.none() | st.just(GLOBEX.id) | words,
    "at": st.floats(allow_nan=False),
    "actor": words,
    "address": words,
    "action": words,
    "subject": words,
    "before": details.map(json.dumps) | words,
    "after": details.map(json.dumps) | words,
    "reason": words,
}
changes = st.sampled_from(sorted(FIELDS)).flatmap(lambda name: st.tuples(st.just(name), FIELDS[name]))


@dataclass(frozen=True, slots=True)
class Attacked:
    audit: AuditService
    owned: Owned


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Attacked]:
    file = shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("edits") / "edited.sqlite3")
    database = SqlDatabase(f"sqlite:///{file}")
    with database.write() as work:
        work.tenants.save(ACME)
        work.tenants.save(GLOBEX)
    for tenant in (ACME, GLOBEX):
        record(database, replace(SWITCHED, action="tenant.created", tenant_id=tenant.id))
    record(database, *[replace(SWITCHED, actor=f"supporter {number}") for number in range(LENGTH - 1)])
    attacked = Attacked(auditing(database), Owned(database))
    attacked.owned.disarm()
    yield attacked
    database.close()


@given(change=changes, seq=st.integers(1, LENGTH))
def test_any_field_of_any_entry(attacked: Attacked, change: tuple[str, object], seq: int) -> None:
    name, value = change
    row = attacked.owned.row("acme", seq)
    assume(_told(name, value) != _told(name, row[name]))
    attacked.owned.change_row(row["id"], **{name: value})
    found = attacked.audit.verify()
    attacked.owned.change_row(row["id"], **{name: row[name]})
    assert not found.sound
    assert attacked.audit.verify().sound


def _told(name: str, value: object) -> object:
    """What it says: JSON says the same in any order."""
    if name not in {"before", "after"}:
        return value
    try:
        return json.dumps(json.loads(str(value)), sort_keys=True)
    except ValueError:
        return value
