"""What it takes to check and import a CSV file of people.

    .venv/bin/python -m tests.bench.people_import [--rows 50000] [--database-url URL]

On a SQLite file of its own unless a URL of an empty, migrated database is given. Nothing here is a test.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

from app.domain.accounts.account import AccountId, Role
from app.domain.audit.audit import Actor
from app.domain.tenants.tenant import Status, Tenant
from app.wiring import Bridge, build
from tests.bench.readiness import fill_tenant
from tests.builders import QuickHasher, settings_for

Result = TypeVar("Result")
BY = Actor("bench", "127.0.0.1", "")
EVERY_S = 0.02


def people(rows: int, *, domain: str) -> bytes:
    lines = [f"imported{n},imported{n}@{domain},Imported Person {n},agent" for n in range(rows)]
    return "\n".join(["username,email,name,roles", *lines]).encode()


def timed(what: str, act: Callable[[], Result]) -> Result:
    began = time.perf_counter()
    result = act()
    print(f"{what:28} {time.perf_counter() - began:6.1f} s")
    return result


@contextmanager
def somebody_else(bridge: Bridge) -> Iterator[list[float]]:
    """Writes a little all the time, as logins do; how long each of it took."""
    waited, over = [0.0], Event()

    def write() -> None:
        while not over.wait(EVERY_S):
            began = time.perf_counter()
            bridge.database.check()
            waited.append(time.perf_counter() - began)

    thread = Thread(target=write)
    thread.start()
    try:
        yield waited
    finally:
        over.set()
        thread.join()


def an_admin(bridge: Bridge, tenant: Tenant) -> AccountId:
    with bridge.database.write() as work:
        account = work.accounts.of_tenant(tenant.id)[0]
        work.accounts.save(replace(account, roles=(Role.TENANT_ADMIN,), status=Status.ACTIVE))
    return account.id


def run(bridge: Bridge, tenant: Tenant, content: bytes) -> None:
    imports, ada = bridge.account_imports, an_admin(bridge, tenant)
    upload = timed("upload", lambda: imports.upload(tenant, content, file_name="x.csv", by=BY, account=ada))
    print(timed("check", lambda: imports.check(tenant, upload, account=ada)).totals)
    imports.confirm(tenant, upload, by=BY, account=ada)
    with somebody_else(bridge) as waited:
        timed("import", bridge.import_run.carry_out_waiting)
    print(f"{'longest wait of another':28} {max(waited):6.1f} s")
    print(imports.check(tenant, upload, account=ada).upload.state)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--database-url", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bridge = build(settings_for(Path(folder), database_url=given.database_url), hasher=QuickHasher())
        bridge.database.upgrade()
        fill_tenant(bridge, "acme", 10)
        tenant = bridge.tenant_directory.one("acme")
        run(bridge, tenant, people(given.rows, domain="acme.example"))
        run(bridge, tenant, people(given.rows, domain="new.example"))
        bridge.database.close()


if __name__ == "__main__":
    main()
