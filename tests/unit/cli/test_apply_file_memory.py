import tomllib
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from app.adapters.apply_file.read import parse_apply_file

TENANTS = 300
FILE = "".join(
    f"""
[[tenants]]
slug = "tenant-{tenant}"
email_domains = ["t{tenant}.example"]
"""
    + "".join(
        f"""
[[tenants.accounts]]
username = "agent{account}"
email = "agent{account}@t{tenant}.example"
"""
        for account in range(10)
    )
    for tenant in range(TENANTS)
)


def most_memory(act: Callable[[], object]) -> int:
    """In bytes, while it runs; what it gives back is kept until the end."""
    act()  # what is loaded or compiled once does not count
    tracemalloc.start()
    try:
        _kept = act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_large_file_is_not_in_memory_twice() -> None:
    """The document as TOML gives it is the floor; checking it and making a spec of it adds little to that."""
    floor = most_memory(lambda: tomllib.loads(FILE))
    whole = most_memory(
        lambda: parse_apply_file(FILE.encode(), folder=Path(), environment={}, presets={}, development=True)
    )
    assert whole < 1.5 * floor
