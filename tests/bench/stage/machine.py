"""What a benchmark ran on, and whether it had the machine to itself."""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

LOOP = 2_000_000
ROUNDS = 5
OFF_BY = 4 / 3
"""A calibration that takes a third longer than the best one was disturbed."""
BRIDGE_CORE = 0
OTHER_CORE = 1
PACKAGES = ("flask", "granian", "sqlalchemy", "psycopg", "authlib", "joserfc", "gunicorn", "uvloop")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """Of a process and everything it has started, so far."""

    cpu_ms: float
    parent_mb: float
    worker_mb: float
    """The peak of the largest child."""


@contextmanager
def on_core(core: int) -> Iterator[None]:
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


def calibration_ms() -> float:
    """How long a fixed loop takes, the shortest of some rounds: on the busier one of the two cores."""
    return max(_shortest_loop_ms(core) for core in (BRIDGE_CORE, OTHER_CORE))


def _shortest_loop_ms(core: int) -> float:
    with on_core(core):
        return min(_loop_ms() for _ in range(ROUNDS))


def _loop_ms() -> float:
    began, number = time.perf_counter(), 0
    for step in range(LOOP):
        number = (number + step) & 0xFFFF
    return (time.perf_counter() - began) * 1000


def description() -> dict[str, object]:
    """The machine and the software, for the report."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES if find_spec(name)},
    }


def usage(pid: int) -> Usage:
    """CPU time (user and system) and peak resident memory."""
    children = descendants(pid)
    return Usage(
        cpu_ms=sum(_cpu_ms(one) for one in (pid, *children)),
        parent_mb=_peak_mb(pid),
        worker_mb=max((_peak_mb(one) for one in children), default=0.0),
    )


def cpu_ms(*pids: int) -> float:
    """CPU time of processes and everything they have started, so far."""
    return sum(_cpu_ms(one) for pid in pids for one in (pid, *descendants(pid)))


def busy_s(core: int) -> float:
    """How long a core has worked since the machine started, for anybody."""
    lines = Path("/proc/stat").read_text().splitlines()
    ticks = next((line.split()[1:] for line in lines if line.startswith(f"cpu{core} ")), ["0"] * 8)
    user, nice, system, _idle, _waiting, *interrupts = map(int, ticks[:7])
    return (user + nice + system + sum(interrupts)) / _TICKS


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        for thread in threads:
            for child in (thread / "children").read_text().split():
                found += [int(child), *descendants(int(child))]
    except OSError:  # it has ended
        pass
    return found


def _cpu_ms(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    except OSError:
        return 0.0
    # With what has ended among its children: otherwise a process that ends would take its time with it.
    return sum(map(int, fields[11:15])) / _TICKS * 1000


def _peak_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
