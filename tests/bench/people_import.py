"""What it takes to check and import a CSV file of people.

    .venv/bin/python -m tests.bench.people_import [--rows 50000] [--database-url URL]

On a SQLite file of its own unless a URL of an empty, migrated database is given. Nothing here is a test.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.domain.accounts.account import Account, AccountId, Role
from app.domain.audit.audit import Actor
from app.domain.tenants.tenant import Tenant, TenantId
from app.wiring import Bridge, build
from tests.bench.readiness import fill_tenant
from tests.builders import QuickHasher, settings_for

Result = TypeVar("Result")
BY = Actor("acme/ada", "127.0.0.1", "")
ADA = Account(AccountId("ada"), TenantId("acme"), "ada", roles=(Role.TENANT_ADMIN,))


def people(rows: int, *, domain: str) -> bytes:
    lines = [f"imported{n},imported{n}@{domain},Imported Person {n},agent" for n in range(rows)]
    return "\n".join(["username,email,name,roles", *lines]).encode()


def timed(what: str, act: Callable[[], Result]) -> Result:
    began = time.perf_counter()
    result = act()
    print(f"{what:28} {time.perf_counter() - began:6.1f} s")
    return result


def run(bridge: Bridge, tenant: Tenant, content: bytes) -> None:
    imports = bridge.account_imports
    upload = timed("upload", lambda: imports.upload(tenant, content, file_name="x.csv", by=BY, account=ADA.id))
    print(timed("check", lambda: imports.check(tenant, upload)).totals)
    imports.confirm(tenant, upload)
    timed("import", imports.carry_out_waiting)
    print(imports.check(tenant, upload).upload.state)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--database-url", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bridge = build(settings_for(Path(folder), database_url=given.database_url), hasher=QuickHasher())
        bridge.database.upgrade()
        fill_tenant(bridge, "acme", 10)
        with bridge.database.write() as work:
            work.accounts.save(ADA)
        tenant = bridge.tenant_directory.one("acme")
        run(bridge, tenant, people(given.rows, domain="acme.example"))
        run(bridge, tenant, people(given.rows, domain="new.example"))
        bridge.database.close()


if __name__ == "__main__":
    main()
