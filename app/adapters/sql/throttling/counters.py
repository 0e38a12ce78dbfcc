"""Counters inside the database, for deployments without Redis."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil

from sqlalchemy import bindparam, case, delete, select, update

from app.adapters.sql.database.engine import SqlEngine
from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor, Row
from app.adapters.sql.statements import among, insert
from app.ports.counters import Limit, Stopped, readable
from app.ports.system import Clock


class CounterRow(Base):
    """`key` is a hash. Where the limit was reached, `label` is what it counts, readable, and `most` the limit."""

    __tablename__ = "counters"

    key: Column[str] = column(primary_key=True)
    hits: Column[int]
    started_at: Column[float]
    expires_at: Column[float] = column(index=True)
    label: Column[str | None]
    most: Column[int | None]


_NEW = insert(CounterRow)
_OVER = CounterRow.expires_at <= _NEW.excluded.started_at
_HIT = _NEW.on_conflict_do_update(
    index_elements=["key"],
    set_={
        "hits": case((_OVER, 1), else_=CounterRow.hits + 1),
        "started_at": case((_OVER, _NEW.excluded.started_at), else_=CounterRow.started_at),
        "expires_at": case((_OVER, _NEW.excluded.expires_at), else_=CounterRow.expires_at),
        "label": case((_OVER, None), else_=CounterRow.label),
        "most": case((_OVER, None), else_=CounterRow.most),
    },
).returning(CounterRow.key, CounterRow.hits, CounterRow.expires_at, CounterRow.most)
_REACHED = (
    update(CounterRow)
    .where(CounterRow.key == bindparam("wanted"))
    .values(label=bindparam("name"), most=bindparam("limit"))
)
_STOPPED = (
    select(CounterRow.label, CounterRow.hits, CounterRow.expires_at)
    .where(CounterRow.label.is_not(None), CounterRow.hits >= CounterRow.most, CounterRow.expires_at > bindparam("now"))
    .order_by(CounterRow.label)
)
_HITS = select(CounterRow.key, CounterRow.hits, CounterRow.expires_at).where(among(CounterRow.key, "keys"))
_RELEASE = delete(CounterRow).where(among(CounterRow.key, "keys"))
_FORGIVE = (
    update(CounterRow)
    # Locked in the order of their keys, like in `hit`, so that two workers cannot deadlock.
    .where(
        CounterRow.key.in_(
            select(CounterRow.key)
            .where(among(CounterRow.key, "keys"), CounterRow.hits > 0)
            .order_by(CounterRow.key)
            .with_for_update()
        )
    )
    .values(
        hits=CounterRow.hits - 1,
        label=case((CounterRow.hits - 1 >= CounterRow.most, CounterRow.label), else_=None),
        most=case((CounterRow.hits - 1 >= CounterRow.most, CounterRow.most), else_=None),
    )
)
_ANYTHING = select(1)


@dataclass(frozen=True, slots=True)
class SqlCounters:
    """Implements `Counters`. An expired window starts again with the next hit."""

    engine: SqlEngine
    clock: Clock

    def hit(self, limits: Sequence[Limit]) -> int:
        if not limits:
            return 0
        now = self.clock.now()
        by_key = {_key(limit): limit for limit in limits}
        rows = [
            {"key": key, "hits": 1, "started_at": now, "expires_at": now + by_key[key].window_s}
            for key in sorted(by_key)
        ]
        with self._sql() as sql:
            counted = sql.each(_HIT, rows)
            for key, hits, _, known_most in counted:
                limit = by_key[key]
                if hits >= limit.most != known_most:
                    sql.changed(_REACHED, wanted=key, name=readable(limit.key), limit=limit.most)
        waits = [expires_at - now for key, hits, expires_at, _ in counted if hits > by_key[key].most]
        return ceil(max(waits, default=0))

    def wait_s(self, limits: Sequence[Limit]) -> int:
        now = self.clock.now()
        most = {_key(limit): limit.most for limit in limits}
        with self._sql() as sql:
            counted = sql.all(_HITS, _counted, keys=list(most))
        return ceil(max((until - now for key, hits, until in counted if until > now and hits >= most[key]), default=0))

    def forgive(self, limits: Sequence[Limit]) -> None:
        if limits:
            with self._sql() as sql:
                sql.changed(_FORGIVE, keys=[_key(limit) for limit in limits])

    def stopped(self, prefix: str) -> Sequence[Stopped]:
        with self._sql() as sql:
            stopped = sql.all(_STOPPED, _stopped, now=self.clock.now())
        return [one for one in stopped if one.key.startswith(prefix)]

    def release(self, keys: Sequence[str]) -> None:
        if keys:
            with self._sql() as sql:
                sql.changed(_RELEASE, keys=[_hash(key) for key in keys])

    def check(self) -> None:
        """Raises StoreUnavailable if the database is unavailable."""
        with self._sql() as sql:
            sql.value(_ANYTHING)

    @contextmanager
    def _sql(self) -> Iterator[Executor]:
        with self.engine.reading() as driver:
            yield Executor(self.engine, driver)


def _counted(row: Row) -> tuple[str, int, float]:
    key, hits, expires_at = row
    return key, hits, expires_at


def _stopped(row: Row) -> Stopped:
    return Stopped(*row)


def _key(limit: Limit) -> str:
    return _hash(limit.key)


def _hash(key: str) -> str:
    # Names and addresses are as strangers sent them, so they stay hashed here until they are throttled.
    return hashlib.sha256(readable(key).encode()).hexdigest()
