"""What `serve` finds out before it serves, and its first line: `python -m app.cli.serve_checks HOST PORT WORKERS`."""

import socket

import click

from app.cli.bridge import open_migrated_bridge
from app.cli.errors import Stopped, told
from app.cli.server_worker import SERVING


@click.command()
@click.argument("host")
@click.argument("port", type=int)
@click.argument("workers", type=int)
def main(host: str, port: int, workers: int) -> None:
    """Ends with a sentence and an exit code if the bridge cannot serve."""
    with told():
        bridge = open_migrated_bridge()
        bridge.database.engine.pooler()  # refuses to serve behind a pooler that breaks transactions
        require_free(host, port)
    click.echo(f"{SERVING} {bridge.settings.public_url} at {_shown(host)}:{port}, workers: {workers}")


def require_free(host: str, port: int) -> None:
    """The server shares its port (SO_REUSEPORT), so a second one would start without an error."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Stopped(f"Cannot listen on {_shown(host)}:{port}: {error.strerror}.") from error


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


if __name__ == "__main__":
    main()
