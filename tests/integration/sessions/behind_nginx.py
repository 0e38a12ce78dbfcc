"""nginx as docs/forward-auth.md configures it, in front of a running bridge and two apps."""

import http.client
import json
import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from types import ModuleType
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from tests.services.process import LOOPBACK, Service, answers, free_port, private_folder

DOCS = Path(__file__).parents[3] / "docs"
FRAME = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {servers}
}}
"""
OWN_HOST = """
  location / {{
    proxy_pass http://127.0.0.1:{bridge};
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-For $remote_addr;
  }}
"""


def documented() -> str:
    """The `server` in the page."""
    found = re.search(r"```nginx\n(.*?)```", (DOCS / "forward-auth.md").read_text(), re.DOTALL)
    assert found
    return found[1]


def example() -> ModuleType:
    """docs/examples/behind_forward_auth.py."""
    spec = util.spec_from_file_location("behind_forward_auth", DOCS / "examples" / "behind_forward_auth.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def configuration(folder: Path, *, port: int, bridge: int, app: int, hosts: tuple[str, str]) -> str:
    """The page's server for the app's host; and for the bridge's own, with the app under `/wiki/`."""
    own, sibling = hosts
    changed = {
        "listen 443 ssl;": f"listen {LOOPBACK}:{port};",
        "127.0.0.1:8000": f"127.0.0.1:{bridge}",
        "127.0.0.1:9000": f"127.0.0.1:{app}",
        "login.vendor.example": own,
        "wiki.vendor.example": sibling.partition(":")[0],
    }
    beside = documented()
    for old, new in changed.items():
        assert old in beside, old
        beside = beside.replace(old, new)
    under = beside.replace(f"server_name {sibling.partition(':')[0]};", f"server_name {own.partition(':')[0]};")
    under = under.replace("location / {", "location /wiki/ {")
    under = under.rstrip().removesuffix("}") + OWN_HOST.format(bridge=bridge) + "}\n"
    user = "user root;" if os.geteuid() == 0 else ""
    return FRAME.format(folder=folder, user=user, servers=beside + under)


@contextmanager
def nginx(port: int, *, bridge: int, app: int, hosts: tuple[str, str]) -> Iterator[None]:
    folder = private_folder("nginx")
    file = folder / "nginx.conf"
    file.write_text(configuration(folder, port=port, bridge=bridge, app=app, hosts=hosts))
    service = Service(name="nginx", command=["/usr/sbin/nginx", "-c", file], folder=folder, ready=lambda: answers(port))
    service.start()
    try:
        yield
    finally:
        service.discard()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


@contextmanager
def serving(app: WSGIApplication) -> Iterator[int]:
    """Its port."""
    port = free_port()
    with make_server(LOOPBACK, port, app, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield port
        finally:
            server.shutdown()
            thread.join()


def echo(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """What a WSGI app sees of a request."""
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({name: str(value) for name, value in environ.items() if name.startswith("HTTP_")}).encode()]


@dataclass(frozen=True)
class Asker:
    """A program that talks to nginx, under any host name."""

    port: int

    def get(self, host: str, path: str, *, cookies: str = "", **headers: str) -> tuple[int, Mapping[str, str], str]:
        """Status, headers and body. Header names are sent as they are given."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        connection.putrequest("GET", path, skip_host=True)
        for name, value in {"Host": host, "Cookie": cookies, **headers}.items():
            if value:
                connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, dict(answer.getheaders()), body
