"""`make bench` runs: two scenarios with few visits, through the real processes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.process import free_port

ROOT = Path(__file__).parents[2]
SMALL = """
import json, sys
from dataclasses import asdict, replace
from tests.bench.figures import Scenario
from tests.bench.report import Report
from tests.bench.run import everything, measure
from tests.bench.stage.load import Crowd

named = everything()
chosen = [replace(named[name], crowd=Crowd(users=2, times=200)) for name in ("naive-check", "check-sqlite")]
found = measure(chosen, 1, lambda: 1.0)
figures = {one.name: [figure] for one, figure in found}
print(json.dumps({"text": Report(chosen, figures).text(), **{name: asdict(one) for name, [one] in figures.items()}}))
"""
NOBODY_THERE = """
from tests.bench.stage.load import Crowd, visited
from tests.bench.stage.visits import SsoLogin

visited(SsoLogin("http://localhost:{port}"), Crowd(users=4, times=4), begun=lambda: print("begun"))
"""


def run(script: str) -> "subprocess.CompletedProcess[str]":
    """In a process of its own: it starts others, and chooses cores for itself."""
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, capture_output=True, text=True)


def test_the_smallest_scenarios_give_figures() -> None:
    done = run(SMALL)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for name in ("naive-check", "check-sqlite"):
        assert found[name]["per_second"] > 0
        assert found[name]["worker_mb"] > 10
        assert 0 < found[name]["p50_ms"] <= found[name]["p99_ms"]
    assert "| /forward-auth, sqlite |" in found["text"]
    assert "a second ≥ 1.4 ×: " in found["text"]


@pytest.mark.parametrize("visit", ["SsoLogin", "SessionCheck"])
def test_a_failed_visit_ends_the_run_with_what_failed(visit: str) -> None:
    script = NOBODY_THERE.format(port=free_port())
    if visit == "SessionCheck":
        script = script.replace("visited(SsoLogin(", "visited(SessionCheck(SsoLogin(").replace(
            '"), Crowd', '"), "/"), Crowd'
        )
        script = "from tests.bench.stage.clicks import SessionCheck\n" + script
    done = run(script)
    assert done.returncode == 1
    assert "No figures: a visit failed: ConnectionRefusedError" in done.stderr
    assert done.stdout == ""
