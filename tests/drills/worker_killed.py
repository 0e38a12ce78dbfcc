"""A worker is killed outright (SIGKILL), three times, while people sign in."""

import os
import signal
from functools import partial

from tests.drills.stage.row import Row
from tests.drills.stage.stage import stage
from tests.integration.server import Server

WORKERS = 2
PROMISE = "The other workers go on, a new one takes its place; no session is lost; down less than 2 s"


def run() -> Row:
    with stage(workers=WORKERS) as here:
        server, findings = here.server, here.findings
        with here.load() as load:
            for _ in range(3):
                before = server.workers()
                os.kill(before[0], signal.SIGKILL)
                replaced = load.until(partial(serves_without, server, before[0]), within_s=30)
                findings.hold(that=replaced, otherwise="no worker took its place within 30 s")
                findings.hold(that=load.more_logins(20), otherwise="logins did not go on")
        findings.say("Three workers killed.")
        findings.hold(that=load.down_s() < 2, otherwise=f"down for {load.down_s():.1f} s")
        return here.row(load, promise=PROMISE)


def serves_without(server: Server, gone: int) -> bool:
    """As many workers as before, and each has answered something."""
    answered = server._answered()
    return gone not in answered and len(answered) == WORKERS and all(answered.values())
