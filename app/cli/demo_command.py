"""`sso-bridge demo`: the bridge with a real OpenID provider, and people to try it as."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, redirect_stderr
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

import click
from rich.table import Table
from rich.text import Text

from app.adapters.apply_file.read import read_apply_file
from app.cli.apply.apply import apply_spec, redirect_uris, show_plan
from app.cli.bridge import CONFIG, open_bridge
from app.cli.demo.apps import DemoApps, app_port
from app.cli.demo.people import PEOPLE, Person
from app.cli.demo.provider import (
    LOOPBACK,
    DemoProvider,
    DemoStopped,
    is_free,
    kept_client_secret,
    require_free_port,
    taken_meanwhile,
)
from app.cli.errors import BadInput, Stopped
from app.cli.output import show, title
from app.cli.server_worker import SERVING
from app.settings import environment
from app.wiring import Bridge

PORT, PROVIDER_PORT = 8000, 8001
LOCAL = ("localhost", LOOPBACK)
SETTING = "SSO_BRIDGE_"
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "COOKIE_DOMAIN", "FORWARD_AUTH_HOSTS", "TRUSTED_PROXIES")
"""Settings that could connect the demo to real data or a real mailbox, or make it unreachable for a browser."""
LOOK_EVERY_S = 0.1
STOP_S = 25


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help=f"Port of the bridge.  [default: {PORT}]")
@click.option("--provider-port", type=click.IntRange(1, 65535), default=PROVIDER_PORT, show_default=True)
def demo(*, port: int | None, provider_port: int) -> None:
    """Try SSO Bridge on this machine, with no other server. Ctrl-C stops everything it started."""
    if environment().get(f"{SETTING}ENV") == "production":
        raise BadInput(f"The demo does not run in production: unset {SETTING}ENV, or set it to development.")
    try:
        with _ended_by_signals(), ExitStack() as started:
            _run(started, port or _port_of_base_url(), provider_port)
    except DemoStopped as error:
        raise Stopped(str(error)) from error


def _run(started: ExitStack, port: int, provider_port: int) -> None:
    if port == provider_port:
        raise Stopped(
            "The bridge and the demo's provider need different ports: choose another one with --provider-port."
        )
    require_free_port(port, what="the bridge", remedy="stop whatever uses it, or choose another with --port")
    require_free_port(
        provider_port,
        what="the demo's provider",
        remedy="stop whatever uses it, or choose another with --provider-port",
    )
    _set_environment(port)
    bridge = open_bridge()
    folder = bridge.settings.instance_dir / "demo"
    provider = DemoProvider(folder=folder, port=provider_port, client_secret=kept_client_secret(folder))
    apps = DemoApps(folder=folder, bridge=bridge.settings.public_url, port=app_port(after=max(port, provider_port)))
    bridge.database.upgrade()
    show("Starting the provider and the bridge …")
    # Each takes a second or two to import what it needs, and comparing passwords takes one more: all at once.
    started.callback(provider.stop)
    provider_started = started.enter_context(ThreadPoolExecutor(1)).submit(provider.start)
    server = started.enter_context(_child(bridge, "serve", "--host", LOOPBACK, "--port", str(port)))
    uris = _provisioned(bridge, {**provider.environment, **apps.environment})
    bridge.database.close()
    provider_started.result()
    provider.register(redirect_uris=uris, post_logout_uris=[f"{bridge.settings.public_url}/logged-out"])
    _wait_until_it_answers(server, port, bridge)
    started.enter_context(_child(bridge, "worker"))
    _tell(bridge, provider, apps if started.enter_context(apps.started()) else None)
    server.wait()
    raise Stopped(f"The bridge stopped unexpectedly. See its log: {_log(bridge)}")


def _set_environment(port: int) -> None:
    """For this process, and for the server that inherits its environment."""
    variables = os.environ  # noqa: TID251 - written here, not read
    for name in NOT_OURS:
        variables.pop(SETTING + name, None)
    variables[f"{SETTING}ENV"] = "development"
    variables[f"{SETTING}BASE_URL"] = f"http://localhost:{port}"


def _port_of_base_url() -> int:
    parts = urlsplit(environment().get(f"{SETTING}BASE_URL", ""))
    return parts.port if parts.hostname in LOCAL and parts.port else PORT


def _provisioned(bridge: Bridge, values: Mapping[str, str]) -> list[str]:
    """The redirect URIs of all connections, after config/demo.toml was applied with `values` for its `env:` names."""
    spec = read_apply_file(
        CONFIG / "demo.toml",
        environment={**environment(), **values},
        presets={},
        development=True,
    )
    # The audit's heads would precede the banner.
    with _log(bridge, "apply").open("a") as log, redirect_stderr(log):
        applied = apply_spec(bridge, spec)
    if applied.lines:
        show_plan(bridge, applied)
    return list(redirect_uris(bridge, applied).values())


@contextmanager
def _child(bridge: Bridge, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of our commands as a child process, which ends with this block."""
    # -P: a module `app` in the current folder is not ours.
    command = [sys.executable, "-P", "-m", "app.cli.start", *words]
    with _log(bridge, words[0]).open("wb") as log:
        child = subprocess.Popen(  # noqa: S603 - our own program and arguments
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int, bridge: Bridge) -> None:
    while True:
        try:
            server.wait(LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            # What responds is the bridge only if the bridge has found the port free.
            if SERVING in _log(bridge).read_text() and _answers(port):
                return
            continue
        if not is_free(port):
            raise Stopped(taken_meanwhile(port, what="the bridge"))
        raise Stopped(f"The bridge did not start. See its log: {_log(bridge)}")


def _answers(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def _log(bridge: Bridge, command: str = "serve") -> Path:
    return bridge.settings.instance_dir / "demo" / f"{command}.log"


def _tell(bridge: Bridge, provider: DemoProvider, apps: DemoApps | None) -> None:
    url = bridge.settings.public_url
    show("", title(f"SSO Bridge is running at {url}", beside="Press Ctrl-C to stop"), "")
    for tenant in dict.fromkeys(person.tenant for person in PEOPLE):
        people = [person for person in PEOPLE if person.tenant == tenant]
        show(Text(f"{url}/t/{tenant}/login", style="bold cyan"), _people(people), "")
    show(
        f"If you don't know your workspace, find it at {url}/ by its name or your email.",
        f"OAuth Login goes to {provider.issuer}: use the same username and password there.",
        "Staff set up a second factor at their first password login, or sign in with OAuth Login.",
        "",
        *((*apps.lines(), "") if apps else ()),
        "To use the command line as the vendor's support, in another terminal:",
        "  export " + " ".join(f"{SETTING}{name}={value}" for name, value in _settings(bridge).items()),
        "  .venv/bin/sso-bridge tenant list",
        "  .venv/bin/sso-bridge trace REFERENCE",
        "",
        f"Emails from the bridge: {url}/dev/mail",
        f"The bridge's log: {_log(bridge)}",
    )


def _settings(bridge: Bridge) -> dict[str, str]:
    """The environment for commands to work with this demo."""
    return {
        "ENV": bridge.settings.env,
        "BASE_URL": bridge.settings.public_url,
        "INSTANCE_DIR": str(bridge.settings.instance_dir.resolve()),
    }


def _people(people: list[Person]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 3, 0, 0))
    for least in (8, 10, 0):
        table.add_column(min_width=least)
    for person in people:
        table.add_row(f"  {person.username}", person.password, person.shows)
    return table


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Ctrl-C, or the end of the terminal or service, ends the block in good order and silently."""

    def end(_signal: int, _frame: FrameType | None) -> NoReturn:
        for one in signals:
            signal.signal(one, signal.SIG_IGN)  # the shutdown is in progress
        raise SystemExit(0)

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for one in signals:
        signal.signal(one, end)
    yield
