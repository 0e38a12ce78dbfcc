"""What a million logins leave in the database, how fast it is removed, and whether logins wait for that.

    .venv/bin/python -m tests.bench.growth [--logins 1000000] [--store postgres]

One login through an app is made, its rows are copied by the database, and the clean-up removes all of them while others
sign in. Then the same again: the tables should not be larger than after the first time. Nothing here is a test.
"""

import argparse
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import insert, select

from app.adapters.sql.oauth2.rows import AppLogoutRow
from app.adapters.sql.tables import ProviderLogoutRow, SessionRow
from app.adapters.sql.unit_of_work import SqlDatabase
from app.adapters.system import SystemClock
from app.domain.oauth2.app_logout import KEPT_S
from app.services.clean_up import TURN_S, Turn
from tests.bench.figures import measured
from tests.bench.stage.browser import Browser
from tests.bench.stage.load import Crowd
from tests.bench.stage.many_logins import OF_LOGINS, ManyLogins
from tests.bench.stage.servers import Running
from tests.bench.stage.sites import CLIENT_SECRET, OFFICE, small_bridge
from tests.bench.stage.visits import App, AppLogin, SsoLogin

PEOPLE = 10_000
HOURS = 12
OVER_S = 100 * 86_400
"""By then everything is over, refresh tokens too."""
VISITORS, VISITS = 4, 480
VACUUMED_WITHIN_S = 300

_POSTGRES = "SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class WHERE relname = ANY(%s)"
_DEAD = "SELECT count(*) FROM pg_stat_user_tables WHERE relname = ANY(%s) AND n_dead_tup > 100 + 0.2 * n_live_tup"
_SQLITE = """
SELECT schema.tbl_name, sum(pgsize) FILTER (WHERE type = 'table'), sum(pgsize) FILTER (WHERE type = 'index')
FROM dbstat JOIN sqlite_schema AS schema ON schema.name = dbstat.name GROUP BY 1
"""


@dataclass(slots=True)
class Batches:
    """How long the clean-up's transactions take."""

    removed: int = 0
    busy_s: float = 0.0
    longest_s: float = 0.0
    sizes: list[int] = field(default_factory=list)

    def watched(self, remove: Callable[[int], int], most: int) -> int:
        began = time.perf_counter()
        found = remove(most)
        took_s = time.perf_counter() - began
        self.removed, self.busy_s = self.removed + found, self.busy_s + took_s
        self.longest_s = max(self.longest_s, took_s)
        self.sizes.append(most)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logins", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="postgres")
    options = parser.parse_args()
    with small_bridge(options.store) as running:
        login = SsoLogin(running.base_url)
        AppLogin(App(running.base_url, CLIENT_SECRET), OFFICE)(Browser())
        database = _database(running)
        _add_logouts(database)
        logins = ManyLogins.like_the_one(database.engine, people=PEOPLE)
        logins.add_people()
        print(f"{options.logins:,} logins on {options.store}; megabytes of rows + indexes, and bytes a login\n")
        _waits(running, login, "nothing removed")
        for round_ in range(1, options.rounds + 1):
            last = round_ * options.logins
            logins.add(last - options.logins + 1, last, every_s=HOURS * 3600 / options.logins)
            _show(f"after {round_} x", database, options.logins)
            _clean_up(database, running, login)
            _wait_for_vacuum(database)
        _show("emptied", database, options.logins)
        database.close()


def _database(running: Running) -> SqlDatabase:
    folder = Path(running.environment["SSO_BRIDGE_INSTANCE_DIR"])
    return SqlDatabase(running.environment["SSO_BRIDGE_DATABASE_URL"] or f"sqlite:///{folder}/sso-bridge.sqlite3")


def _add_logouts(database: SqlDatabase) -> None:
    """As if the login had ended at the provider, and the app had not accepted that yet."""
    of_session = (SessionRow.id, SessionRow.tenant_id, SessionRow.account_id, SessionRow.reference)
    with database.engine.begin() as connection:
        key, tenant_id, account_id, reference, at = connection.execute(select(*of_session, SessionRow.created_at)).one()
        connection.execute(insert(ProviderLogoutRow).values(id=key, at=at, expires_at=at + 86_400))
        waiting = {"id": f"{key}.bench-app", "client_id": "bench-app", "attempts": 1, "expires_at": at + KEPT_S}
        who = {"tenant_id": tenant_id, "account_id": account_id, "reference": reference, "made_at": at}
        connection.execute(insert(AppLogoutRow).values(**waiting, **who))


