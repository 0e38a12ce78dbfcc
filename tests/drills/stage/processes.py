"""What happens to processes: killed, and suspended together with all that they have started."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.services.process import Service


def pid_of(service: Service) -> int:
    process = service._process
    assert process is not None, f"{service.name} does not run"
    return process.pid


def with_children(pid: int) -> list[int]:
    """The process and all that it has started, and they."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(status.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


@contextmanager
def hung(service: Service) -> Iterator[None]:
    """Its kernel goes on acknowledging what comes; nothing answers."""
    pids = with_children(pid_of(service))
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


def killed(service: Service) -> None:
    """It and all that it has started, outright."""
    for pid in with_children(pid_of(service)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def within(seconds: float, met: Callable[[], bool]) -> bool:
    """Whether the condition is met in that time."""
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
