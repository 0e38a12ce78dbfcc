"""Converts the keys of `[[tenants.connections]]` to the text of their fields, and back."""

import json
from collections.abc import Mapping
from dataclasses import fields

from app.domain.connections.connection import SECRETS, Connection, Provider
from app.domain.errors import InvalidInput
from app.domain.tenants.tenant import Status
from app.domain.text import Text
from app.services.apply.reading import Document

SECRET = "client_secret"
_PEM = ("private_key", "certificate")
_WORDS = (
    "scopes", "signing_algs", "encryption_algs", "trusted_audiences", "acr_values", "prompt_values_supported",
)  # fmt: skip
_DIGITS = 9
"""Of the longest number that is read as one; a longer one is refused like any other text."""
NEW_STATUS = Status.ACTIVE


def present(connection: Connection) -> dict[str, object]:
    """The keys of an existing connection."""
    values = {one.name: getattr(connection.provider, one.name) for one in fields(Provider)}
    stored = {key: getattr(connection, key) is not None for key in SECRETS}
    expires = {"client_secret_expires": connection.client_secret_expires}
    return {**values, **stored, **expires, "status": connection.status}


def stored_mark(base: Mapping[str, object], key: str) -> bool:
    """Whether a secret is stored. Its text is in no form."""
    return base.get(key) is True


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
        if key in SECRETS:
            # A client secret is exactly what was typed, even if that is one space; around PEM, spaces mean nothing.
            if secret := typed if key in _PEM else text:
                found[key] = secret
        elif typed != as_text(base.get(key)).strip():
            found[key] = _value(key, typed)
    return found


def _value(key: str, typed: str) -> object:
    if key in _WORDS:
        return typed.split()
    if key == "required_claims":
        return dict(_claim(line) for line in typed.splitlines() if line.strip()) or None
    if key == "authorize_params":
        return dict(_parameter(line) for line in typed.splitlines() if line.strip()) or None
    if key in ("pkce", "dpop", "provider_logout"):
        return typed == "yes"
    if key == "max_age" and typed.isascii() and typed.isdecimal() and len(typed) <= _DIGITS:
        return int(typed)
    return typed or None


def _parameter(line: str) -> tuple[str, str]:
    """Always text; in quotes where it would look like something else."""
    name, text = _pair("authorize_params", line)
    found = _plain(text)
    return name, found if isinstance(found, str) else text


def _pair(key: str, line: str) -> tuple[str, str]:
    name, equals, text = line.partition("=")
    if not equals:
        raise InvalidInput(key, Text("must have a name, = and a value on each line"))
    return name.strip(), text.strip()


def _claim(line: str) -> tuple[str, object]:
    name, text = _pair("required_claims", line)
    found = _plain(text)
    return name, text if found is None else found


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
