from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError

from app.adapters.sql.unit_of_work import SqlDatabase, SqlWork
from app.domain.accounts.account import AccountId
from app.domain.accounts.identity import IdentityId
from app.domain.connections.connection import ConnectionId
from app.domain.sessions.session import Session, SessionId, SignedIn
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import Status
from app.ports.repositories import AlreadyStored
from tests.contracts.samples import (
    ACME,
    ALICE,
    BOB,
    GLOBEX,
    GLOBEX_BOB,
    MAIN,
    NOW,
    PASSWORD_SESSION,
    PERSON,
    SPARE,
    SSO_SESSION,
    STRANGER,
)
from tests.contracts.sessions import asked

GLOBEX_SESSION = replace(PASSWORD_SESSION, id=SessionId("session-globex"), tenant_id=GLOBEX.id)


@pytest.fixture
def signed_in(stored: SqlDatabase) -> SqlDatabase:
    """Bob is signed in twice, by password and by SSO; his namesake at Globex once."""
    with stored.write() as work:
        for session in (PASSWORD_SESSION, SSO_SESSION, GLOBEX_SESSION):
            work.sessions.add(session)
    return stored


def live(database: SqlDatabase, session: Session, *, now: float = NOW) -> SignedIn | None:
    return asked.live(database, session.id, now=now)


def change(database: SqlDatabase, act: Callable[[SqlWork], object]) -> None:
    with database.write() as work:
        act(work)


def test_a_good_session_says_who_where_and_how(signed_in: SqlDatabase) -> None:
    assert live(signed_in, SSO_SESSION) == SignedIn(session=SSO_SESSION, account=BOB, tenant=ACME, connection="main")
    assert live(signed_in, PASSWORD_SESSION) == SignedIn(
        session=PASSWORD_SESSION, account=BOB, tenant=ACME, connection=None
    )


def test_a_session_is_of_the_account_of_its_own_tenant(signed_in: SqlDatabase) -> None:
    found = live(signed_in, GLOBEX_SESSION)
    assert found is not None
    assert (found.account, found.tenant) == (GLOBEX_BOB, GLOBEX)


def test_an_unknown_session_is_not_good(signed_in: SqlDatabase) -> None:
    assert live(signed_in, replace(SSO_SESSION, id=SessionId("nothing"))) is None


def test_an_ended_session_is_not_good(signed_in: SqlDatabase) -> None:
    change(signed_in, lambda work: work.sessions.end(SSO_SESSION.id, at=NOW))
    assert live(signed_in, SSO_SESSION) is None
    assert live(signed_in, PASSWORD_SESSION) is not None


def test_of_two_who_end_a_session_one_did(signed_in: SqlDatabase) -> None:
    with signed_in.write() as work:
        assert work.sessions.end(SSO_SESSION.id, at=NOW)
        assert not work.sessions.end(SSO_SESSION.id, at=NOW)
        assert not work.sessions.end(SessionId("nothing"), at=NOW)


def test_an_idle_session_is_not_good(signed_in: SqlDatabase) -> None:
    assert live(signed_in, SSO_SESSION, now=NOW + 599.5) is not None
    assert live(signed_in, SSO_SESSION, now=NOW + 600) is None


def test_a_session_that_was_seen_is_idle_later(signed_in: SqlDatabase) -> None:
    change(signed_in, lambda work: work.sessions.seen([SSO_SESSION.id], at=NOW + 500))
    found = live(signed_in, SSO_SESSION, now=NOW + 1099)
    assert found is not None
    assert found.session.last_seen_at == NOW + 500
    assert live(signed_in, SSO_SESSION, now=NOW + 1100) is None


def test_an_older_sight_does_not_turn_a_session_back(signed_in: SqlDatabase) -> None:
    change(signed_in, lambda work: work.sessions.seen([SSO_SESSION.id], at=NOW + 500))
    change(signed_in, lambda work: work.sessions.seen([SSO_SESSION.id], at=NOW + 400))
    assert live(signed_in, SSO_SESSION, now=NOW + 1050) is not None


def test_a_session_past_its_absolute_limit_is_not_good(signed_in: SqlDatabase) -> None:
    change(signed_in, lambda work: work.sessions.seen([SSO_SESSION.id], at=NOW + 3599))
    assert live(signed_in, SSO_SESSION, now=NOW + 3599) is not None
    assert live(signed_in, SSO_SESSION, now=NOW + 3600) is None


