"""Defaults for known providers, from config/providers.toml. Presets are data; the file's own keys override them."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.adapters.apply_file.problems import Place, key_path, tables
from app.domain.errors import InvalidInput
from app.domain.text import Text

Presets = Mapping[str, Mapping[str, object]]


def read_presets(path: Path) -> Presets:
    """One table per name, with the keys of a connection. None if there is no such file."""
    if not path.exists():
        return {}
    presets: Presets = tomllib.loads(path.read_text("utf-8"))
    return presets


def with_presets(document: dict[str, object], presets: Presets) -> tuple[dict[str, object], list[InvalidInput]]:
    """The document with its connections' presets applied, and the problems: unknown presets, and missing values."""
    problems: list[InvalidInput] = []
    for place, tenant in enumerate(tables(document.get("tenants"))):
        for inner, connection in enumerate(tables(tenant.get("connections"))):
            if isinstance(connection.get("preset"), str):
                problems += _filled(connection, presets, ("tenants", place, "connections", inner))
    return document, problems


def _filled(connection: dict[str, object], presets: Presets, place: Place) -> Iterator[InvalidInput]:
    name = str(connection["preset"])
    if name not in presets:
        known = Text("; known presets: %(names)s", names=", ".join(sorted(presets))) if presets else ""
        yield InvalidInput(key_path((*place, "preset")), Text("is not a known preset%(known)s", known=known))
        return
    for key, value in presets[name].items():
        given = connection.get(key, value)
        # The file's claims are added to the preset's, so that naming another claim does not unpin the directory.
        if isinstance(value, Mapping) and isinstance(given, Mapping):
            given = {**value, **given}
        connection[key] = given
        for path in _empty(given, (*place, key)):
            yield InvalidInput(key_path(path), Text("is required for preset %(name)s", name=str(name)))


def _empty(value: object, place: Place) -> Iterator[Place]:
    if value == "":
        yield place
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _empty(inner, (*place, key))
