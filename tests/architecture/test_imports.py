"""Whoever starts a process waits for its imports: each imports what it needs, and no more."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from app.cli.main import COMMANDS, main

LATER = {"alembic", "mako", "redis", "granian", "dns", "segno"}
"""What an application imports when it needs it, or never."""
WEB = {"app.web", "flask", "jinja2", "wtforms", "flask_babel", "prometheus_client"}
NEVER_SERVING = {"rich.console", "pygments", "greenlet._greenlet", "charset_normalizer.api", "sqlalchemy.orm"} | {
    "alembic",
    "pydantic",  # until somebody sets up a connection
    "dotenv.main",
    "smtplib",
    "babel.messages",
    "dns",
    "segno",
}
"""What a worker does not need, or not before it is asked for it: each would be megabytes of every worker."""
BEYOND_HELP = WEB | LATER | {"app.wiring", "app.settings", "sqlalchemy", "pydantic", "cryptography", "rich"}


def imported(code: str, among: set[str]) -> set[str]:
    """Which of these modules a process has imported that has just started and run `code`."""
    asked = (
        f"import contextlib, io, sys\nwith contextlib.redirect_stdout(io.StringIO()):\n  {code}\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603 - code of this file
    return among & set(done.stdout.split())


def test_the_web_application_imports_no_driver_that_its_settings_do_not_name() -> None:
    assert imported("import app.factory", LATER) == set()


def test_commands_import_no_page() -> None:
    modules = sorted({module for name, (module, _) in COMMANDS.items() if name != "serve"})
    assert imported(f"import {', '.join(modules)}", WEB | LATER) == set()


def test_help_imports_no_command() -> None:
    code = "from app.cli.main import main; main(['--help'], standalone_mode=False)"
    assert imported(code, BEYOND_HELP) == set()


def test_a_worker_of_the_server_begins_with_little() -> None:
    assert imported("import app.cli.main, app.cli.server_worker", BEYOND_HELP) == set()


@pytest.mark.parametrize("redis_url", ["", "redis://localhost"])
@pytest.mark.parametrize(
    ("database_url", "other"), [("", "psycopg"), ("postgresql+psycopg://localhost/bridge", "sqlite3")]
)
def test_a_worker_that_serves_has_imported_nothing_large_that_it_does_not_need(
    database_url: str, other: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSO_BRIDGE_ENV", "development")
    monkeypatch.setenv("SSO_BRIDGE_INSTANCE_DIR", str(tmp_path))
    monkeypatch.setenv("SSO_BRIDGE_DATABASE_URL", database_url)
    monkeypatch.setenv("SSO_BRIDGE_REDIS_URL", redis_url)
    unwanted = NEVER_SERVING | {other}
    assert imported("from app.cli.server_worker import load_app; load_app()", unwanted) == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_all_commands_says_what_each_says_of_itself(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    assert (command.help or "").startswith(COMMANDS[name][1])


@pytest.mark.parametrize("name", COMMANDS)
def test_no_line_of_a_groups_help_is_cut_off(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    said = command.get_help(click.Context(command, terminal_width=80))
    assert "..." not in said.partition("Commands:")[2]