def test_a_session_of_a_disabled_account_is_not_good(signed_in: SqlDatabase) -> None:
    change(signed_in, lambda work: work.accounts.save(replace(BOB, status=Status.DISABLED)))
    assert live(signed_in, SSO_SESSION) is None
    assert live(signed_in, PASSWORD_SESSION) is None
    assert live(signed_in, GLOBEX_SESSION) is not None


def test_a_session_of_a_disabled_tenant_is_not_good(signed_in: SqlDatabase) -> None:
    change(signed_in, lambda work: work.tenants.save(replace(ACME, status=Status.DISABLED)))
    assert live(signed_in, SSO_SESSION) is None
    assert live(signed_in, PASSWORD_SESSION) is None
    assert live(signed_in, GLOBEX_SESSION) is not None


def test_a_session_of_a_disabled_connection_is_not_good(signed_in: SqlDatabase) -> None:
    change(signed_in, lambda work: work.connections.save(replace(MAIN, status=Status.DISABLED)))
    assert live(signed_in, SSO_SESSION) is None
    assert live(signed_in, PASSWORD_SESSION) is not None


def test_a_password_session_of_an_older_epoch_is_not_good(signed_in: SqlDatabase) -> None:
    change(signed_in, lambda work: work.tenants.save(replace(ACME, password_epoch=2)))
    assert live(signed_in, PASSWORD_SESSION) is None
    assert live(signed_in, SSO_SESSION) is not None


def test_a_password_session_in_an_sso_only_tenant_is_not_good(signed_in: SqlDatabase) -> None:
    change(signed_in, lambda work: work.tenants.save(replace(ACME, policy=LoginPolicy.SSO_ONLY)))
    assert live(signed_in, PASSWORD_SESSION) is None
    assert live(signed_in, SSO_SESSION) is not None


@pytest.mark.parametrize(
    ("end", "ended"),
    [
        (lambda work: work.sessions.end_of_account(ACME.id, BOB.id, at=NOW), 2),
        (lambda work: work.sessions.end_of_account(ACME.id, ALICE.id, at=NOW), 0),
        (lambda work: work.sessions.end_of_account(ACME.id, BOB.id, at=NOW, method=Method.PASSWORD), 1),
        (lambda work: work.sessions.end_of_account(ACME.id, BOB.id, at=NOW, but=PASSWORD_SESSION.id), 1),
        (
            lambda work: work.sessions.end_of_account(
                ACME.id, BOB.id, at=NOW, method=Method.PASSWORD, but=PASSWORD_SESSION.id
            ),
            0,
        ),
        (lambda work: work.sessions.end_of_connection(ACME.id, MAIN.id, at=NOW), 1),
        (lambda work: work.sessions.end_of_connection(ACME.id, SPARE.id, at=NOW), 0),
        (lambda work: work.sessions.end_of_identity(ACME.id, PERSON.id, at=NOW), 1),
        (lambda work: work.sessions.end_of_identity(ACME.id, STRANGER.id, at=NOW), 0),
        (lambda work: work.sessions.end_of_tenant(ACME.id, at=NOW), 2),
        (lambda work: work.sessions.end_of_tenant(ACME.id, at=NOW, method=Method.PASSWORD), 1),
        (lambda work: work.sessions.end_of_tenant(ACME.id, at=NOW, method=Method.SSO), 1),
    ],
)
def test_ending_ends_what_it_names_once(signed_in: SqlDatabase, end: Callable[[SqlWork], int], ended: int) -> None:
    with signed_in.write() as work:
        assert end(work) == ended
        assert end(work) == 0
    left = [session for session in (PASSWORD_SESSION, SSO_SESSION) if live(signed_in, session)]
    assert len(left) == 2 - ended
    assert live(signed_in, GLOBEX_SESSION) is not None


@pytest.mark.parametrize(
    "end",
    [
        lambda work: work.sessions.end_of_account(GLOBEX.id, ALICE.id, at=NOW),
        lambda work: work.sessions.end_of_connection(GLOBEX.id, MAIN.id, at=NOW),
        lambda work: work.sessions.end_of_identity(GLOBEX.id, PERSON.id, at=NOW),
    ],
)
def test_a_tenant_ends_nothing_of_another(signed_in: SqlDatabase, end: Callable[[SqlWork], int]) -> None:
    with signed_in.write() as work:
        assert end(work) == 0
    assert live(signed_in, SSO_SESSION) is not None


