"""The demo's provider says plainly why it does not start, and leaves nothing running."""

import os
import select
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app.cli.demo.people import PEOPLE
from app.cli.demo.provider import DemoProvider, DemoStopped, kept_client_secret
from tests.services.process import LOOPBACK, answers, free_port

ROOT = Path(__file__).parents[2]
STARTS_AND_WAITS = """
import signal, sys
from pathlib import Path
from app.cli.demo.provider import DemoProvider
provider = DemoProvider(folder=Path(sys.argv[1]), port=int(sys.argv[2]), client_secret="secret")
provider.start()
print(provider.process_id, flush=True)
signal.pause()
"""


def provider(folder: Path, port: int) -> DemoProvider:
    return DemoProvider(folder=folder, port=port, client_secret="secret")


def test_a_busy_port_is_named(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(DemoStopped, match=f"Port {port}.* is already in use: "):
            provider(tmp_path, port).start()


def test_a_missing_installation_says_how_to_install_it(tmp_path: Path) -> None:
    absent = DemoProvider(folder=tmp_path, port=free_port(), client_secret="secret", python=tmp_path / "python")
    with pytest.raises(DemoStopped, match="run `make install`"):
        absent.start()


def test_a_provider_that_fails_to_start_says_why_and_where_to_read_on(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("not JSON")
    broken = provider(tmp_path, free_port())
    with pytest.raises(DemoStopped, match=r"JSONDecodeError.*provider\.log"):
        broken.start()
    assert broken.process_id is None


def test_stopping_twice_is_as_good_as_once(tmp_path: Path) -> None:
    never_started = provider(tmp_path, free_port())
    never_started.stop()
    never_started.stop()


def test_the_client_secret_is_the_same_at_every_start(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert kept_client_secret(folder) == kept_client_secret(folder)
    assert (folder / "client_secret").stat().st_mode & 0o077 == 0


def test_the_provider_goes_even_when_the_bridge_is_killed(tmp_path: Path) -> None:
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS, str(tmp_path), str(port)], stdout=subprocess.PIPE, cwd=ROOT
    ) as bridge:
        assert bridge.stdout
        child = os.pidfd_open(int(bridge.stdout.readline()))
        assert answers(port)
        bridge.send_signal(signal.SIGKILL)
        ended, _, _ = select.select([child], [], [], 10)
        os.close(child)
    assert ended
    assert not answers(port)


def test_everybody_with_an_account_in_the_demo_can_sign_in_at_its_provider() -> None:
    demo = tomllib.loads((ROOT / "config" / "demo.toml").read_text())
    accounts = [account for tenant in demo["tenants"] for account in tenant.get("accounts", ())] + demo["staff"]
    here = {account["email"] for account in accounts}
    there = {person.email for person in PEOPLE}
    assert there - here == {"nina@acme.example"}
    assert here <= there
    for account in accounts:
        assert account["password"] == f"demo-{account['email'].partition('@')[0]}"
