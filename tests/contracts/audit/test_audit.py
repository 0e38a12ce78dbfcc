from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError

from app.adapters.sql import schema
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.audit.audit import AuditEntry, ChainHead, chain_of
from app.services.audit.audit import START, Tampering
from tests.contracts.audit.audited import GLOBEX_SWITCHED, ROTATED, SWITCHED, auditing, record
from tests.contracts.race import AT_ONCE, all_at_once
from tests.contracts.samples import ACME, GLOBEX, NOW

CHAIN = chain_of(ACME.id)
CREATED = replace(SWITCHED, action="tenant.created")
GLOBEX_CREATED = replace(GLOBEX_SWITCHED, action="tenant.created")


def numbers(database: SqlDatabase) -> list[int]:
    return [link.seq for link in auditing(database).entries("acme")]


def test_entries_come_back_in_the_order_they_were_recorded(stored: SqlDatabase) -> None:
    later = replace(SWITCHED, at=NOW - 10, reason="", before={}, after={"skew_s": 1.5, "held": None, "tested": True})
    record(stored, SWITCHED, later)
    with stored.read() as work:
        assert work.audit.of_tenant(ACME.id) == [SWITCHED, later]


def test_each_tenant_and_the_bridge_have_their_own_entries_and_numbers(stored: SqlDatabase) -> None:
    record(stored, SWITCHED, ROTATED, SWITCHED)
    with stored.read() as work:
        assert work.audit.of_tenant(GLOBEX.id) == []
        assert work.audit.of_tenant(None) == [ROTATED]
        assert work.audit.chains() == [chain_of(None), CHAIN, chain_of(GLOBEX.id)], "of tenants without entries too"
        assert work.audit.head(CHAIN).seq == 2
        assert work.audit.head(chain_of(GLOBEX.id)) == ChainHead(chain_of(GLOBEX.id))


def test_entries_are_read_page_by_page(stored: SqlDatabase) -> None:
    record(stored, SWITCHED, GLOBEX_SWITCHED, SWITCHED, SWITCHED)
    with stored.read() as work:
        first = work.audit.page(CHAIN, after=START, most=2)
        assert [link.seq for link in first] == [1, 2]
        assert [link.seq for link in work.audit.page(CHAIN, after=first[-1].position, most=2)] == [3]


def test_several_entries_of_one_transaction_are_chained(stored: SqlDatabase) -> None:
    audit = auditing(stored)
    with stored.write() as work:
        for entry in (CREATED, ROTATED, SWITCHED, GLOBEX_CREATED, SWITCHED):
            audit.record(work, entry)
    assert numbers(stored) == [1, 2, 3]
    assert audit.verify().sound


def test_what_is_undone_leaves_no_entry_and_no_gap(stored: SqlDatabase) -> None:
    def fail() -> None:
        with stored.write() as work:
            auditing(stored).record(work, SWITCHED)
            raise KeyError

    record(stored, CREATED)
    with pytest.raises(KeyError):
        fail()
    record(stored, SWITCHED)
    assert numbers(stored) == [1, 2]
    assert auditing(stored).verify("acme").sound


def test_writers_of_one_tenant_at_once_leave_a_whole_chain(stored: SqlDatabase) -> None:
    record(stored, CREATED)
    all_at_once(lambda number: record(stored, *[replace(SWITCHED, actor=f"supporter {number}")] * 5))
    assert numbers(stored) == list(range(1, 5 * AT_ONCE + 2))
    assert auditing(stored).verify("acme").sound


def test_on_postgresql_no_tenant_waits_for_another(postgres_database_url: str) -> None:
    database = SqlDatabase(postgres_database_url)
    audit = auditing(database)
    with database.write() as work:
        for tenant in (ACME, GLOBEX):
            work.tenants.save(tenant)
    for mine, other in ((CREATED, GLOBEX_CREATED), (SWITCHED, GLOBEX_SWITCHED)):
        with database.write() as acme:
            audit.record(acme, mine)
            with database.write() as globex:
                audit.record(globex, other)
            assert len(audit.verify("acme").chains) == 1
    assert audit.verify().sound
    assert numbers(database) == [1, 2]
    database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor = 'nobody'",
        "UPDATE audit_entries SET mac = '' WHERE seq = 1",
        "DELETE FROM audit_entries WHERE seq = 1",
        "DELETE FROM audit_heads",
        "UPDATE audit_heads SET seq = 0, mac = ''",
        "UPDATE audit_heads SET chain = 'other', seq = seq + 1",
        "UPDATE audit_heads SET seal = ''",
        "UPDATE audit_heads SET mac = 'another'",
    ],
)
def test_the_database_refuses_to_change_what_was_recorded(stored: SqlDatabase, statement: str) -> None:
    record(stored, CREATED)
    with stored.engine.connect() as connection, pytest.raises(DBAPIError, match="the audit is append-only"):
        connection.exec_driver_sql(statement)
    assert auditing(stored).verify("acme").sound


@pytest.mark.parametrize("table", ["audit_entries", "audit_heads"])
def test_postgresql_refuses_to_empty_the_audit(postgres_database_url: str, table: str) -> None:
    database = SqlDatabase(postgres_database_url)
    with database.engine.connect() as connection, pytest.raises(DBAPIError, match="the audit is append-only"):
        connection.exec_driver_sql(f"TRUNCATE {table}")
    database.close()


def test_heads_are_told_once_for_each_chain_after_the_commit(database_url: str) -> None:
    heads: list[ChainHead] = []
    database = SqlDatabase(database_url, head_log=heads.append)
    audit = auditing(database)

    def work_on(*entries: AuditEntry, stop: bool = False) -> None:
        with database.write() as work:
            work.tenants.save(ACME)
            for entry in entries:
                audit.record(work, entry)
            assert heads == []
            if stop:
                raise KeyError

    with pytest.raises(KeyError):
        work_on(SWITCHED, stop=True)
    assert heads == []
    work_on(CREATED, ROTATED, SWITCHED)
    assert {report.head for report in audit.verify().chains} == set(heads)
    assert [head.seq for head in heads] == [2, 1]
    database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_entries_of_an_older_version_keep_their_place_and_are_named(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("older")
    url = f"sqlite:///{folder}/bridge.db" if kind == "sqlite" else str(request.getfixturevalue("postgres_url"))
    database = SqlDatabase(url)
    with database.engine.begin() as connection:
        schema.upgrade(connection, to="0003")
        for _ in range(2):
            connection.exec_driver_sql(
                "INSERT INTO audit_entries (at, actor, action, subject, before, after, reason)"
                " VALUES (1.5, 'sam', 'keys.rotated', 'bridge', '{}', '{}', '')"
            )
    database.upgrade()
    record(database, ROTATED)
    links = list(auditing(database).entries())
    (report,) = auditing(database).verify().chains
    database.close()
    assert [(link.seq, bool(link.mac)) for link in links] == [(1, False), (2, False), (3, True)]
    assert report.fault is not None
    assert (report.fault.seq, report.fault.kind) == (1, Tampering.BEFORE_THE_CHAIN)
