"""Makes a provider's text and values fit for a trace."""

from collections.abc import Collection, Mapping

from app.domain.errors import Detail

LONGEST = 300
"""docs/reference.md, Traces: the provider's text is cut here."""

MOST_NAMES = 100
_EXACT_INT = 2**53


def clean(text: str, *, hide: Collection[str] = ()) -> str:
    """One line of printable text. `hide` are this login's secrets, which a careless provider may repeat."""
    for secret in hide:
        if secret:
            text = text.replace(secret, "…")
    part = text[: LONGEST * 4]
    printable = part if part.isprintable() else "".join(char if char.isprintable() else " " for char in part)
    return printable.strip()[:LONGEST]


def shown(value: object) -> Detail:
    """A provider's JSON value as a detail of a trace: short, and at most a list of strings."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if -_EXACT_INT < value < _EXACT_INT else "a number out of range"
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean(item) if isinstance(item, str) else "not a text" for item in value[:20]]
    return "an object"


def names(claims: Mapping[str, object]) -> list[str]:
    """Which claims came; never their values."""
    return sorted(clean(name) for name in list(claims)[:MOST_NAMES])


def error_words(document: Mapping[str, object], *, hide: Collection[str] = ()) -> dict[str, Detail]:
    """`error` and `error_description` (RFC 6749, sections 4.1.2.1 and 5.2) of a document, as details."""
    words: dict[str, Detail] = {}
    for name in ("error", "error_description"):
        value = document.get(name)
        if value is not None and value != "":
            words[name] = clean(value, hide=hide) if isinstance(value, str) else "not a text"
    return words
