"""Several people apply at the same time: afterwards everything is there once."""

import threading
from pathlib import Path

import pytest

from app.adapters.apply_file.read import parse_apply_file
from app.cli.apply.apply import apply_spec
from app.wiring import build
from tests.builders import QuickHasher, settings_for

ACME = b"""
[[tenants]]
slug = "acme"
[[tenants.connections]]
name = "main"
issuer = "https://idp.acme.example"
client_secret = "s"
[[tenants.accounts]]
username = "bob"
password = "bob's password"
[[scopes]]
name = "users:read"
description = "d"
[[clients]]
client_id = "desk"
redirect_uris = ["https://desk.example/"]
"""
AT_ONCE = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else ""


def test_applying_the_same_file_at_once_makes_everything_once(tmp_path: Path, database_url: str) -> None:
    bridge = build(settings_for(tmp_path, database_url=database_url), hasher=QuickHasher())
    bridge.database.upgrade()
    spec = parse_apply_file(ACME, folder=tmp_path, environment={}, presets={}, development=True)
    start = threading.Barrier(AT_ONCE)
    plans: list[list[str]] = []

    def run() -> None:
        start.wait()
        plans.append([str(line) for line in apply_spec(bridge, spec).lines])

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with bridge.database.read() as work:
        (tenant,) = work.tenants.all()
        made = work.connections.of_tenant(tenant.id), work.accounts.of_tenant(tenant.id)
    bridge.database.close()
    assert sorted(map(len, plans)) == [0, 0, 0, 5]
    assert [len(things) for things in made] == [1, 1]
