"""nginx in front of the bridge, by the configuration in docs/forward-auth.md."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.stage.servers import pin
from tests.integration.sessions.behind_nginx import configuration
from tests.services.process import LOOPBACK, Service, answers, free_port, private_folder

APP = "server {{ listen {host}:{port}; location / {{ default_type text/plain; return 200 'hello'; }} }}"
BEGIN = "access_log off;"
KEPT = "keepalive_requests 1000000;"
"""The visitors' connections stay open for the whole run."""


@contextmanager
def nginx_in_front(port: int, *, bridge: int, own: str) -> Iterator[int]:
    """The bridge under its own host, with a static app under `/wiki/`. Yields the process id."""
    folder, app = private_folder("nginx"), free_port()
    text = configuration(folder, port=port, bridge=bridge, app=app, hosts=(own, "wiki.localhost"))
    file = folder / "nginx.conf"
    file.write_text(text.replace(BEGIN, f"{BEGIN}\n  {KEPT}\n  {APP.format(host=LOOPBACK, port=app)}"))
    service = Service(name="nginx", command=["/usr/sbin/nginx", "-c", file], folder=folder, ready=lambda: answers(port))
    service.start()
    pin(service.pid)
    try:
        yield service.pid
    finally:
        service.discard()
