"""A real server as a child of the test run: its own port, its own folder, ended by its process id."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = "127.0.0.1"
START_SECONDS = 90
STOP_SECONDS = 10


def free_port() -> int:
    """A loopback port that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def private_folder(name: str, *, owner: str | None = None) -> Path:
    """A new folder outside pytest's own, which another account than ours could not enter."""
    folder = Path(tempfile.mkdtemp(prefix=f"sso-bridge-{name}-"))
    if owner:
        account = pwd.getpwnam(owner)
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


@dataclass(kw_only=True)
class Service:
    """`command` in `folder`; `ready` says whether it serves. It can be stopped and started again."""

    name: str
    command: Sequence[str | Path]
    folder: Path
    ready: Callable[[], bool]
    run_as: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Start it where it is not running, and wait until it serves."""
        if self._process:
            return
        log = self.folder / f"{self.name}.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                user=self.run_as,
                group=self.run_as,
                extra_groups=[] if self.run_as else None,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                message = f"{self.name} did not start:\n{log.read_text()[-2000:]}"
                raise RuntimeError(message)
            time.sleep(0.02)

    def stop(self) -> None:
        """End it; its data stay for another start."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(self.stop_signal)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def discard(self) -> None:
        """End it for good."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