@pytest.mark.parametrize(
    ("sid", "subject", "ended"),
    [
        ("sid", None, 1),
        ("another", None, 0),
        (None, "subject-1", 1),
        (None, "subject-2", 0),
        ("sid", "subject-1", 1),
        ("sid", "subject-2", 0),
        ("another", "subject-1", 0),
        (None, None, 0),
    ],
)
def test_a_logout_at_the_provider_ends_what_all_it_names_agrees_on(
    signed_in: SqlDatabase, sid: str | None, subject: str | None, ended: int
) -> None:
    with signed_in.write() as work:
        end = partial(work.sessions.end_at_provider, sid=sid, subject=subject, at=NOW)
        assert end(ACME.id, SPARE.id, issuer=PERSON.issuer) == 0
        assert end(GLOBEX.id, MAIN.id, issuer=PERSON.issuer) == 0
        assert end(ACME.id, MAIN.id, issuer=PERSON.issuer) == ended
    assert (live(signed_in, SSO_SESSION) is None) == bool(ended)
    assert live(signed_in, PASSWORD_SESSION) is not None


@pytest.mark.parametrize("named", [{"sid": "a\0b", "subject": None}, {"sid": None, "subject": "\ud800"}])
def test_a_logout_that_names_what_no_database_holds_ends_nothing(
    signed_in: SqlDatabase, named: dict[str, str | None]
) -> None:
    with signed_in.write() as work:
        assert (
            work.sessions.end_at_provider(
                ACME.id, MAIN.id, issuer=PERSON.issuer, sid=named["sid"], subject=named["subject"], at=NOW
            )
            == 0
        )


@pytest.mark.parametrize(("sid", "subject"), [(None, "subject-1"), ("sid", None), ("sid", "subject-1")])
def test_a_subject_and_a_sid_are_those_of_their_issuer_only(
    signed_in: SqlDatabase, sid: str | None, subject: str | None
) -> None:
    with signed_in.write() as work:
        ended = work.sessions.end_at_provider(
            ACME.id, MAIN.id, issuer="https://else.example", sid=sid, subject=subject, at=NOW
        )
    assert ended == 0


def test_what_has_ended_stays_ended_when_the_account_comes_back(signed_in: SqlDatabase) -> None:
    change(signed_in, lambda work: work.sessions.end_of_account(ACME.id, BOB.id, at=NOW))
    change(signed_in, lambda work: work.accounts.save(replace(BOB, status=Status.DISABLED)))
    change(signed_in, lambda work: work.accounts.save(BOB))
    assert live(signed_in, SSO_SESSION) is None


def test_good_sessions_are_counted_by_what_they_were_born_of(signed_in: SqlDatabase) -> None:
    with signed_in.read() as work:
        count = work.sessions.count_live
        assert count(ACME.id, now=NOW, method=Method.PASSWORD) == 1
        assert count(ACME.id, now=NOW, method=Method.SSO) == 1
        assert count(GLOBEX.id, now=NOW, method=Method.SSO) == 0
        assert count(ACME.id, now=NOW + 600, method=Method.SSO) == 0


@pytest.mark.parametrize(
    "crossing",
    [
        replace(GLOBEX_SESSION, account_id=ALICE.id),
        replace(GLOBEX_SESSION, connection_id=MAIN.id),
        replace(GLOBEX_SESSION, identity_id=PERSON.id),
        replace(GLOBEX_SESSION, account_id=AccountId("nobody")),
        replace(GLOBEX_SESSION, connection_id=ConnectionId("nothing")),
        replace(GLOBEX_SESSION, identity_id=IdentityId("nobody")),
    ],
)
def test_a_session_cannot_join_two_tenants(stored: SqlDatabase, crossing: Session) -> None:
    with pytest.raises(IntegrityError), stored.write() as work:
        work.sessions.add(crossing)


@pytest.mark.parametrize("twice", [PASSWORD_SESSION, SSO_SESSION])
def test_a_session_id_is_used_once(signed_in: SqlDatabase, twice: Session) -> None:
    with pytest.raises(AlreadyStored), signed_in.write() as work:
        work.sessions.add(twice)


def test_whose_a_session_was_is_known_while_it_is_kept(signed_in: SqlDatabase) -> None:
    with signed_in.write() as work:
        work.sessions.end(SSO_SESSION.id, at=NOW)
    with signed_in.read() as work:
        assert work.sessions.tenant_of(SSO_SESSION.id) == ACME.id
        assert work.sessions.tenant_of(SessionId("nobody's")) is None
