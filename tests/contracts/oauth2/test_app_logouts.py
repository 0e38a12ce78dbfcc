"""Which ends of which sessions are told to which apps, and how workers share the telling."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.adapters.sql.sessions.sessions import _END_OF_ACCOUNT, _END_ONE
from app.adapters.sql.unit_of_work import SqlDatabase, SqlWork
from app.domain.accounts.account import AccountId
from app.domain.oauth2.app_logout import AppLogout, AppLogoutId
from app.domain.oauth2.authorization import Authorization, AuthorizationId
from app.domain.oauth2.client import Client, ClientId
from app.domain.sessions.session import SessionId
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import SessionLimits, Status
from tests.contracts.plans import plan_of
from tests.contracts.race import all_at_once
from tests.contracts.removal import remove_all
from tests.contracts.samples import ACME, ALICE, BOB, ISSUER, MAIN, NOW, PERSON, SSO_SESSION

DESK = Client(ClientId("desk"), "Desk", backchannel_logout_uri="https://desk.example/logout")
WIKI = Client(ClientId("wiki"), "Wiki", backchannel_logout_uri="https://wiki.example/logout")
SILENT = Client(ClientId("silent"), "Silent")
GONE = replace(WIKI, client_id=ClientId("gone"), status=Status.DISABLED)
LATER = NOW + 10
End = Callable[[SqlWork], object]

ENDS: dict[str, End] = {
    "one": lambda work: work.sessions.end(SSO_SESSION.id, at=LATER),
    "account": lambda work: work.sessions.end_of_account(ACME.id, BOB.id, at=LATER),
    "account and method": lambda work: work.sessions.end_of_account(ACME.id, BOB.id, at=LATER, method=Method.SSO),
    "connection": lambda work: work.sessions.end_of_connection(ACME.id, MAIN.id, at=LATER),
    "identity": lambda work: work.sessions.end_of_identity(ACME.id, PERSON.id, at=LATER),
    "tenant": lambda work: work.sessions.end_of_tenant(ACME.id, at=LATER),
    "tenant and method": lambda work: work.sessions.end_of_tenant(ACME.id, at=LATER, method=Method.SSO),
    "shorter limits": lambda work: work.sessions.end_past(ACME.id, SessionLimits(5, 5), at=LATER),
    "provider's sid": lambda work: at_provider(work, sid="sid"),
    "provider's subject": lambda work: at_provider(work, subject="subject-1"),
    "provider's sid and subject": lambda work: at_provider(work, sid="sid", subject="subject-1"),
}


def at_provider(work: SqlWork, *, sid: str | None = None, subject: str | None = None) -> int:
    return work.sessions.end_at_provider(ACME.id, MAIN.id, issuer=ISSUER, sid=sid, subject=subject, at=LATER)


def authorization(number: int, client: Client, **changes: object) -> Authorization:
    made = Authorization(
        id=AuthorizationId(f"authorization-{number}"),
        tenant_id=ACME.id,
        account_id=BOB.id,
        client_id=client.client_id,
        reference=SSO_SESSION.reference,
        method=Method.SSO,
        password_epoch=1,
        auth_time=NOW,
        scopes=("openid",),
        created_at=NOW,
        expires_at=NOW + 3600,
        connection_id=MAIN.id,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a test names fields of the dataclass


@pytest.fixture
def at_apps(stored: SqlDatabase) -> SqlDatabase:
    """Bob is signed in, and through that login at four apps; at the desk twice. Alice is at the wiki."""
    with stored.write() as work:
        for client in (DESK, WIKI, SILENT, GONE):
            work.clients.save(client)
        work.sessions.add(SSO_SESSION)
        for number, client in enumerate((DESK, DESK, WIKI, SILENT, GONE)):
            work.authorizations.add(authorization(number, client))
        work.authorizations.add(authorization(7, WIKI, account_id=ALICE.id))
        work.authorizations.add(authorization(8, WIKI, reference="another login"))
    return stored


def change(database: SqlDatabase, act: End) -> None:
    with database.write() as work:
        act(work)


def claimed(database: SqlDatabase, client: Client = DESK, *, now: float = LATER) -> AppLogout | None:
    with database.write() as work:
        return work.app_logouts.claim(client.client_id, now=now, until=now + 60)


def due(database: SqlDatabase, *, now: float = LATER) -> set[str]:
    with database.read() as work:
        return set(work.app_logouts.due_clients(now=now))


@pytest.mark.parametrize("way", list(ENDS))
def test_however_a_session_ends_each_of_its_apps_is_told_once(at_apps: SqlDatabase, way: str) -> None:
    change(at_apps, ENDS[way])
    assert due(at_apps) == {"desk", "wiki"}
    logout = claimed(at_apps)
    assert logout is not None
    assert (logout.tenant_id, logout.account_id, logout.reference) == (ACME.id, BOB.id, SSO_SESSION.reference)
    assert (logout.made_at, logout.attempts) == (LATER, 1)
    assert claimed(at_apps) is None
    change(at_apps, ENDS[way])
    assert claimed(at_apps, now=LATER + 1) is None


def test_a_session_that_goes_on_under_another_id_tells_no_app(at_apps: SqlDatabase) -> None:
    change(at_apps, lambda work: work.sessions.end(SSO_SESSION.id, at=LATER, goes_on=True))
    assert due(at_apps) == set()


def test_nor_does_ending_the_others_of_its_account_in_the_same_moment(at_apps: SqlDatabase) -> None:
    with at_apps.write() as work:
        work.sessions.end(SSO_SESSION.id, at=LATER, goes_on=True)
        work.sessions.add(replace(SSO_SESSION, id=SessionId("renewed")))
        work.sessions.add(replace(SSO_SESSION, id=SessionId("elsewhere"), reference="another login"))
        work.sessions.end_of_account(ACME.id, BOB.id, at=LATER, but=SessionId("renewed"))
    assert due(at_apps) == {"wiki"}


def test_a_change_of_account_tells_the_apps_of_the_account_that_was_left(at_apps: SqlDatabase) -> None:
    with at_apps.write() as work:
        work.sessions.end(SSO_SESSION.id, at=LATER)
        work.sessions.add(replace(SSO_SESSION, id=SessionId("alice"), account_id=ALICE.id))
    assert due(at_apps) == {"desk", "wiki"}


def test_what_is_rolled_back_is_told_to_nobody(at_apps: SqlDatabase) -> None:
    def fail(work: SqlWork) -> None:
        work.sessions.end(SSO_SESSION.id, at=LATER)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        change(at_apps, fail)
    assert due(at_apps) == set()


def test_an_app_can_be_told_while_the_session_goes_on_and_once(at_apps: SqlDatabase) -> None:
    logout = AppLogout(AppLogoutId("a"), DESK.client_id, ACME.id, ALICE.id, SSO_SESSION.reference, NOW, NOW)
    with at_apps.write() as work:
        for _ in range(2):
            work.app_logouts.add(logout)
    with at_apps.write() as work:
        assert work.app_logouts.due_clients(now=NOW) == [DESK.client_id]
        claimed = work.app_logouts.claim(DESK.client_id, now=NOW, until=LATER)
        assert claimed == replace(logout, next_at=LATER, attempts=1)
        assert work.app_logouts.claim(DESK.client_id, now=NOW, until=LATER) is None


def test_of_many_workers_one_tells(at_apps: SqlDatabase) -> None:
    change(at_apps, ENDS["one"])
    assert sum(logout is not None for logout in all_at_once(lambda _: claimed(at_apps))) == 1


def test_a_worker_that_has_died_is_replaced_and_cannot_settle_any_more(at_apps: SqlDatabase) -> None:
    change(at_apps, ENDS["one"])
    first = claimed(at_apps)
    second = claimed(at_apps, now=LATER + 61)
    assert first is not None
    assert second is not None
    with at_apps.write() as work:
        assert not work.app_logouts.accepted(first)
        assert not work.app_logouts.failed(first, next_at=None, error="late")
        assert work.app_logouts.accepted(second)
    assert claimed(at_apps, now=LATER + 999) is None


def test_a_failed_one_waits_and_a_hopeless_one_is_counted(at_apps: SqlDatabase) -> None:
    change(at_apps, ENDS["one"])
    logout = claimed(at_apps)
    assert logout is not None
    with at_apps.write() as work:
        work.app_logouts.failed(logout, next_at=LATER + 100, error="it answered 500")
    assert claimed(at_apps, now=LATER + 99) is None
    again = claimed(at_apps, now=LATER + 100)
    assert again is not None
    assert (again.attempts, again.error) == (2, "it answered 500")
    with at_apps.write() as work:
        work.app_logouts.failed(again, next_at=None, error="it answered 500")
        assert work.app_logouts.backlog().given_up == 1
        assert work.app_logouts.backlog().waiting == 1
    at_apps.purge(LATER + 8 * 86_400, remove_all)
    with at_apps.read() as work:
        assert work.app_logouts.backlog().given_up == 0


def test_an_app_that_rests_does_not_make_others_wait(at_apps: SqlDatabase) -> None:
    change(at_apps, ENDS["one"])
    with at_apps.write() as work:
        work.app_logouts.postpone(DESK.client_id, now=LATER, until=LATER + 100)
    assert due(at_apps) == {"wiki"}
    assert due(at_apps, now=LATER + 100) == {"desk", "wiki"}


def test_finding_a_sessions_apps_reads_neither_all_sessions_nor_all_authorizations(at_apps: SqlDatabase) -> None:
    people = [replace(BOB, id=AccountId(name), username=name) for name in (f"n{number}" for number in range(1000))]
    with at_apps.write() as work:
        work.accounts.save(*people)
        for number, person in enumerate(people):
            work.sessions.add(replace(SSO_SESSION, id=SessionId(person.id), account_id=person.id))
            work.authorizations.add(authorization(100 + number, WIKI, account_id=person.id))
    with at_apps.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    for ending, given in (
        (_END_ONE, {"wanted": "x", "at": NOW}),
        (_END_OF_ACCOUNT, {"tenant": "x", "wanted": "x", "but": "", "at": NOW}),
    ):
        plan = plan_of(at_apps, ending.tell_apps, **given)
        assert not {"SCAN sessions", "SCAN authorizations"} & set(plan.splitlines()), plan
        assert "Seq Scan on sessions " not in plan
        assert "Seq Scan on authorizations " not in plan
