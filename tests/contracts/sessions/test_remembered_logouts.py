from functools import partial

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.connections.connection import ConnectionId
from app.ports.repositories import Work
from tests.contracts.samples import ACME, ISSUER, MAIN, NOW, SPARE, unstorable


def signed_out_since(
    work: Work, connection_id: ConnectionId, *, issuer: str, sid: str | None, subject: str, began_at: float
) -> bool:
    return work.identities.standing(
        ACME.id, connection_id, issuer=issuer, subject=subject, sid=sid, began_at=began_at
    ).signed_out


@pytest.mark.parametrize(
    ("sid", "subject", "meant"),
    [
        ("sid", "bob", True),
        ("sid", None, True),
        (None, "bob", True),
        ("another", "bob", False),
        ("sid", "alice", False),
        ("another", None, False),
        (None, "alice", False),
    ],
)
def test_a_logout_means_the_sessions_that_all_it_names_agrees_on(
    database: SqlDatabase, sid: str | None, subject: str | None, *, meant: bool
) -> None:
    with database.write() as work:
        work.sessions.remember_logout(MAIN.id, issuer=ISSUER, sid=sid, subject=subject, at=NOW, expires_at=NOW + 900)
    with database.read() as work:
        since = partial(signed_out_since, work, sid="sid", subject="bob", began_at=NOW - 1)
        assert since(MAIN.id, issuer=ISSUER) == meant
        assert not since(SPARE.id, issuer=ISSUER)
        assert not since(MAIN.id, issuer="https://else.example")


def test_a_login_that_begins_after_it_is_not_meant_and_the_last_logout_counts(database: SqlDatabase) -> None:
    for at in (NOW, NOW + 10):
        with database.write() as work:
            remember = partial(work.sessions.remember_logout, MAIN.id, issuer=ISSUER, sid=None, subject="bob")
            remember(at=at, expires_at=at + 900)
    with database.read() as work:
        since = partial(signed_out_since, work, MAIN.id, issuer=ISSUER, sid=None, subject="bob")
        assert since(began_at=NOW + 10)
        assert not since(began_at=NOW + 10.5)


@pytest.mark.parametrize("text", unstorable())
def test_what_no_database_holds_can_be_remembered_all_the_same(database: SqlDatabase, text: str) -> None:
    with database.write() as work:
        work.sessions.remember_logout(MAIN.id, issuer=ISSUER, sid=text, subject=text, at=NOW, expires_at=NOW)
        assert signed_out_since(work, MAIN.id, issuer=ISSUER, sid=text, subject=text, began_at=NOW)
