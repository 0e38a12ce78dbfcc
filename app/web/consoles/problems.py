"""Assigns problems found by the rules of `apply` files to the fields of a form."""

import re

from app.domain.errors import InvalidInput
from app.domain.text import Text
from app.web.i18n import gettext

_ABOVE = re.compile(r"^tenants\[0\]\.?(?:connections\[0\]\.?)?")
_NUMBER = re.compile(r"\[(\d+)\]")
_KEY = re.compile(r"[A-Za-z_]+")


def key_of(problem: InvalidInput) -> str:
    """The field's key; empty for the whole form."""
    key = _KEY.match(_path(problem))
    return key[0] if key else ""


def sentence_of(problem: InvalidInput) -> str:
    """The text beside its field."""
    return sentence(_inside(_path(problem)[len(key_of(problem)) :]), problem.problem)


def about(problem: InvalidInput) -> str:
    """For a page without a field for it: the sentence names the key."""
    return sentence(_path(problem), problem.problem)


def _inside(rest: str) -> str:
    """Which value of a field with several: counted from one, or by its name as it was typed."""
    number = _NUMBER.fullmatch(rest)
    if number:
        return gettext("Number %(n)s", n=str(int(number[1]) + 1))
    name = rest.lstrip(".")
    return f"“{name}”" if name else ""


def sentence(*words: str) -> str:
    """A rule's words, in the reader's language, as a sentence of their own."""
    text = " ".join(gettext(word) if isinstance(word, Text) else word for word in words if word)
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?")) else ".")


def _path(problem: InvalidInput) -> str:
    return _ABOVE.sub("", problem.path)
