"""Searches one target for input that breaks a promise: `python -m tests.fuzz.run TARGET SECONDS`.

Coverage guides the search. What it finds is written beside it (`crash-…`) and stays a failure until it is fixed.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["app", "http.client", "idna", "joserfc", "json", "urllib.parse"]):
    from tests.fuzz.seeds import SEEDS
    from tests.fuzz.targets import TARGETS

LONGEST = 4096


def main(name: str, seconds: str) -> None:
    """Never returns: the search ends the process, with 0 where it found nothing."""
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    for place, seed in enumerate(SEEDS[name]):
        (folder / str(place)).write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=10", "-rss_limit_mb=1024", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/", str(folder)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
