"""What it takes to find somebody among a large tenant's people, alone and among many others.

    .venv/bin/python -m tests.bench.people [--accounts 100000] [--others 200] [--database-url URL]

On a SQLite file of its own unless a URL of an empty, migrated database is given. Nothing here is a test.
"""

import argparse
import tempfile
import time
from pathlib import Path

from app.adapters.sql.accounts.search import AccountTextRow
from app.adapters.sql.tables import AccountRow
from app.domain.accounts.people import PeopleFilter
from app.domain.accounts.search_text import folded
from app.wiring import Bridge, build
from tests.bench.readiness import account, fill, fill_tenant
from tests.builders import QuickHasher, settings_for

SEARCHES = ("", "somebody who is not there", "99999", "person 4711", "person", "e")
"""Everybody, nobody, few, few by two words, everybody by a word, everybody by a letter."""


def fill_texts(bridge: Bridge, slug: str, accounts: int) -> None:
    """The same accounts as the benchmark of readiness has."""
    now = bridge.clock.now()
    rows = [account(slug, number, now=now) for number in range(accounts)]
    fill(bridge, AccountTextRow, [text(row) for row in rows])


def text(row: dict[str, object]) -> dict[str, object]:
    lines = (row["username"], row["name"], row["email"])
    return {
        "tenant_id": row["tenant_id"],
        "account_id": row["id"],
        "username_key": row["username_key"],
        "text": "\n".join(folded(str(line)) for line in lines if line),
    }


def measure(bridge: Bridge, slug: str) -> None:
    for query in SEARCHES:
        timed(bridge, slug, query, [])
    for one in PeopleFilter:
        timed(bridge, slug, "", [one])
    timed(bridge, slug, "person 9", list(PeopleFilter))


def timed(bridge: Bridge, slug: str, query: str, filters: list[PeopleFilter], *, times: int = 7) -> None:
    found = bridge.people.search(slug, query, filters=filters)
    took = []
    for _ in range(times):
        began = time.perf_counter()
        bridge.people.search(slug, query, filters=filters)
        took.append((time.perf_counter() - began) * 1000)
    named = ", ".join(filters) or f"“{query}”"
    count = f"{found.count}{'+' if found.more else ''}"
    print(f"{named:44} {sorted(took)[times // 2]:6.0f} ms in the middle {max(took):6.0f} ms at worst {count:>6} found")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--others", type=int, default=200, help="tenants beside it, of 1,000 accounts each")
    parser.add_argument("--database-url", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bridge = build(settings_for(Path(folder), database_url=options.database_url), hasher=QuickHasher())
        bridge.database.upgrade()
        print(f"filling one tenant with {options.accounts} accounts …")
        fill_tenant(bridge, "acme", options.accounts)
        fill_texts(bridge, "acme", options.accounts)
        settle(bridge)
        measure(bridge, "acme")
        print(f"filling {options.others} others …")
        for number in range(options.others):
            fill_tenant(bridge, f"other-{number:04}", 1000)
            fill_texts(bridge, f"other-{number:04}", 1000)
        settle(bridge)
        measure(bridge, "acme")
        bridge.database.close()


def settle(bridge: Bridge) -> None:
    """What a database does by itself after a while."""
    with bridge.database.engine.connect() as connection:
        for table in (AccountRow, AccountTextRow):
            connection.exec_driver_sql(f"ANALYZE {table.__tablename__}")


if __name__ == "__main__":
    main()
