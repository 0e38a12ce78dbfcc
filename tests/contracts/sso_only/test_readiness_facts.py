from dataclasses import replace

import pytest

from app.adapters.sql.sso_only import readiness
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.account import Account, AccountId, Role
from app.domain.sso_only.readiness import Standing, Summary
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status, Tenant, TenantId
from app.domain.traces.trace import Trace
from tests.contracts.plans import plan_of
from tests.contracts.samples import ACME, ALICE, BOB, GLOBEX, NOW, TRACE
from tests.services.statements import statements

SUCCESS = replace(TRACE, reason=None, steps=())
BY_PASSWORD = replace(SUCCESS, method=Method.PASSWORD, connection=None)


@pytest.fixture
def people(stored: SqlDatabase) -> SqlDatabase:
    """Acme: Bob, Alice, who came in, and Zoe, who is switched off. Globex: Bob."""
    with stored.write() as work:
        work.accounts.save(replace(ALICE, id=AccountId("account-zoe"), username="zoe", status=Status.DISABLED))
        work.accounts.save(replace(BOB, roles=(Role.AGENT, Role.TENANT_ADMIN)))
        work.accounts.signed_in(ACME.id, ALICE.id, at=NOW, method=Method.SSO)
        work.accounts.signed_in(ACME.id, BOB.id, at=NOW - 60, method=Method.PASSWORD)
    return stored


def test_the_standings_are_those_of_the_tenants_active_accounts(people: SqlDatabase) -> None:
    with people.read() as work:
        found = sorted(work.readiness.standings(ACME.id))
    assert found == [
        Standing(ALICE.id, "alice", "alice@acme.example", None, NOW, NOW, None),
        Standing(BOB.id, "bob", "bob@acme.example", "E-1", NOW - 60, None, NOW - 60),
    ]


def test_admins_are_the_active_accounts_that_have_the_role(people: SqlDatabase) -> None:
    with people.write() as work:
        work.accounts.save(
            replace(BOB, id=AccountId("off"), username="off", roles=(Role.TENANT_ADMIN,), status=Status.DISABLED)
        )
    with people.read() as work:
        assert [one.username for one in work.readiness.admins(ACME.id, Role.TENANT_ADMIN)] == ["Bob"]
        assert work.readiness.admins(GLOBEX.id, Role.TENANT_ADMIN) == []
        assert work.readiness.admins(ACME.id, Role.OPERATOR) == []


def test_people_come_by_username_and_from_the_tenant_only(people: SqlDatabase) -> None:
    with people.read() as work:
        found = work.readiness.people(ACME.id, [BOB.id, ALICE.id, AccountId("nobody")])
        assert [one.username for one in found] == ["alice", "Bob"]
        assert [one.tenant_id for one in work.readiness.people(GLOBEX.id, [BOB.id, ALICE.id])] == [GLOBEX.id]


def stored_traces(database: SqlDatabase, *traces: Trace) -> None:
    with database.write() as work:
        for number, trace in enumerate(traces):
            work.traces.add(replace(trace, reference=f"{trace.tenant_id}-{number}"))


def test_password_logins_are_those_that_came_through_since(people: SqlDatabase) -> None:
    stored_traces(
        people,
        BY_PASSWORD,
        replace(BY_PASSWORD, at=NOW - 10),
        replace(BY_PASSWORD, at=NOW - 20),
        replace(BY_PASSWORD, reason=TRACE.reason),
        SUCCESS,
        replace(BY_PASSWORD, tenant_id=GLOBEX.id),
    )
    with people.read() as work:
        logins = work.readiness.password_logins(ACME.id, since=NOW - 10, most=10)
    assert (logins.count, logins.complete) == (2, True)


def test_no_more_traces_are_looked_at_than_asked_for(people: SqlDatabase) -> None:
    stored_traces(people, *(replace(BY_PASSWORD, at=NOW - number) for number in range(5)))
    with people.read() as work:
        logins = work.readiness.password_logins(ACME.id, since=0.0, most=3)
        assert (logins.count, logins.complete) == (3, False)
        assert work.readiness.password_logins(GLOBEX.id, since=0.0, most=3).count == 0


def test_the_last_success_by_sso_is_found_among_the_newest(people: SqlDatabase) -> None:
    stored_traces(
        people,
        replace(SUCCESS, at=NOW - 5),
        replace(SUCCESS, at=NOW - 9),
        replace(TRACE, at=NOW - 1),
        replace(BY_PASSWORD, at=NOW - 2),
        replace(SUCCESS, tenant_id=GLOBEX.id),
    )
    with people.read() as work:
        last = work.readiness.last_sso(ACME.id, most=10)
        assert last == replace(SUCCESS, at=NOW - 5, reference=f"{ACME.id}-0")
        assert work.readiness.last_sso(ACME.id, most=2) is None


def test_a_list_is_summed_up_tenant_by_tenant(people: SqlDatabase) -> None:
    empty = Tenant(id=TenantId("tenant-empty"), slug="empty", name="Empty")
    with people.write() as work:
        work.tenants.save(empty)
    with people.read() as work:
        found = work.readiness.summaries([ACME.id, GLOBEX.id, empty.id], since=NOW)
        assert found == {ACME.id: Summary(2, 1, NOW), GLOBEX.id: Summary(1, 0, None)}
        assert work.readiness.summaries([ACME.id], since=NOW + 1)[ACME.id].proven == 0


# What it costs


@pytest.fixture
def many(people: SqlDatabase) -> SqlDatabase:
    """Enough of others that nobody would read them all by choice."""
    with people.write() as work:
        for place in range(20):
            tenant = Tenant(id=TenantId(f"other-{place:02}"), slug=f"other-{place}", name="Other")
            work.tenants.save(tenant)
            for number in range(50):
                other = Account(id=AccountId(f"id-{number}"), tenant_id=tenant.id, username=f"person-{number}")
                work.accounts.save(other)
                work.traces.add(replace(BY_PASSWORD, reference=f"{place}-{number}", tenant_id=tenant.id))
    with people.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    return people


@pytest.mark.parametrize("statement", ["_STANDINGS", "_ADMINS"])
def test_a_tenants_accounts_are_found_by_an_index_whatever_others_there_are(many: SqlDatabase, statement: str) -> None:
    plan = plan_of(many, getattr(readiness, statement), tenant=ACME.id, role='"tenant_admin"')
    assert "SCAN" not in plan.upper().replace("INDEX SCAN", "").replace("BITMAP HEAP SCAN", ""), plan
    assert "tenant_id" in plan


@pytest.mark.parametrize("statement", ["_BY_PASSWORD", "_LAST_SSO"])
def test_a_tenants_traces_are_found_by_an_index_whatever_others_there_are(many: SqlDatabase, statement: str) -> None:
    plan = plan_of(many, getattr(readiness, statement), tenant=ACME.id, since=0.0, most=10)
    assert "ix_traces_tenant_id" in plan
    assert "Seq Scan on traces" not in plan
    assert "SCAN traces" not in plan


def test_a_list_of_tenants_is_one_query(many: SqlDatabase) -> None:
    with statements(many) as seen, many.read() as work:
        work.readiness.summaries([TenantId(f"other-{place:02}") for place in range(20)], since=NOW)
    assert len(seen) == 1
