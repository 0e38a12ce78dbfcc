"""Where in a form a problem belongs that the rules of `apply` files found."""

import re
from collections.abc import Iterable

from app.domain.errors import InvalidInput
from app.web.i18n import gettext

_ABOVE = re.compile(r"^tenants\[0\]\.?(?:connections\[0\]\.?)?")
_NUMBER = re.compile(r"\[(\d+)\]")
_KEY = re.compile(r"[A-Za-z_]+")


def by_field(problems: Iterable[InvalidInput]) -> dict[str, list[str]]:
    """Sentences by the key of the field; under the empty key what is about the whole."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        path = _path(problem)
        key = _KEY.match(path)
        name = key[0] if key else ""
        found.setdefault(name, []).append(_sentence(_inside(path[len(name) :]), problem.problem))
    return found


def about(problem: InvalidInput) -> str:
    """For a page that has no field for it: the key stands in the sentence."""
    return _sentence(_path(problem), problem.problem)


def _inside(rest: str) -> str:
    """Of a field that holds several: which of them, counted as people count."""
    number = _NUMBER.fullmatch(rest)
    return gettext("Number %(n)s", n=str(int(number[1]) + 1)) if number else rest.lstrip(".")


def _sentence(*words: str) -> str:
    text = " ".join(word for word in words if word)
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?")) else ".")


def _path(problem: InvalidInput) -> str:
    return _ABOVE.sub("", problem.path)
