"""`serve` and `demo` as processes: they start, serve, refuse in one sentence and end in good order."""

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from tests.integration.cli.conftest import STOP_S, Commands, Start, Started
from tests.services.process import answers, free_port

START_S = 120


def wait_for(port: int, process: Started) -> None:
    for _ in range(START_S * 10):
        if answers(port):
            return
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    message = f"it did not start: {process.communicate()}"
    raise AssertionError(message)


def wait_for_words(log: Path, words: str, process: Started) -> None:
    for _ in range(START_S * 10):
        if log.exists() and words in log.read_text():
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise AssertionError(log.read_text())


def told(process: Started, words: str) -> str:
    """What it says until a line has these words."""
    said = ""
    for line in process.stdout or ():
        said += line
        if words in line:
            return said
    message = f"it did not say {words!r}: {process.communicate()}"
    raise AssertionError(message)


@pytest.mark.parametrize("workers", [1, 2])
def test_the_server_serves_until_it_is_told_to_stop(start: Start, workers: int) -> None:
    port = free_port()
    server = start("serve", "--port", str(port), "--workers", str(workers))
    wait_for(port, server)
    assert requests.get(f"http://127.0.0.1:{port}/readyz", timeout=60).status_code == 200
    server.send_signal(signal.SIGTERM)
    said, _ = server.communicate(timeout=STOP_S)
    assert server.returncode == 0
    assert said == f"Serving http://localhost:8000 at 127.0.0.1:{port}, workers: {workers}\n"
    assert not answers(port)


def test_workers_count_together(start: Start) -> None:
    port = free_port()
    server = start("serve", "--port", str(port), "--workers", "2")
    wait_for(port, server)
    for _ in range(20):
        requests.get(f"http://127.0.0.1:{port}/healthz", timeout=60)
    metrics = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
    counted = [
        float(line.rpartition(" ")[2])
        for line in metrics.splitlines()
        if line.startswith("sso_bridge_request_seconds_count") and "healthz" in line
    ]
    assert sum(counted) == 20


def test_a_busy_port_is_one_sentence(start: Start) -> None:
    port = free_port()
    first = start("serve", "--port", str(port))
    wait_for(port, first)
    second = start("serve", "--port", str(port))
    said = second.communicate(timeout=STOP_S)
    assert (second.returncode, said) == (1, ("", f"Cannot listen on 127.0.0.1:{port}: Address already in use.\n"))


def test_workers_and_their_metrics_end_with_a_server_that_was_killed(start: Start, tmp_path: Path) -> None:
    port = free_port()
    server = start("serve", "--port", str(port), "--workers", "2", TMPDIR=str(tmp_path))
    wait_for(port, server)
    assert list(tmp_path.glob("sso-bridge-metrics-*")), "where its workers count together"
    server.kill()
    server.communicate(timeout=STOP_S)  # Ends when the last process that holds the pipe has ended.
    assert not answers(port)
    assert not list(tmp_path.glob("sso-bridge-metrics-*"))


SLOW_WORKER = """
import multiprocessing, os, signal, sys, threading
from app.cli import server_worker
from app.cli.serve import _server

class Starting:
    async def __rsgi__(self, scope, protocol):
        protocol.response_empty(204, [])

    def __rsgi_init__(self, loop):
        kill, signalled = os.kill, threading.Event()
        def kill_and_tell(*words):
            kill(*words)
            signalled.set()
        server_worker.os.kill = kill_and_tell
        threading.Thread(target=server_worker.end_with_parent, daemon=True).start()
        kill(os.getppid(), signal.SIGKILL)
        signalled.wait()

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn", force=True)
    _server("127.0.0.1", {port}, 1).serve(target_loader=Starting, wrap_loader=False)
"""


