"""A tenant's limits hold for the sessions that are open, and only ever end them."""

from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.sessions.session import SessionId, SignedIn
from app.domain.tenants.tenant import SessionLimits
from tests.contracts.samples import ACME, GLOBEX, NOW, PASSWORD_SESSION, SSO_SESSION
from tests.contracts.sessions import asked

SHORT = SessionLimits(idle_s=120, absolute_s=900)
LONG = SessionLimits(idle_s=86_400, absolute_s=864_000)
GLOBEX_SESSION = replace(PASSWORD_SESSION, id=SessionId("session-globex"), tenant_id=GLOBEX.id)


@pytest.fixture
def signed_in(stored: SqlDatabase) -> SqlDatabase:
    with stored.write() as work:
        work.sessions.add(SSO_SESSION)
        work.sessions.add(GLOBEX_SESSION)
    return stored


def limit(database: SqlDatabase, limits: SessionLimits) -> None:
    with database.write() as work:
        work.tenants.save(replace(ACME, limits=limits))


def live(database: SqlDatabase, now: float, *, session: SessionId = SSO_SESSION.id) -> SignedIn | None:
    return asked.live(database, session, now=now)


def test_a_shorter_idle_limit_holds_for_a_session_that_is_open(signed_in: SqlDatabase) -> None:
    limit(signed_in, SHORT)
    assert live(signed_in, NOW + 119.5) is not None
    assert live(signed_in, NOW + 120) is None
    assert live(signed_in, NOW + 120, session=GLOBEX_SESSION.id) is not None


def test_a_shorter_absolute_limit_holds_for_a_session_that_is_used(signed_in: SqlDatabase) -> None:
    limit(signed_in, SHORT)
    with signed_in.write() as work:
        work.sessions.seen([SSO_SESSION.id], at=NOW + 899)
    assert live(signed_in, NOW + 899.5) is not None
    assert live(signed_in, NOW + 900) is None


def test_a_session_says_when_it_will_end_by_the_present_limits(signed_in: SqlDatabase) -> None:
    limit(signed_in, SHORT)
    found = live(signed_in, NOW)
    assert found is not None
    assert (found.session.idle_s, found.session.expires_at) == (120, NOW + 900)


def test_longer_limits_are_for_later_logins(signed_in: SqlDatabase) -> None:
    limit(signed_in, LONG)
    found = live(signed_in, NOW)
    assert found is not None
    assert found.session == SSO_SESSION
    assert live(signed_in, NOW + SSO_SESSION.idle_s) is None


def test_sessions_that_were_over_are_not_brought_back_by_longer_limits(signed_in: SqlDatabase) -> None:
    limit(signed_in, SHORT)
    with signed_in.write() as work:
        assert work.sessions.end_past(ACME.id, SHORT, at=NOW + 120) == 1
    limit(signed_in, LONG)
    assert live(signed_in, NOW + 120) is None
    assert live(signed_in, NOW + 120, session=GLOBEX_SESSION.id) is not None


def test_a_session_that_was_used_until_its_absolute_limit_is_not_brought_back_either(signed_in: SqlDatabase) -> None:
    limit(signed_in, SHORT)
    with signed_in.write() as work:
        work.sessions.seen([SSO_SESSION.id], at=NOW + 899)
        assert work.sessions.end_past(ACME.id, SHORT, at=NOW + 899.5) == 0
        assert work.sessions.end_past(ACME.id, SHORT, at=NOW + 900) == 1
    limit(signed_in, LONG)
    assert live(signed_in, NOW + 900) is None


def test_a_session_within_its_limits_is_not_ended_when_they_change(signed_in: SqlDatabase) -> None:
    with signed_in.write() as work:
        assert work.sessions.end_past(ACME.id, SHORT, at=NOW + 119.5) == 0
    assert live(signed_in, NOW + 119.5) is not None
