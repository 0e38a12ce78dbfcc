"""PgBouncer in transaction mode between the bridge and PostgreSQL: consecutive statements meet different servers."""

import os
from urllib.parse import urlsplit

from tests.drills.stage.row import Row
from tests.drills.stage.stage import stage
from tests.services.postgres import ROLE, PostgresServer, start_postgres
from tests.services.process import LOOPBACK, Service, answers, free_port, private_folder

PROMISE = "Every login opens a session of the person whose it is; none fails"
LOGINS = 200
SETTINGS = """
[databases]
* = host={host} port={postgres} user={role}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
"""


def run() -> Row:
    postgres = start_postgres()
    pooler, port = pgbouncer(postgres)
    try:
        with stage(postgres=postgres, reached_by=lambda url: through(port, url)) as here:
            with here.load() as load:
                load.more_logins(LOGINS, within_s=60)
            here.findings.say("Four connections to PostgreSQL for two workers.")
            here.findings.hold(that=not load.refused, otherwise=f"{load.refused} answers of 503")
            here.findings.hold(that=len(load.logins) >= LOGINS, otherwise=f"only {len(load.logins)} logins")
            return here.row(load, promise=PROMISE)
    finally:
        pooler.discard()


def through(port: int, url: str) -> str:
    return f"postgresql+psycopg://{ROLE}@{LOOPBACK}:{port}{urlsplit(url).path}"


def pgbouncer(postgres: PostgresServer) -> tuple[Service, int]:
    port, owner = free_port(), "postgres" if os.geteuid() == 0 else None
    folder = private_folder("pgbouncer", owner=owner)
    file = folder / "pgbouncer.ini"
    file.write_text(SETTINGS.format(host=LOOPBACK, postgres=postgres.port, port=port, role=ROLE))
    service = Service(
        name="pgbouncer",
        command=["/usr/sbin/pgbouncer", file],
        folder=folder,
        ready=lambda: answers(port),
        run_as=owner,
    )
    service.start()
    return service, port
