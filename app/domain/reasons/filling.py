"""Fills the details of a trace into a text.

A text has one wording per line, the most specific first; the last one uses no details. The first wording whose
details all exist is used, so that a missing detail costs precision but never leaves a broken sentence.
"""

import re
from collections.abc import Mapping, Sequence

from app.domain.reasons.error_words import error_said
from app.domain.text import Text

LONGEST = 300
"""Characters of a summary, and of any single detail in a text (docs/reference.md, Traces)."""

_NAME = re.compile(r"\{([a-z_]+)\}")


def fill(text: str, details: Mapping[str, object], *, most: int | None = None) -> Text:
    """The most specific wording of `text` for which `details` suffice. None, "" and [] count as missing.

    With `most`, the longest details are clipped until the result fits.
    """
    shown = {name: _shown(value) for name, value in details.items()}
    wordings = text.split("\n")
    wording = next(w for w in wordings if all(shown.get(name) for name in _NAME.findall(w)))
    if most is not None:
        named = _NAME.findall(wording)
        each = _longest_each([len(shown[name]) for name in named], room=most - len(_NAME.sub("", wording)))
        shown = {name: _clipped(shown[name], each) for name in named}
    return Text(template(wording), **{name: _said(name, shown[name]) for name in _NAME.findall(wording)})


def _said(name: str, value: str) -> str:
    """An `error` may be a sentence of ours; the other details are names and values."""
    return error_said(value) if name == "error" else value


def template(wording: str) -> str:
    """The wording as a `Text` and the catalogs have it: `%(expected)s` for `{expected}`."""
    return _NAME.sub(r"%(\1)s", wording.replace("%", "%%")) if _NAME.search(wording) else wording


def _longest_each(lengths: Sequence[int], *, room: int) -> int:
    """How many characters each detail may have: all of them if there is room."""
    return next((most for most in range(LONGEST, 1, -1) if sum(min(one, most) for one in lengths) <= room), 1)


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


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
    text = _clipped(text, LONGEST)
    # Line ends forge log lines, direction marks reorder text, lone surrogates cannot be encoded.
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
