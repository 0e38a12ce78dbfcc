"""Defaults for providers by name, from config/providers.toml. A preset is data; a key of the file wins over it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from app.cli.apply_file.problems import key_path, tables
from app.domain.errors import InvalidInput

Presets = Mapping[str, Mapping[str, object]]


def read_presets(path: Path) -> Presets:
    """One table for each name, with the keys of a connection. None where there is no such file."""
    if not path.exists():
        return {}
    presets: Presets = tomllib.loads(path.read_text("utf-8"))
    return presets


def with_presets(document: dict[str, object], presets: Presets) -> tuple[dict[str, object], list[InvalidInput]]:
    """The document with what its connections take from presets, and the names that there are not."""
    problems = []
    known = f"; there are {', '.join(sorted(presets))}" if presets else ""
    for place, tenant in enumerate(tables(document.get("tenants"))):
        for inner, connection in enumerate(tables(tenant.get("connections"))):
            name = connection.get("preset")
            if not isinstance(name, str):
                continue
            if name not in presets:
                path = key_path(("tenants", place, "connections", inner, "preset"))
                problems.append(InvalidInput(path, f"there is none of this name{known}"))
                continue
            for key, value in presets[name].items():
                connection.setdefault(key, value)
    return document, problems
