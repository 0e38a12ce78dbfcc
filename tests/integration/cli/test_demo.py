"""`demo` where something comes in between: another process that takes its port, and Ctrl-C before it has begun."""

import signal
import socket
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from app.cli.demo.provider import DemoProvider, DemoStopped
from tests.integration.cli.conftest import STOP_S, Commands, Start, Started
from tests.services.process import free_port

TRIES = 1200
HEARS_CTRL_C = ["/usr/bin/env", "--default-signal=INT"]
"""A shell's background job, in which the tests may run, ignores Ctrl-C, and so do its children."""
ROOT = Path(__file__).parents[3]


def taken(port: int) -> socket.socket:
    """A process of somebody else's that listens there."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", port))
    listening.listen()
    return listening


def wait_until(path: Path, process: Started, *, says: str = "") -> None:
    for _ in range(TRIES):
        with suppress(FileNotFoundError):
            if says in path.read_text():
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    raise AssertionError(path)


def test_a_port_that_is_taken_while_the_demo_starts_is_one_sentence(start: Start, commands: Commands) -> None:
    """Both ports were free at first; whoever answers on one of them is not the bridge."""
    port, provider_port = free_port(), free_port()
    demo = start("demo", "--port", str(port), "--provider-port", str(provider_port))
    wait_until(commands.folder / "instance" / "demo" / "client_secret", demo)
    with taken(port):
        said, complained = demo.communicate(timeout=STOP_S)
    assert demo.returncode == 1
    assert complained == (
        f"Another process took port {port} for the bridge while the demo was starting: stop it and try again.\n"
    )
    assert "SSO Bridge is running at" not in said


def test_the_providers_port_may_be_taken_meanwhile_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the last look and the provider's own attempt lies the start of an interpreter."""
    monkeypatch.setattr("app.cli.demo.provider.is_free", lambda _port: True)
    port = free_port()
    provider = DemoProvider(folder=tmp_path / "demo", port=port, client_secret="secret")
    with taken(port), pytest.raises(DemoStopped) as stopped:
        provider.start()
    assert str(stopped.value).startswith(f"Another process took port {port} for the demo's provider while ")
    assert provider.process_id is None


@pytest.mark.parametrize("loaded", ["_sqlite3", "_pydantic_core", "_cffi_backend"])
def test_ctrl_c_while_the_commands_are_being_loaded_leaves_no_traceback(commands: Commands, loaded: str) -> None:
    """The first second: from when Python itself has begun, until the demo takes signals into its own hands."""
    demo = [sys.executable, "-P", "-m", "app.cli.start", "demo", "--port", str(free_port())]
    process = subprocess.Popen(
        [*HEARS_CTRL_C, *demo],
        env=commands.environment,
        cwd=commands.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_until(Path(f"/proc/{process.pid}/maps"), process, says=loaded)
        process.send_signal(signal.SIGINT)
        _, complained = process.communicate(timeout=STOP_S)
    finally:
        process.terminate()  # a demo that lives on would keep the ports from every later test
        process.communicate()
    assert process.returncode in (-signal.SIGINT, 0, 1)
    assert complained.strip() in ("", "Aborted!")


def test_the_console_script_begins_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"sso-bridge": "app.cli.start:start"}
