"""What it takes to apply a large file: time, CPU and memory, and the same again when nothing is left to change.

    .venv/bin/python -m tests.bench.apply [--tenants 10000] [--accounts 10] [--database-url URL]

On a SQLite file of its own unless a URL of an empty, migrated database is given. Nothing here is a test.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.adapters.apply_file.read import read_apply_file
from app.domain.audit.audit import Actor
from app.services.apply.spec import Spec
from app.wiring import build
from tests.builders import QuickHasher, settings_for

TENANTS_MOST = 20_000
ACCOUNTS_MOST = 100


def write(file: Path, *, tenants: int, accounts: int) -> None:
    with file.open("w") as out:
        for tenant in range(tenants):
            out.write(f'[[tenants]]\nslug = "tenant-{tenant}"\nemail_domains = ["t{tenant}.example"]\n')
            for account in range(accounts):
                name = f"agent{account}"
                out.write(f'[[tenants.accounts]]\nusername = "{name}"\nemail = "{name}@t{tenant}.example"\n')


def measured(name: str, act: Callable[[], object]) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    act()
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{name:10} {time.perf_counter() - began:7.1f} s {time.process_time() - cpu:7.1f} s CPU {highest:5} MB at most"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--accounts", type=int, default=10)
    parser.add_argument("--database-url", default="")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sso-bridge-apply-") as folder:
        bridge = build(settings_for(Path(folder), database_url=chosen.database_url), hasher=QuickHasher())
        bridge.database.upgrade()
        measured("start", lambda: None)
        file = Path(folder) / "apply.toml"
        write(file, tenants=min(chosen.tenants, TENANTS_MOST), accounts=min(chosen.accounts, ACCOUNTS_MOST))
        print(f"{file.stat().st_size / 1e6:.1f} MB of TOML")
        specs: list[Spec] = []
        measured("read", lambda: specs.append(read_apply_file(file, environment={}, presets={}, development=True)))
        for name in ("apply", "again"):
            measured(name, lambda: bridge.applier.apply(specs[0], by=Actor("bench")))
        bridge.database.close()


if __name__ == "__main__":
    main()
