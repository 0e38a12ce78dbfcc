"""Reads a value from a provider's document by a path such as `user.emails.0.value`."""

_LONGEST_INDEX = 6


def at_path(document: object, path: str) -> object:
    """The value at `path`, or None if there is none. Never raises, whatever the document.

    Members with dots in their own name (`https://acme.example/email`) are tried first; the longest name wins.
    """
    parts = path.split(".")
    while parts:
        if isinstance(document, dict):
            taken = next((n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in document), 0)
            if not taken:
                return None
            document = document[".".join(parts[:taken])]
        elif isinstance(document, list):
            index = _index(parts[0])
            if index is None or index >= len(document):
                return None
            taken = 1
            document = document[index]
        else:
            return None
        parts = parts[taken:]
    return document


def _index(part: str) -> int | None:
    return int(part) if part.isascii() and part.isdigit() and len(part) <= _LONGEST_INDEX else None
