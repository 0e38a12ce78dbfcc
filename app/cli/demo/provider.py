"""Starts and stops the demo's OpenID provider on loopback."""

import errno
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

from app.cli.demo.people import PEOPLE, Person

LOOPBACK = "127.0.0.1"
CLIENT_ID = "sso-bridge-demo"
SERVER = Path(__file__).with_name("canaille_server.py")
PYTHON = Path(sys.prefix) / "canaille" / "bin" / "python"
STOP_SECONDS = 5


class DemoStopped(Exception):
    """The demo cannot continue; the message is one sentence for the user."""


def require_free_port(port: int, *, what: str, remedy: str) -> None:
    """Raise DemoStopped when something already listens on the loopback `port` that `what` needs."""
    if not is_free(port):
        message = f"Port {port} for {what} is already in use: {remedy}."
        raise DemoStopped(message)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def taken_meanwhile(port: int, *, what: str) -> str:
    """The message if the port was free when the demo started."""
    return f"Another process took port {port} for {what} while the demo was starting: stop it and try again."


def kept_client_secret(folder: Path) -> str:
    """The secret between bridge and provider: generated at the first start, the same at every later one."""
    path = folder / "client_secret"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text()


@dataclass(kw_only=True)
class DemoProvider:
    """Canaille on `port`, with all its data in `folder`.

    It stops with `stop()`, at the end of a `with` block, or when this process ends in any way.
    """

    folder: Path
    port: int
    people: Sequence[Person] = PEOPLE
    redirect_uris: Sequence[str] = ()
    post_logout_uris: Sequence[str] = ()
    client_id: str = CLIENT_ID
    client_secret: str
    python: Path = PYTHON
    _process: subprocess.Popen[str] | None = field(default=None, init=False, repr=False)

    @property
    def issuer(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Values for the `env:` names in config/demo.toml."""
        return {
            "SSO_BRIDGE_DEMO_ISSUER": self.issuer,
            "SSO_BRIDGE_DEMO_CLIENT_SECRET": self.client_secret,
        }

    @property
    def log(self) -> Path:
        return self.folder / "provider.log"

    @property
    def process_id(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it and wait until it responds. DemoStopped says why it does not."""
        if self._process:
            return
        if not self.python.exists():
            message = f"The demo's provider is not installed at {self.python}: run `make install`."
            raise DemoStopped(message)
        require_free_port(self.port, what="the demo's provider", remedy="stop whatever uses it and try again")
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [self.python, "-I", SERVER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=self.folder,
                env={},
                start_new_session=True,  # Ctrl-C reaches only the bridge, which then stops this.
            )
        try:
            self._arrange(self._process)
        except BaseException:
            self.stop()
            raise

    def register(self, *, redirect_uris: Sequence[str], post_logout_uris: Sequence[str]) -> None:
        """Accept only these from now on: at once if it is running, otherwise from the next start."""
        self.redirect_uris = redirect_uris
        self.post_logout_uris = post_logout_uris
        if self._process:
            self._arrange(self._process)

    def stop(self) -> None:
        """Stop it. Its data stays in the folder for the next start."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            _close(pipe)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def _arrange(self, process: subprocess.Popen[str]) -> None:
        answer = ""
        if process.stdin and process.stdout:
            with suppress(BrokenPipeError):  # Its log has the reason.
                process.stdin.write(json.dumps(self._wanted()) + "\n")
                process.stdin.flush()
                answer = process.stdout.readline()
        if answer != "ready\n":
            lines = self.log.read_text().splitlines() or ["no output"]
            message = f"The demo's provider did not start: {lines[-1]} (full log: {self.log})."
            if any(line.endswith(os.strerror(errno.EADDRINUSE)) for line in lines):
                message = taken_meanwhile(self.port, what="the demo's provider")
            raise DemoStopped(message)

    def _wanted(self) -> dict[str, object]:
        return {
            "folder": str(self.folder.resolve()),
            "port": self.port,
            "people": [
                {
                    "username": person.username,
                    "password": person.password,
                    "email": person.email,
                    "name": person.name,
                }
                for person in self.people
            ],
            "client": {
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "redirect_uris": list(self.redirect_uris),
                "post_logout_redirect_uris": list(self.post_logout_uris),
            },
        }


def _close(pipe: IO[str] | None) -> None:
    if pipe:
        with suppress(BrokenPipeError):  # It no longer reads.
            pipe.close()
