"""The apps of the demo: a web app that signs people in through the bridge, a desktop program, and an API credential."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.cli.demo.provider import LOOPBACK, is_free

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"
STOP_S = 5


@dataclass(frozen=True, slots=True)
class DemoApps:
    """The web app is a process of its own, at `port`. Its files are in `folder`."""

    folder: Path
    bridge: str
    port: int

    @property
    def web_app(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """Values for the `env:` names of the clients in config/demo.toml."""
        return {
            "SSO_BRIDGE_DEMO_WEB_APP": f"{self.web_app}/",
            "SSO_BRIDGE_DEMO_WEB_CALLBACK": f"{self.web_app}/callback",
            "SSO_BRIDGE_DEMO_WEB_LOGOUT": f"{self.web_app}/backchannel-logout",
            "SSO_BRIDGE_DEMO_WEB_SECRET": self._secret("web_app"),
            "SSO_BRIDGE_DEMO_API_SECRET": self._secret("api_credential"),
        }

    @contextmanager
    def started(self) -> Iterator[bool]:
        """False where the examples are not installed: then only the web app is missing."""
        program = EXAMPLES / "web_app.py"
        if not program.exists():
            yield False
            return
        known = {"BRIDGE": self.bridge, "CLIENT_ID": "web-example", "CLIENT_SECRET": self._secret("web_app")}
        with (self.folder / "web_app.log").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-P", program, str(self.port)],
                env={**os.environ, **known},  # noqa: TID251 - passed on, not read
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield True
        finally:
            child.terminate()
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def lines(self) -> tuple[str, ...]:
        """How to try them."""
        credential = f"nightly-export:{self._secret('api_credential')}"
        wanted = "-d grant_type=client_credentials -d scope=users:read"
        return (
            "Apps that sign people in through the bridge (docs/developers.md):",
            f"  {self.web_app}/  in the browser",
            f"  .venv/bin/python docs/examples/agent_desk.py {self.bridge}  a desktop program",
            "An API credential gets a token:",
            f"  curl -u {credential} {wanted} {self.bridge}/oauth2/token",
        )

    def _secret(self, name: str) -> str:
        """Made at the first start, the same at every later one."""
        path = self.folder / name
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(32))
        return path.read_text()


def app_port(after: int) -> int:
    """The first free one after the others. If there is none, the web app says so in its log."""
    return next((port for port in range(after + 1, 65536) if is_free(port)), after)
