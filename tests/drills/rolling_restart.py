"""Two instances behind nginx are restarted one after the other, twice, while people sign in through it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.drills.stage.browser import Browser
from tests.drills.stage.load import Load
from tests.drills.stage.row import Row
from tests.drills.stage.stage import Stage, stage
from tests.integration.server import Server
from tests.services.process import LOOPBACK, Service, answers, free_port, private_folder

PROMISE = "Not one login, session or request fails"
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream bridge {{ server {host}:{first} max_fails=0; server {host}:{second} max_fails=0; }}
  server {{
    listen {host}:{port};
    location / {{
      proxy_pass http://bridge;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
    }}
  }}
}}
"""


def run() -> Row:
    port = free_port()
    public = f"http://{LOOPBACK}:{port}"
    with (
        stage(workers=1, SSO_BRIDGE_BASE_URL=public, SSO_BRIDGE_TRUSTED_PROXIES="1") as here,
        second_instance(here) as other,
        nginx(port, here.server, other),
    ):
        findings, instances = here.findings, (here.server, other)
        with Load(public, here.people) as load:
            for server in instances * 2:
                server.restart()
                findings.hold(that=serves(server), otherwise="an instance does not serve after its restart")
                findings.hold(that=load.more_logins(20), otherwise="logins did not go on")
        findings.say("Four restarts.")
        findings.hold(that=not load.refused, otherwise=f"{load.refused} answers of 503")
        findings.hold(that=not load.unconnected, otherwise=f"{load.unconnected} connections failed")
        findings.hold(that=load.down_s() < 2, otherwise=f"down for {load.down_s():.1f} s")
        return here.row(load, promise=PROMISE)


def serves(server: Server) -> bool:
    return Browser(f"http://{LOOPBACK}:{server.port}").ask("/readyz").status == 200


@contextmanager
def second_instance(here: Stage) -> Iterator[Server]:
    """Over the same stores."""
    given = {name: value for name, value in here.server.environment.items() if name.startswith("SSO_BRIDGE_")}
    server = Server.start(
        private_folder("drill"),
        given["SSO_BRIDGE_DATABASE_URL"],
        workers=1,
        **{name: value for name, value in given.items() if name != "SSO_BRIDGE_INSTANCE_DIR"},
    )
    try:
        yield server
    finally:
        server.close()
        server.service.discard()


@contextmanager
def nginx(port: int, first: Server, second: Server) -> Iterator[None]:
    folder = private_folder("nginx")
    file = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    file.write_text(
        NGINX.format(folder=folder, host=LOOPBACK, port=port, first=first.port, second=second.port, user=user)
    )
    service = Service(name="nginx", command=["/usr/sbin/nginx", "-c", file], folder=folder, ready=lambda: answers(port))
    service.start()
    try:
        yield
    finally:
        service.discard()
