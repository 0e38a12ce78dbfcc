"""Searches for input that breaks a promise: `python -m tests.fuzz.run SECONDS [TARGET…]`, all targets unless told.

Coverage guides the search. It stops at the first input that it finds and names the file that it has written it to:
`TARGETS[name](file.read_bytes())` fails again. Once fixed, the input belongs among the seeds.
"""

import os
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["app", "http.client", "idna", "joserfc", "json", "urllib.parse"]):
    from tests.fuzz.seeds import SEEDS
    from tests.fuzz.targets import TARGETS

LONGEST = 4096


def search(name: str, seconds: str) -> None:
    """Never returns: the search ends its process, with 0 where it found nothing."""
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    for place, seed in enumerate(SEEDS[name]):
        (folder / str(place)).write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=10", "-rss_limit_mb=1024", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/", str(folder)], TARGETS[name])
    atheris.Fuzz()


def main(seconds: str, *names: str) -> int:
    """One after the other, each in a process of its own: what was made ready above is ready for all of them."""
    for name in names or TARGETS:
        child = os.fork()
        if not child:
            search(name, seconds)
        _, status = os.waitpid(child, 0)
        if status:
            sys.stderr.write(f"{name}: broken, by the input named above\n")
            return 1
        sys.stdout.write(f"{name}: nothing found in {seconds} s\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
