"""Secrets that are noted, to be looked for wherever they must not be."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from app.services.login.attempts import ATTEMPT
from tests.builders import CLIENT_SECRET
from tests.threats.acme import PASSWORD, Acme, cookies, parameters

SHORTEST = 8


@dataclass
class Canary:
    """Secrets by name, and what was written meanwhile."""

    acme: Acme
    log: io.StringIO
    folder: Path
    secrets: dict[str, set[str]] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)

    def know(self, name: str, value: object) -> None:
        if isinstance(value, str) and len(value) >= SHORTEST:
            self.secrets.setdefault(name, set()).add(value)

    def callback(self) -> str:
        """Out to the provider, noting everything that this login keeps secret."""
        there = self.acme.callback()
        for name, value in parameters(there).items():
            if name in {"code", "state"}:
                self.know(name, value)
        self.note_cookies()
        for name, value in cookies(self.acme.browser).items():
            if name.startswith("sso_login_"):
                attempt = ATTEMPT.open(value, self.acme.world.bridge.sealer)
                self.know("nonce", attempt.nonce)
                self.know("verifier", attempt.verifier)
        return there

    def note_requests(self) -> None:
        """What went over the wire between the bridge and the provider."""
        for request in self.acme.idp.requests():
            self.know("access token", request.bearer)
            self.know("basic", request.headers.get("authorization"))
            for name in ("code", "code_verifier", "client_secret"):
                self.know(name, request.form.get(name))

    def note_cookies(self) -> None:
        for name, value in cookies(self.acme.browser).items():
            self.know(f"cookie {name}", value)

    def show(self, text: str) -> None:
        self.shown.append(text)

    def found(self) -> list[str]:
        """Which secret stands where it must not."""
        self.note_requests()
        self.note_cookies()
        sinks = {"log": self.log.getvalue(), "pages": "\n".join(self.shown)}
        for file in self.folder.rglob("*"):
            if file.is_file():
                sinks[file.name] = file.read_bytes().decode("latin-1")
        assert len(self.secrets) >= 4
        return [
            f"{name} in {sink}"
            for name, values in self.secrets.items()
            for sink, text in sinks.items()
            if any(value in text for value in values)
        ]


@contextmanager
def watching(acme: Acme, folder: Path) -> Iterator[Canary]:
    """Everything is logged, down to what libraries say when they are asked to say all."""
    log = io.StringIO()
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(file=log),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    made = Canary(acme=acme, log=log, folder=folder)
    made.know("client secret", CLIENT_SECRET)
    made.know("password", PASSWORD)
    yield made
    root.removeHandler(handler)
    root.setLevel(level)
    structlog.configure(**before)


def trace_of(canary: Canary, reference: object) -> str:
    bridge = canary.acme.world.bridge
    return json.dumps(canary.acme.world.bridge.traces.get(str(reference)).details) + str(
        bridge.traces.get(str(reference))
    )
