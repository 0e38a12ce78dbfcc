"""What support asks the stores for: newest traces, live sessions, accounts by what somebody says on the telephone."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.held import HeldDecision, HeldLogin, HeldLoginId
from app.domain.sessions.session import Session, SessionId, SignedIn
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status
from app.domain.traces.trace import Trace
from tests.contracts.samples import (
    ACME,
    ALICE,
    BOB,
    GLOBEX,
    GLOBEX_BOB,
    GLOBEX_MAIN,
    HELD,
    MAIN,
    NOW,
    PASSWORD_SESSION,
    SPARE,
    SSO_SESSION,
    TRACE,
    unstorable,
)

SIGNED_IN = replace(TRACE, reason=None, details={})


def trace(reference: str, age: float, of: Trace = TRACE, **changes: object) -> Trace:
    return replace(of, reference=reference, at=NOW - age, **changes)  # type: ignore[arg-type]  # fields of the dataclass


def keep(database: SqlDatabase, *traces: Trace) -> None:
    with database.write() as work:
        for one in traces:
            work.traces.add(one)


def references(traces: Sequence[Trace]) -> list[str]:
    return [one.reference for one in traces]


def test_the_newest_traces_of_a_tenant_come_first_page_by_page(database: SqlDatabase) -> None:
    keep(database, *(trace(f"A-{age}", age) for age in range(5)), trace("OTHER", 0, tenant_id=GLOBEX.id))
    with database.read() as work:
        first = work.traces.recent(ACME.id, most=2)
        assert references(first) == ["A-0", "A-1"]
        assert references(work.traces.recent(ACME.id, most=9, before=first[-1].at)) == ["A-2", "A-3", "A-4"]


def test_only_those_that_did_not_end_well_are_listed_where_that_is_asked(database: SqlDatabase) -> None:
    keep(database, trace("GOOD", 0, SIGNED_IN), trace("BAD", 1))
    with database.read() as work:
        assert references(work.traces.recent(ACME.id, most=9, refused_only=True)) == ["BAD"]


def test_the_last_success_is_of_the_same_tenant_connection_and_method_and_before(database: SqlDatabase) -> None:
    keep(
        database,
        trace("LATER", -1, SIGNED_IN),
        trace("FAILED", 1),
        trace("OF-PASSWORD", 2, SIGNED_IN, method=Method.PASSWORD, connection=None),
        trace("OF-SPARE", 3, SIGNED_IN, connection=SPARE.name),
        trace("OF-GLOBEX", 4, SIGNED_IN, tenant_id=GLOBEX.id),
        trace("LAST", 5, SIGNED_IN),
        trace("LONG-AGO", 6, SIGNED_IN),
    )
    with database.read() as work:
        last = work.traces.last_signed_in
        assert last(ACME.id, connection=MAIN.name, method=Method.SSO, before=NOW) == trace("LAST", 5, SIGNED_IN)
        by_any = last(ACME.id, connection=None, method=Method.SSO, before=NOW)
        by_password = last(ACME.id, connection=None, method=Method.PASSWORD, before=NOW)
        assert [one.reference for one in (by_any, by_password) if one] == ["OF-SPARE", "OF-PASSWORD"]
        assert last(ACME.id, connection=MAIN.name, method=Method.SSO, before=NOW - 6) is None


def session(name: str, of: Session = PASSWORD_SESSION, **changes: object) -> Session:
    return replace(of, id=SessionId(name), **changes)  # type: ignore[arg-type]  # fields of the dataclass


def open_sessions(database: SqlDatabase, *sessions: Session) -> None:
    with database.write() as work:
        for one in sessions:
            work.sessions.add(one)


def ids(sessions: Sequence[SignedIn]) -> list[str]:
    return [one.session.id for one in sessions]


def test_the_live_sessions_of_an_account_come_with_whom_and_how(stored: SqlDatabase) -> None:
    open_sessions(
        stored,
        session("older", last_seen_at=NOW - 5),
        SSO_SESSION,
        session("over", expires_at=NOW),
        session("of-alice", account_id=ALICE.id),
        session("of-globex", tenant_id=GLOBEX.id, account_id=GLOBEX_BOB.id),
    )
    with stored.write() as work:
        work.sessions.add(session("ended"))
        work.sessions.end(SessionId("ended"), at=NOW)
    with stored.read() as work:
        live = work.sessions.of_account(ACME.id, BOB.id, now=NOW)
        assert ids(live) == [SSO_SESSION.id, "older"]
        assert (live[0].account, live[0].tenant.slug, live[0].connection) == (BOB, "acme", MAIN.name)
        assert live[1].connection is None


def test_the_live_sessions_of_a_tenant_come_by_username_page_by_page(stored: SqlDatabase) -> None:
    open_sessions(
        stored,
        *(session(f"bob-{number}") for number in range(3)),
        session("alice-1", account_id=ALICE.id),
        session("over", expires_at=NOW),
        session("of-globex", tenant_id=GLOBEX.id, account_id=GLOBEX_BOB.id),
    )
    with stored.read() as work:
        first = work.sessions.of_tenant(ACME.id, now=NOW, most=2)
        assert ids(first) == ["alice-1", "bob-0"]
        place = (first[-1].account.username, first[-1].session.id)
        assert ids(work.sessions.of_tenant(ACME.id, now=NOW, most=9, after=place)) == ["bob-1", "bob-2"]


def test_sessions_of_a_disabled_account_are_not_live(stored: SqlDatabase) -> None:
    open_sessions(stored, PASSWORD_SESSION)
    with stored.write() as work:
        work.accounts.save(replace(BOB, status=Status.DISABLED))
    with stored.read() as work:
        assert work.sessions.of_account(ACME.id, BOB.id, now=NOW) == []
        assert work.sessions.of_tenant(ACME.id, now=NOW, most=9) == []


def account(username: str, **changes: object) -> Account:
    blank = Account(id=AccountId(f"id-{username}"), tenant_id=ACME.id, username=username)
    return replace(blank, **changes)  # type: ignore[arg-type]  # fields of the dataclass


def found(database: SqlDatabase, query: str, *, most: int = 9, after: str = "") -> list[str]:
    with database.read() as work:
        return [one.username for one in work.accounts.search(ACME.id, query, most=most, after=after)]


def test_accounts_are_found_by_the_beginning_of_their_name_or_the_whole_email_or_id(stored: SqlDatabase) -> None:
    with stored.write() as work:
        for one in (account("BOBBY"), account("rob", email="bob@acme.example"), account("rob2", external_id="bo")):
            work.accounts.save(one)
    assert found(stored, "bo") == ["Bob", "BOBBY", "rob2"]
    assert found(stored, "BOB") == ["Bob", "BOBBY"]
    assert found(stored, "bob@ACME.example") == ["Bob", "rob"]
    assert found(stored, "acme.example") == []
    assert found(stored, "") == ["alice", "Bob", "BOBBY", "rob", "rob2"]


def test_accounts_come_page_by_page(stored: SqlDatabase) -> None:
    with stored.write() as work:
        for number in range(4):
            work.accounts.save(account(f"agent-{number}", email="same@acme.example"))
    assert found(stored, "agent", most=3) == ["agent-0", "agent-1", "agent-2"]
    assert found(stored, "agent", most=3, after="AGENT-2") == ["agent-3"]
    assert found(stored, "same@acme.example", most=3, after="agent-2") == ["agent-3"]
    assert found(stored, "", most=2, after="agent-3") == ["alice", "Bob"]


@pytest.mark.parametrize("query", ["%", "_", "agent_", "\\", *unstorable()])
def test_nothing_in_a_search_is_a_pattern(stored: SqlDatabase, query: str) -> None:
    with stored.write() as work:
        work.accounts.save(account("agent-1"))
    assert found(stored, query) == []


def test_held_logins_of_all_tenants_come_oldest_first_page_by_page(stored: SqlDatabase) -> None:
    of_globex = replace(HELD, id=HeldLoginId("held-9"), tenant_id=GLOBEX.id, connection_id=GLOBEX_MAIN.id, at=NOW - 9)
    same_moment = replace(HELD, id=HeldLoginId("held-2"), subject="subject-3")
    later = replace(HELD, id=HeldLoginId("held-0"), subject="subject-4", at=NOW + 1)
    with stored.write() as work:
        for held in (HELD, of_globex, same_moment, later):
            work.held.add(held)
    with stored.read() as work:
        assert work.held.waiting(most=2) == [of_globex, HELD]
        assert work.held.waiting(most=9, after=(HELD.at, HELD.id)) == [same_moment, later]
        assert work.held.waiting(most=9, after=(NOW, HeldLoginId("\x00"))) == []


def test_what_was_decided_lately_is_listed_and_no_longer_waits(stored: SqlDatabase) -> None:
    def decided(held: HeldLogin, at: float) -> HeldLogin:
        return replace(held, decision=HeldDecision.REFUSED, decided_at=at, decided_by="staff/sam")

    other = replace(HELD, id=HeldLoginId("held-2"), subject="subject-3", reference="OTHER")
    with stored.write() as work:
        for held, at in ((HELD, NOW + 5), (other, NOW + 9)):
            work.held.add(held)
            assert work.held.decide(decided(held, at))
    with stored.read() as work:
        assert work.held.waiting(most=9) == []
        assert work.held.decided_since(NOW + 5, most=9) == [decided(other, NOW + 9), decided(HELD, NOW + 5)]
        assert work.held.decided_since(NOW + 6, most=9) == [decided(other, NOW + 9)]
        assert work.held.decided_since(NOW, most=1) == [decided(other, NOW + 9)]
        assert work.held.by_reference(ACME.id, HELD.reference) == decided(HELD, NOW + 5)
        assert work.held.by_reference(GLOBEX.id, HELD.reference) is None
