"""The primary is killed outright, its replica promoted. The bridge's URL names both, with `target_session_attrs`."""

import os
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.drills.stage.processes import killed
from tests.drills.stage.row import Row
from tests.drills.stage.stage import Stage, stage
from tests.services.postgres import ROLE, PostgresServer, binary, start_postgres
from tests.services.process import LOOPBACK, Service, answers, free_port, private_folder

PROMISE = "Logins within 10 s of the promotion, nothing restarted; with a synchronous replica no session is lost"
OWNER = "postgres" if os.geteuid() == 0 else None


def run() -> Row:
    port, primary = free_port(), start_postgres("synchronous_commit=on")

    def both(url: str) -> str:
        database = urlsplit(url).path
        hosts = f"host={LOOPBACK}:{primary.port}&host={LOOPBACK}:{port}"
        return f"postgresql+psycopg://{ROLE}@{database}?{hosts}&target_session_attrs=read-write"

    with stage(postgres=primary, reached_by=both) as here:
        replica = replica_of(primary, port)
        try:
            return drill(here, replica)
        finally:
            replica.discard()


def drill(here: Stage, replica: Service) -> Row:
    findings = here.findings
    with here.load() as load:
        load.more_logins(50)
        killed(here.postgres.service)
        load.run_for(2)
        began = time.monotonic()
        as_owner("pg_ctl", "promote", "-D", str(replica.folder / "data"))
        findings.hold(that=load.more_logins(20, within_s=60), otherwise="nobody can sign in after the promotion")
        took_s = time.monotonic() - began
        findings.say(f"20 logins {took_s:.1f} s after the promotion.")
        findings.hold(that=took_s < 10, otherwise=f"logins only {took_s:.1f} s after the promotion")
        load.run_for(2)
    return here.row(load, promise=PROMISE)


def replica_of(primary: PostgresServer, port: int) -> Service:
    """A streaming replica that every commit waits for."""
    folder = private_folder("replica", owner=OWNER)
    data = folder / "data"
    as_owner(
        "pg_basebackup", "-D", str(data), "-R", "-X", "stream", "-c", "fast", "--no-sync",
        "-d", f"host={LOOPBACK} port={primary.port} user={ROLE} application_name=replica",
    )  # fmt: skip
    settings = (f"listen_addresses={LOOPBACK}", "unix_socket_directories=", "fsync=off")
    service = Service(
        name="replica",
        command=[
            binary("postgres"), "-D", data, "-p", str(port),
            *(part for setting in settings for part in ("-c", setting)),
        ],
        folder=folder,
        ready=lambda: answers(port),
        run_as=OWNER,
    )  # fmt: skip
    service.start()
    primary._execute("ALTER SYSTEM SET synchronous_standby_names = 'replica'")
    primary._execute("SELECT pg_reload_conf()")
    return service


def as_owner(name: str, *arguments: str) -> None:
    subprocess.run(
        [binary(name), *arguments], check=True, capture_output=True, cwd=Path("/"),
        user=OWNER, group=OWNER, extra_groups=[] if OWNER else None,
    )  # fmt: skip
