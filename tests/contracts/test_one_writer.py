"""SQLite's one writer: within a process always the same connection, whose cache stays good."""

from collections.abc import Iterator

import pytest

from app.adapters.sql.database import limits, sqlite
from app.adapters.sql.database.engine import SqlEngine
from app.domain.errors import StoreUnavailable


@pytest.fixture
def engine(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlEngine]:
    monkeypatch.setattr(sqlite, "BUSY_S", 0.05)
    engine = SqlEngine(sqlite_url)
    yield engine
    engine.close()


def test_it_is_kept_for_writing_and_remembers_more(engine: SqlEngine) -> None:
    with engine.reading() as reader, engine.writing() as writer:
        assert writer is not reader
    with engine.reading() as other, engine.writing_once() as again:
        assert other is reader
        assert again is writer
    sizes = [driver.execute("PRAGMA cache_size").fetchone()[0] for driver in (reader, writer)]  # type: ignore[attr-defined]  # SQLite's
    assert sizes == [-2000, -sqlite.CACHE_KB]


def test_who_waits_too_long_for_it_is_told_why_and_it_is_free_afterwards(engine: SqlEngine) -> None:
    with engine.writing(), pytest.raises(StoreUnavailable) as refused, engine.writing():
        pass
    assert refused.value.problem == limits.LOCKED
    with engine.writing_once():
        pass
