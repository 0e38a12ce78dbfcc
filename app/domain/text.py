"""Sentences that a person reads, before it is known in which language.

A rule, a service or an adapter says what happened as a `Text`: English, which the command line, logs and JSON print as
they print any string. It remembers its wording and its values, so that a page or a mail can say it to its reader.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ENGLISH = "en"
LANGUAGES = (ENGLISH, "de", "hu", "pl", "ro")
"""What there is a catalog for (adapters/translations)."""
UTC_ZONE = "UTC"
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the tag of a language (BCP 47) and the name of a time zone (IANA)."""

    language: str = ENGLISH
    zone: str = UTC_ZONE


IN_ENGLISH = Reader()


class Text(str):
    """`Text("must have at most %(most)s characters", most="64")`.

    The wording is a literal, so that it can be extracted and translated. A value may be a `Text` or a `Moment` itself.
    Without values, `%` stands for itself.
    """

    __slots__ = ("values", "wording")
    wording: str
    values: dict[str, str]

    def __new__(cls, wording: str, /, **values: str) -> Self:
        text = super().__new__(cls, wording % values if values else wording)
        text.wording = wording
        text.values = values
        return text


class Moment(str):
    """A time in Unix seconds inside a text; as a string `2026-11-30, 08:00 UTC`."""

    __slots__ = ("at",)
    at: float

    def __new__(cls, at: float) -> Self:
        moment = super().__new__(cls, datetime.fromtimestamp(at, tz=UTC).strftime("%Y-%m-%d, %H:%M UTC"))
        moment.at = at
        return moment


class Speaker(Protocol):
    """Knows the words and the forms of one reader's language (ports/translations.py)."""

    def say(self, wording: str) -> str: ...

    def moment(self, at: float) -> str: ...


def is_zone(name: str) -> bool:
    """Whether the time zone database has it."""
    try:
        return bool(_ZONE.fullmatch(name) and ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def said(text: str, by: Speaker) -> str:
    """The text in the reader's language. Any other string is data, and stays as it is."""
    if isinstance(text, Moment):
        return by.moment(text.at)
    if not isinstance(text, Text):
        return text
    wording = by.say(text.wording)
    return wording % {name: said(value, by) for name, value in text.values.items()} if text.values else wording


def read_back(sentence: str, wordings: Iterable[str]) -> Text:
    """A sentence that was stored as English, as the `Text` that it was, if it has one of the wordings.

    Anything else may be a wording as it stands. So may each value.
    """
    for wording in wordings:
        parts = re.split(r"%\(([a-z]+)\)s", wording)
        pattern = "".join(f"(?P<{part}>.+)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
        if found := re.fullmatch(pattern, sentence, re.DOTALL):
            return Text(wording, **{name: Text(value) for name, value in found.groupdict().items()})
    return Text(sentence)


def joined(*parts: str, by: str = "") -> Text:
    """Several texts as one: paragraphs of a mail, blockers in a list."""
    names = [f"part{place}" for place in range(len(parts))]
    return Text(by.join(f"%({name})s" for name in names), **dict(zip(names, parts, strict=True)))
