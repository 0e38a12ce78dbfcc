"""The disk that PostgreSQL stores on runs full (a file system of 160 MB of its own), and gets room again."""

import errno
import subprocess
import time
from pathlib import Path

from tests.drills.stage.row import Row
from tests.drills.stage.stage import Stage, stage
from tests.services.postgres import start_postgres
from tests.services.process import answers, private_folder

PROMISE = "503 with Retry-After or a login, `/readyz` names it; with room again logins within 10 s, no session is lost"
SIZE = "160m"


def run() -> Row:
    folder = private_folder("volume")
    # Needs the right to mount: root, in a container with that capability.
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=777", "drill", str(folder)], check=True)
    try:
        return on_volume(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def on_volume(folder: Path) -> Row:
    with stage(postgres=start_postgres(within=folder)) as here:
        findings, ballast = here.findings, folder / "ballast"
        with here.load() as load:
            load.run_for(1)
            fill(ballast)
            refused = load.refused
            full = load.until(lambda: load.refused > refused + 20, within_s=20)
            findings.say("It took effect." if full else "Logins went on in the room that was left.")
            named = here.ready()
            findings.hold(that="database" in named or not full, otherwise=f"`/readyz` does not name it: {named}")
            load.run_for(2)
            ballast.unlink()
            start_again_if_gone(here)
            began = time.monotonic()
            findings.hold(that=load.more_logins(20), otherwise="nobody can sign in with room again")
            findings.say(f"20 logins {time.monotonic() - began:.1f} s after it had room again.")
        return here.row(load, promise=PROMISE)


def fill(ballast: Path) -> None:
    """Until there is no room for another byte."""
    try:
        with ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(64 * 1024))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def start_again_if_gone(here: Stage) -> None:
    """PostgreSQL ends itself where it cannot write its log; whoever supervises it starts it again."""
    if not answers(here.postgres.port):
        here.findings.say("PostgreSQL had ended itself and was started again.")
        here.postgres.stop()
        here.postgres.start()
