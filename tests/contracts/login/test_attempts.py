import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.login.login_attempt import AttemptId
from tests.contracts.samples import NOW

ATTEMPT = AttemptId("attempt-1")


def test_an_attempt_is_consumed_once(database: SqlDatabase) -> None:
    with database.write() as work:
        assert not work.attempts.consumed(ATTEMPT)
        assert work.attempts.consume(ATTEMPT, expires_at=NOW)
        assert not work.attempts.consume(ATTEMPT, expires_at=NOW)
    with database.write() as work:
        assert work.attempts.consumed(ATTEMPT)
        assert not work.attempts.consume(ATTEMPT, expires_at=NOW + 1)
        assert work.attempts.consume(AttemptId("attempt-2"), expires_at=NOW)


def test_what_is_rolled_back_consumes_nothing(database: SqlDatabase) -> None:
    def consume_and_fail() -> None:
        with database.write() as work:
            work.attempts.consume(ATTEMPT, expires_at=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        consume_and_fail()
    with database.read() as work:
        assert not work.attempts.consumed(ATTEMPT)
