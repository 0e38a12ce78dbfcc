"""The server's main process is killed outright: nobody is there to end its workers; then it is started again."""

import os
import shutil
import signal
import time
from pathlib import Path

from tests.drills.stage.processes import exists, pid_of, within
from tests.drills.stage.row import Row
from tests.drills.stage.stage import stage
from tests.services.process import answers, private_folder

PROMISE = (
    "The workers end by themselves within 5 s; started again, it serves; no session is lost, no file is left behind"
)


def run() -> Row:
    temporary = private_folder("temporary")
    with stage() as here:
        server, findings = here.server, here.findings
        del server.environment["PROMETHEUS_MULTIPROC_DIR"]
        server.restart(TMPDIR=str(temporary))
        with here.load() as load:
            workers, began = server.workers(), time.monotonic()
            os.kill(pid_of(server.service), signal.SIGKILL)
            ended = within(5, lambda: not any(exists(pid) for pid in workers) and not answers(server.port))
            findings.hold(that=ended, otherwise="workers go on without their parent after 5 s")
            findings.say(f"Workers gone after {time.monotonic() - began:.1f} s.")
            server.restart()
            findings.hold(that=load.more_logins(20), otherwise="nobody can sign in after the new start")
        folders = left_behind(temporary)
        findings.hold(that=len(folders) <= 1, otherwise=f"{len(folders) - 1} folder of metrics left behind")
        row = here.row(load, promise=PROMISE)
    shutil.rmtree(temporary, ignore_errors=True)
    return row


def left_behind(temporary: Path) -> list[Path]:
    """Folders of the server; one belongs to the one that runs."""
    return list(temporary.glob("sso-bridge-*"))
