"""What can be wrong with a file, and where: `tenants[0].connections[0].issuer: is required`."""

import json
import re
from collections.abc import Iterable

from app.domain.text import Text
from app.services.apply.reading import DocumentInvalid

Place = tuple[str | int, ...]
"""Keys and positions, from the top of the file."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class ApplyFileInvalid(DocumentInvalid):
    """Problems of an `apply` file."""


def key_path(place: Place) -> str:
    """`tenants[0].authorize_params.resource`."""
    path = ""
    for part in place:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            key = part if _BARE_KEY.fullmatch(part) else json.dumps(part)
            path += f".{key}" if path else key
    return path


def one_of(words: Iterable[str]) -> str:
    first, *more = words
    return (
        Text("must be one of %(value)s", value=", ".join((first, *more)))
        if more
        else Text("must be %(first)s", first=str(first))
    )


def tables(value: object) -> list[dict[str, object]]:
    """The tables in a list; anything else there is a type problem."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