def test_a_worker_whose_server_is_killed_while_it_starts_ends_too(tmp_path: Path) -> None:
    """The signal that it sends itself comes before its loop runs, and is lost."""
    script = tmp_path / "slow_worker.py"
    script.write_text(SLOW_WORKER.replace("{port}", str(free_port())))
    said = subprocess.run([sys.executable, script], check=False, capture_output=True, text=True, timeout=START_S)
    assert (said.returncode, said.stdout, said.stderr) == (-signal.SIGKILL, "", "")


def test_an_address_that_is_not_ours_is_one_sentence(start: Start) -> None:
    server = start("serve", "--host", "192.0.2.1", "--port", str(free_port()))
    _, said = server.communicate(timeout=STOP_S)
    assert server.returncode == 1
    assert said.startswith("Cannot listen on 192.0.2.1:")


def test_a_database_that_is_behind_is_not_served(start: Start, commands: Commands) -> None:
    server = start("serve", "--port", str(free_port()), SSO_BRIDGE_INSTANCE_DIR=str(commands.folder / "new"))
    said = server.communicate(timeout=STOP_S)
    assert (server.returncode, said) == (1, ("", "The database is not up to date. Run: sso-bridge db upgrade\n"))


def test_headers_without_end_are_refused(start: Start) -> None:
    port = free_port()
    server = start("serve", "--port", str(port))
    wait_for(port, server)
    answer = requests.get(f"http://127.0.0.1:{port}/healthz", headers={"X-Long": "a" * 500_000}, timeout=60)
    assert answer.status_code == 431


def started_in(folder: Path) -> int:
    """How many processes have this instance folder."""
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or somebody else's
            found += f"SSO_BRIDGE_INSTANCE_DIR={folder}\0".encode() in (process / "environ").read_bytes()
    return found


def test_the_demo_serves_and_ctrl_c_ends_everything(start: Start, commands: Commands) -> None:
    instance = commands.folder / "instance"
    port, provider_port = free_port(), free_port()
    words = ("demo", "--port", str(port), "--provider-port", str(provider_port))
    for first in (True, False):
        demo = start(*words)
        said = told(demo, "The bridge's log: ")
        begun = requests.get(f"http://127.0.0.1:{port}/t/acme/oauth/login", allow_redirects=False, timeout=60)
        assert begun.headers["location"].startswith(f"http://127.0.0.1:{provider_port}/oauth/authorize?")
        assert requests.get(begun.headers["location"], timeout=60).status_code == 200
        assert requests.get(f"http://127.0.0.1:{port}/dev/mail", timeout=60).status_code == 200
        wait_for_words(instance / "demo" / "worker.log", "Worker running.", demo)
        wait_for_words(instance / "demo" / "web_app.log", "Running on http://127.0.0.1:", demo)
        demo.send_signal(signal.SIGINT)
        more, complained = demo.communicate(timeout=STOP_S)
        said += more
        assert demo.returncode == 0
        assert complained == ""
        assert f"SSO Bridge is running at http://localhost:{port}" in said
        assert f"find it at http://localhost:{port}/ by its name or your email" in said
        assert ("+ tenant acme" in said) is first
        assert ("+ client web-example" in said) is first
        assert "docs/examples/agent_desk.py http://localhost" in said
        assert not answers(port)
        assert not answers(provider_port)
        assert started_in(instance) == 0


def test_the_demo_says_which_port_is_busy(start: Start) -> None:
    port = free_port()
    wait_for(port, start("serve", "--port", str(port)))
    for words in (("--port", str(port)), ("--port", str(free_port()), "--provider-port", str(port))):
        demo = start("demo", *words)
        _, said = demo.communicate(timeout=STOP_S)
        assert demo.returncode == 1
        assert said.startswith(f"Port {port} for ")
        assert len(said.splitlines()) == 1


def test_the_demo_is_not_for_production(start: Start) -> None:
    demo = start("demo", SSO_BRIDGE_ENV="production")
    _, said = demo.communicate(timeout=STOP_S)
    assert demo.returncode == 2
    assert said.startswith("The demo does not run in production")
