"""What it takes to tell how ready a large tenant is, alone and among many others.

    .venv/bin/python -m tests.bench.readiness [--accounts 100000] [--others 200] [--database-url URL]

On a SQLite file of its own unless a URL of an empty, migrated database is given. Nothing here is a test.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import insert

from app.adapters.sql.tables import AccountRow, SessionRow
from app.adapters.sql.traces.traces import TraceRow
from app.domain.connections.connection import Connection, ConnectionId, Provider
from app.domain.sso_only.readiness import Group
from app.domain.tenants.tenant import Tenant, TenantId
from app.wiring import Bridge, build
from tests.builders import QuickHasher, settings_for

DAY_S = 86_400
BATCH = 5000
TRACES = 200_000
SESSIONS = 20_000


def account(tenant: str, number: int, *, now: float) -> dict[str, object]:
    """A mixture: some have proven SSO, some lack an email, some share one, some were never seen."""
    shared = number - number % 2 if number % 20 < 2 else number
    email = None if number % 7 == 0 else f"person-{shared}@{'acme' if number % 11 else 'elsewhere'}.example"
    last = None if number % 5 == 0 else now - (number % 60) * DAY_S
    return {
        "tenant_id": tenant,
        "id": f"account-{number:06}",
        "username": f"person-{number:06}",
        "username_key": f"person-{number:06}",
        "name": f"Person {number}",
        "email": email,
        "email_key": email,
        "roles": ["tenant_admin" if number % 20_000 == 0 else "agent"],
        "external_id": None,
        "status": "active" if number % 50 else "disabled",
        "last_login_at": last,
        "last_sso_at": last if number % 3 else None,
        "last_password_at": None if number % 3 else last,
        "password_hash": None,
    }


def session(tenant: str, number: int, *, now: float) -> dict[str, object]:
    return {
        "id": f"{tenant}-{number:064}",
        "tenant_id": tenant,
        "account_id": f"account-{number:06}",
        "method": "password",
        "reference": "7K3Q-9MWT-2X",
        "auth_time": now,
        "created_at": now,
        "last_seen_at": now,
        "idle_s": 8 * 3600,
        "expires_at": now + DAY_S,
        "password_epoch": 1,
        "amr": [],
    }


def trace(tenant: str, number: int, *, now: float) -> dict[str, object]:
    return {
        "reference": f"{tenant}-{number}",
        "at": now - number,
        "tenant_id": tenant,
        "tenant": tenant,
        "connection": "main",
        "method": "sso" if number % 2 else "password",
        "reason": None if number % 10 else "wrong_password",
        "details": {"claims": ["email", "name", "sub"]},
        "steps": [{"step": step, "at": now, "took_ms": 3, "ok": True, "note": ""} for step in ("request", "session")],
        "bound": True,
    }


def fill(bridge: Bridge, table: type, rows: Sequence[dict[str, object]]) -> None:
    for start in range(0, len(rows), BATCH):
        with bridge.database.engine.begin() as connection:
            connection.execute(insert(table), rows[start : start + BATCH])


def fill_tenant(bridge: Bridge, slug: str, accounts: int, *, busy: bool = False) -> None:
    now = bridge.clock.now()
    with bridge.database.write() as work:
        work.tenants.save(Tenant(id=TenantId(slug), slug=slug, name=slug, email_domains=("acme.example",)))
        work.connections.save(Connection(ConnectionId(slug), TenantId(slug), name="main", provider=Provider()))
    fill(bridge, AccountRow, [account(slug, number, now=now) for number in range(accounts)])
    if busy:
        fill(bridge, SessionRow, [session(slug, number, now=now) for number in range(min(SESSIONS, accounts))])
        fill(bridge, TraceRow, [trace(slug, number, now=now) for number in range(TRACES)])


def measured(name: str, act: Callable[[], object], *, times: int = 5) -> None:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    print(f"{name:44} {min(took):7.3f} s at best {max(took):7.3f} s at worst")


def measure(bridge: Bridge, slug: str) -> None:
    readiness = bridge.readiness
    found = readiness.of(slug)
    print(f"{found.accounts} active accounts, {found.percentage} % proven, {found.expected_percentage} % expected")
    measured("readiness of the large tenant", lambda: readiness.of(slug))
    measured("50 of a group", lambda: readiness.accounts(slug, Group.NO_EMAIL, most=50, after="person-05"))
    measured("its row in a list", lambda: readiness.summaries([TenantId(slug)]))


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
        fill_tenant(bridge, "acme", options.accounts, busy=True)
        measure(bridge, "acme")
        print(f"filling {options.others} others …")
        for number in range(options.others):
            fill_tenant(bridge, f"other-{number:04}", 1000)
        measure(bridge, "acme")
        measured("25 tenants in a list", lambda: bridge.readiness.summaries(_some(options.others)))
        bridge.database.close()


def _some(others: int) -> list[TenantId]:
    return [TenantId(f"other-{number:04}") for number in range(min(25, others))]


if __name__ == "__main__":
    main()
