"""The apps of docs/examples, as their users start them, and programs in JavaScript with npm's openid-client."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.process import LOOPBACK, Service, answers, free_port

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
OPENID_CLIENT = ROOT / "tests" / "integration" / "oauth2" / "openid_client"
CACHE = Path(sys.prefix) / "openid-client"
RUN_S = 60


@dataclass
class AgentDesk:
    """The desktop program of one person, whose files are in `folder`. `issuer` is the bridge."""

    folder: Path
    issuer: str
    client_id: str = "agent-desk"
    opened: Path = field(init=False)
    """What the program asks the browser to open can be read from here."""

    def __post_init__(self) -> None:
        self.opened, browser = self.folder / "opened", self.folder / "browser"
        os.mkfifo(self.opened)
        browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" > "{self.opened}"\n')
        browser.chmod(0o700)

    @property
    def kept(self) -> Path:
        return self.folder / "agent-desk.json"

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, EXAMPLES / "agent_desk.py", self.issuer, *arguments],
            env={
                **os.environ,
                "AGENT_DESK_FILE": str(self.kept),
                "AGENT_DESK_CLIENT_ID": self.client_id,
                "BROWSER": f"{self.folder / 'browser'} %s",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wants_opened(self) -> str:
        """The URL that it opens the browser with; waits for it."""
        with self.opened.open() as pipe:
            return pipe.readline().strip()


def says(program: "subprocess.Popen[str]") -> str:
    """All that it prints until it ends."""
    return program.communicate(timeout=RUN_S)[0]


def web_app(folder: Path, issuer: str, *, port: int, client_id: str, client_secret: str) -> Service:
    """Not started yet."""
    command = [
        *("env", f"BRIDGE={issuer}", f"CLIENT_ID={client_id}", f"CLIENT_SECRET={client_secret}"),
        *(sys.executable, str(EXAMPLES / "web_app.py"), str(port)),
    ]
    return Service(name="web_app", command=command, folder=folder, ready=lambda: answers(port))


def node(folder: Path, script: str) -> "subprocess.Popen[str]":
    """Runs an ES module that may import openid-client. Installed once by `npm ci`, each package checked by its hash."""
    shutil.copytree(OPENID_CLIENT, CACHE, dirs_exist_ok=True)
    if not (CACHE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=CACHE, check=True)  # noqa: S607 - wherever it is installed
    (folder / "node_modules").symlink_to(CACHE / "node_modules")
    module = folder / "app.mjs"
    module.write_text(script)
    return subprocess.Popen(
        ["node", module],  # noqa: S607 - the same
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def at(port: int, path: str) -> str:
    return f"http://{LOOPBACK}:{port}{path}"


__all__ = ["AgentDesk", "at", "free_port", "node", "says", "web_app"]
