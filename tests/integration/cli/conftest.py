"""The commands over a real database in a folder of the test's own."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest
import structlog
from click.testing import CliRunner, Result

from app.adapters.sql.unit_of_work import SqlDatabase
from app.cli.main import main
from tests.builders import QuickHasher

KEY = base64.b64encode(b"k" * 32).decode()
STOP_S = 40
Started = subprocess.Popen[str]
Start = Callable[..., Started]


@dataclass
class Commands:
    """`sso-bridge`, as somebody types it. Secrets of an apply file may stand in `environment`."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environment = {
            "SSO_BRIDGE_ENV": "development",
            "SSO_BRIDGE_BASE_URL": "http://localhost:8000",
            "SSO_BRIDGE_INSTANCE_DIR": str(self.folder / "instance"),
            "SSO_BRIDGE_SECRET_KEYS": KEY,
        } | self.environment

    @property
    def url(self) -> str:
        embedded = f"sqlite:///{self.folder / 'instance' / 'sso-bridge.sqlite3'}"
        return self.environment.get("SSO_BRIDGE_DATABASE_URL", embedded)

    def run(self, *words: str, exit_code: int = 0) -> Result:
        """Check how it ends, and that it ends in words."""
        hidden: Mapping[str, str | None] = {name: None for name in os.environ if name.startswith("SSO_BRIDGE_")}
        result = CliRunner().invoke(main, words, env={**hidden, **self.environment})
        assert result.exit_code == exit_code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    def lines(self, *words: str) -> list[str]:
        return self.run(*words).stdout.splitlines()

    def json(self, *words: str) -> object:
        return json.loads(self.run(*words, "--json").stdout)

    def file(self, text: str) -> str:
        """An apply file; its path."""
        path = self.folder / "apply.toml"
        path.write_text(dedent(text))
        return str(path)

    def apply(self, text: str, *options: str) -> list[str]:
        """The plan, without values and without the redirect URIs after it."""
        lines = self.lines("apply", self.file(text), *options)
        return [line for line in lines if not line.startswith("    ") and ": redirect URI " not in line]

    def values(self, text: str, *options: str) -> list[str]:
        """The old and new values in the plan."""
        lines = self.lines("apply", self.file(text), *options)
        return [line.removeprefix("    ") for line in lines if line.startswith("    ")]

    def refused(self, text: str, *options: str) -> str:
        """What is said about a file that cannot be applied."""
        return self.run("apply", self.file(text), *options, exit_code=2).stderr.strip()

    def database(self) -> SqlDatabase:
        return SqlDatabase(self.url)


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A command that runs in this process sets up its own, for good: no later test shall find its log taken."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command would otherwise spend most of its time on the one hash that it makes at start."""
    monkeypatch.setattr("app.wiring.Argon2Hasher", QuickHasher)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once, and copied for every test."""
    commands = Commands(tmp_path_factory.mktemp("cli"))
    commands.run("db", "upgrade")
    return commands.folder / "instance" / "sso-bridge.sqlite3"


@pytest.fixture
def commands(tmp_path: Path, empty_database: Path) -> Commands:
    made = Commands(tmp_path)
    (tmp_path / "instance").mkdir()
    shutil.copy(empty_database, tmp_path / "instance")
    return made


@pytest.fixture
def fresh(tmp_path: Path) -> Commands:
    """Where nobody has run anything yet."""
    return Commands(tmp_path)


@pytest.fixture
def start(commands: Commands) -> Iterator[Start]:
    """A command in a process of its own, from a folder that has an `app` of its own in it."""
    folder = commands.folder / "elsewhere"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "__init__.py").write_text("raise RuntimeError('somebody else’s code')")
    running: list[Started] = []

    def starting(*words: str, **environment: str) -> Started:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("sso-bridge"), *words],
            env={**commands.environment, **environment},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield starting
    for process in running:
        process.terminate()
        process.communicate(timeout=STOP_S)