def _wait_for_vacuum(database: SqlDatabase) -> None:
    """PostgreSQL makes space usable again by itself, minutes later; here it looks every few seconds."""
    if database.engine.dialect == "sqlite":
        return
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ALTER SYSTEM SET autovacuum_naptime = 5")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        until = time.monotonic() + VACUUMED_WITHIN_S
        while time.monotonic() < until and connection.exec_driver_sql(_DEAD, (list(OF_LOGINS),)).scalar_one():
            time.sleep(1)


def _show(when: str, database: SqlDatabase, logins: int) -> None:
    rows = sorted(_sizes(database), key=lambda row: -row[1] - row[2])
    print(f"{when}: {sum(rows_ + indexes for _, rows_, indexes in rows) / 1e6:,.0f} MB", end="; ")
    with database.engine.connect() as connection:
        if database.engine.dialect == "sqlite":
            pages, free, size = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("page_count", "freelist_count", "page_size")
            )
            print(f"file {pages * size / 1e6:,.0f} MB, of which free {free * size / 1e6:,.0f}", end="")
    print()
    for name, table, indexes in rows:
        print(f"  {name:20} {table / 1e6:7,.0f} + {indexes / 1e6:5,.0f}   {(table + indexes) / logins:6,.0f} a login")


def _sizes(database: SqlDatabase) -> Sequence[tuple[str, int, int]]:
    with database.engine.connect() as connection:
        if database.engine.dialect == "postgresql":
            found = connection.exec_driver_sql(_POSTGRES, (list(OF_LOGINS),)).all()
            return [(name, int(table), int(indexes)) for name, table, indexes in found]
        found = connection.exec_driver_sql(_SQLITE).all()
        return [(name, table, indexes or 0) for name, table, indexes in found if name in OF_LOGINS]


def _clean_up(database: SqlDatabase, running: Running, login: SsoLogin) -> None:
    """As the background worker does it, while others sign in; then the rest without them."""
    batches, stop = Batches(), threading.Event()
    cleaning = threading.Thread(target=_turns, args=(database, batches, stop))
    began = time.perf_counter()
    cleaning.start()
    time.sleep(TURN_S)
    _waits(running, login, "while rows are removed", still=cleaning.is_alive)
    cleaning.join()
    took_s = time.perf_counter() - began
    print(
        f"  removed {batches.removed:,} rows in {took_s:.0f} s ({batches.removed / took_s:,.0f}/s;"
        f" in transactions {batches.removed / batches.busy_s:,.0f}/s), {len(batches.sizes)} transactions of"
        f" {min(batches.sizes)} to {max(batches.sizes)} rows, the longest {batches.longest_s * 1000:.0f} ms\n"
    )


def _turns(database: SqlDatabase, batches: Batches, stop: threading.Event) -> None:
    clock = SystemClock()
    unfinished = True
    while unfinished and not stop.is_set():
        turn = Turn(clock, time.sleep, ends_at=clock.monotonic() + TURN_S)

        def remove(some: Callable[[int], int], turn: Turn = turn) -> int:
            return turn.remove(partial(batches.watched, some))

        database.purge(clock.now() + OVER_S, remove)
        remove(partial(_old_traces, database, clock.now() + OVER_S))
        unfinished = turn.unfinished


def _old_traces(database: SqlDatabase, before: float, most: int) -> int:
    with database.write(maintenance=True) as work:
        return work.traces.trim(before=before, uncorrelated_most=1000, most=most)


def _waits(running: Running, login: SsoLogin, when: str, *, still: Callable[[], bool] = lambda: True) -> None:
    figure = measured(running, login, Crowd(VISITORS, VISITS))
    print(
        f"  logins, {when}{'' if still() else ' (which was over before)'}: p50 {figure.p50_ms:.0f} ms,"
        f" p95 {figure.p95_ms:.0f} ms, p99 {figure.p99_ms:.0f} ms"
    )


if __name__ == "__main__":
    main()
