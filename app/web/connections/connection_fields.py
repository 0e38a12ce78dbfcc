"""Converts the keys of `[[tenants.connections]]` to the text of their fields, and back."""

import json
from collections.abc import Mapping
from dataclasses import fields

from app.domain.connections.connection import Connection, Provider
from app.domain.errors import InvalidInput
from app.domain.tenants.tenant import Status
from app.domain.text import Text
from app.services.apply.reading import Document

SECRET = "client_secret"
NEW_STATUS = Status.ACTIVE


def present(connection: Connection) -> dict[str, object]:
    """The keys of an existing connection."""
    values = {one.name: getattr(connection.provider, one.name) for one in fields(Provider)}
    return {**values, "client_secret_expires": connection.client_secret_expires, "status": connection.status}


def blank(preset: Document) -> dict[str, object]:
    """The keys of a new connection: those of its preset, and defaults for the others."""
    values = {one.name: getattr(Provider(), one.name) for one in fields(Provider)}
    return {**values, "status": NEW_STATUS, **preset}


def as_text(value: object) -> str:
    """The value as its field shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " ".join(str(word) for word in value)
    if isinstance(value, Mapping):
        return "\n".join(f"{name} = {_claim_text(claim)}" for name, claim in value.items())
    return str(value)


def changes(entered: Mapping[str, str], base: Mapping[str, object]) -> dict[str, object]:
    """The keys that were changed in the form; a field that still shows the old text is unchanged.

    Raises InvalidInput.
    """
    found: dict[str, object] = {}
    for key, text in entered.items():
        typed = text.replace("\r\n", "\n").strip()
        if key == SECRET:
            if text:
                found[key] = text
        elif typed != as_text(base.get(key)).strip():
            found[key] = _value(key, typed)
    return found


def _value(key: str, typed: str) -> object:
    if key in ("scopes", "signing_algs", "encryption_algs", "trusted_audiences"):
        return typed.split()
    if key == "required_claims":
        return dict(_claim(line) for line in typed.splitlines() if line.strip()) or None
    if key in ("pkce", "dpop", "provider_logout"):
        return typed == "yes"
    return typed or None


def _claim(line: str) -> tuple[str, object]:
    name, equals, text = line.partition("=")
    if not equals:
        raise InvalidInput("required_claims", Text("must have a name, = and a value on each line"))
    text = text.strip()
    found = _plain(text)
    return name.strip(), text if found is None else found


def _claim_text(value: object) -> str:
    if isinstance(value, str) and _plain(value) is None:
        return value
    return json.dumps(value)


def _plain(text: str) -> str | int | bool | None:
    """Parses JSON for a string, a whole number, true or false; None if the text is none of these."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, str | int | bool) else None
