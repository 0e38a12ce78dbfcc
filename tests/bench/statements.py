"""What SQLAlchemy's execution adds to what every request asks: whether its session is good.

    .venv/bin/python -m tests.bench.statements

On a SQLite file and a PostgreSQL of its own. Microseconds of the client's CPU, and of waiting; nothing here is a test.
"""

import tempfile
import time
from collections.abc import Callable
from statistics import median

from app.adapters.sql.sessions import sessions
from app.adapters.sql.unit_of_work import SqlDatabase
from tests.contracts.samples import ACME, BOB, MAIN, NOW, PERSON, SSO_SESSION
from tests.services.postgres import start_postgres

ROUNDS = 7
TIMES = 1000


def report(name: str, ask: Callable[[], object]) -> None:
    for _ in range(TIMES):
        ask()
    cpu, wall = [], []
    for _ in range(ROUNDS):
        began = time.process_time(), time.perf_counter()
        for _ in range(TIMES):
            ask()
        cpu.append((time.process_time() - began[0]) / TIMES)
        wall.append((time.perf_counter() - began[1]) / TIMES)
    print(f"  {name:<48} {median(cpu) * 1e6:6.0f} µs CPU {median(wall) * 1e6:6.0f} µs")


def compare(url: str) -> None:
    database = SqlDatabase(url)
    database.upgrade()
    with database.write() as work:
        work.tenants.save(ACME)
        work.connections.save(MAIN)
        work.accounts.save(BOB)
        work.identities.save(PERSON, at=NOW)
        work.sessions.add(SSO_SESSION)

    wanted = {"wanted": SSO_SESSION.id, "now": NOW + 1}

    def by_sqlalchemy() -> None:
        with database.engine.connect() as connection:
            assert sessions._signed_in(connection.execute(sessions._LIVE, wanted).one()).account == BOB

    def by_executor() -> None:
        with database.read() as work:
            found = work.sessions.live(SSO_SESSION.id, now=NOW + 1)
            assert found is not None
            assert found.account == BOB

    print(database.engine.dialect)
    report("with a connection from the pool, by SQLAlchemy", by_sqlalchemy)
    report("with a connection from the pool, by the executor", by_executor)
    with database.read() as work:
        report("the query alone, by the executor", lambda: work.sql.first(sessions._LIVE, tuple, **wanted))
        row = work.sql.first(sessions._LIVE, tuple, **wanted) or ()
        report("from the row to the domain", lambda: sessions._signed_in(row))
    database.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        compare(f"sqlite:///{folder}/bench.sqlite")
    server = start_postgres()
    try:
        compare(server.fresh())
    finally:
        server.service.discard()


if __name__ == "__main__":
    main()
