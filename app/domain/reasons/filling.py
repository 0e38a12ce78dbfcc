"""Puts the details of a trace into a text.

A text has one wording per line, the most specific first; the last names no detail. The first one whose
details are all there is taken, so a missing detail costs precision, never a readable sentence.
"""

import re
from collections.abc import Mapping

LONGEST = 300
"""Characters of one detail that are shown (docs/reference.md, Traces)."""

_NAME = re.compile(r"\{([a-z_]+)\}")


def fill(text: str, details: Mapping[str, object]) -> str:
    """The most specific wording of `text` that `details` suffice for. None, "" and [] count as missing."""
    shown = {name: _shown(value) for name, value in details.items()}
    wordings = text.split("\n")
    wording = next(w for w in wordings if all(shown.get(name) for name in _NAME.findall(w)))
    # One pass with a function: a provider's value that looks like a wording or a group stays what it is.
    return _NAME.sub(lambda match: shown[match[1]], wording)


def _shown(value: object) -> str:
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case float():
            text = str(round(value, 1))
        case list() | tuple():
            text = ", ".join(str(item) for item in value)
        case _:
            text = str(value)
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    # Line ends forge a log, direction marks turn text around, lone surrogates cannot be encoded.
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
