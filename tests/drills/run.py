"""Runs the drills one after another and prints their table: `python -m tests.drills.run [--write] [DRILL ...]`.

Each is a file of this folder with a `run()` that returns its row. The exit code says whether every promise was kept.
With `--write` the table goes into docs/operations.md. For 127.0.0.1 only: each drill starts all that it breaks.
"""

import argparse
import importlib
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.drills.stage.row import Row

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "operations.md"
BEGIN, END = "<!-- drills -->", "<!-- /drills -->"
HEAD = "| drill | promise | what happened | lost | let in | down (s) | |\n|---|---|---|---|---|---|---|"


def names() -> list[str]:
    """Of all drills, in alphabetical order."""
    return sorted(path.stem for path in HERE.glob("*.py") if path != Path(__file__))


def carried_out(name: str) -> Row:
    """A drill that cannot be carried out has shown nothing: its promise counts as broken."""
    try:
        row: Row = importlib.import_module(f"tests.drills.{name}").run()
    except Exception as error:  # noqa: BLE001 - the other drills still run
        text = " ".join(f"{type(error).__name__}: {error}".split())[-300:]
        return Row(promise="", happened="", lost=0, let_in=0, down_s=0, broken=(f"not carried out: {text}",))
    return row


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("drills", nargs="*", metavar="DRILL", choices=[*names(), []])
    parser.add_argument("--write", action="store_true", help=f"put these rows into {PAGE.name}")
    options = parser.parse_args()
    rows, broken, began = {}, 0, time.monotonic()
    print(HEAD, flush=True)
    for name in options.drills or names():
        row = carried_out(name)
        broken += bool(row.broken)
        rows[title(name)] = row.cells(title(name))
        print(rows[title(name)], flush=True)
    print(f"\n{len(rows)} drills in {(time.monotonic() - began) / 60:.1f} minutes, broken promises: {broken}")
    if options.write:
        write(rows)
    sys.exit(1 if broken else 0)


def title(name: str) -> str:
    return name.replace("_", " ")


def write(rows: dict[str, str]) -> None:
    """Between the marks of the page, with the date and what was run; the rows of other drills stay."""
    before, rest = PAGE.read_text().split(BEGIN)
    old, after = rest.split(END)
    known = {line.split("|")[1].strip(): line for line in old.splitlines() if line.startswith("| ")}
    merged = known | rows
    lines = [merged[title(name)] for name in names() if title(name) in merged]
    said = f"Latest run: version {version('sso-bridge')} ({commit()}), {datetime.now(UTC):%d %B %Y}."
    PAGE.write_text(f"{before}{BEGIN}\n{said}\n\n" + "\n".join([HEAD, *lines]) + f"\n{END}{after}")


def commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    main()
