"""A provider's words and values, made fit for a trace."""

from collections.abc import Collection, Mapping

from app.domain.errors import Detail

LONGEST = 300
"""docs/reference.md, Traces: the provider's words are cut here."""

MOST_NAMES = 100
_EXACT_INT = 2**53


def clean(text: str, *, hide: Collection[str] = ()) -> str:
    """One line of printable text. `hide` are secrets of this login, which a careless provider may repeat."""
    for secret in hide:
        if secret:
            text = text.replace(secret, "…")
    printable = "".join(char if char.isprintable() else " " for char in text[: LONGEST * 4])
    return printable.strip()[:LONGEST]


def shown(value: object) -> Detail:
    """A JSON value of a provider as a detail of a trace: short, and never more than a list of texts."""
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
    """Which claims came; never what they say."""
    return sorted(clean(name) for name in list(claims)[:MOST_NAMES])


def error_words(document: Mapping[str, object], *, hide: Collection[str] = ()) -> dict[str, Detail]:
    """`error` and `error_description` (RFC 6749, sections 4.1.2.1 and 5.2) of a document, as details."""
    words: dict[str, Detail] = {}
    for name in ("error", "error_description"):
        value = document.get(name)
        if value is not None and value != "":
            words[name] = clean(value, hide=hide) if isinstance(value, str) else "not a text"
    return words
