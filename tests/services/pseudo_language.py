"""A language that no catalog has: whatever is translated is written in letters that no English word has.

What still stands in plain letters on a page has passed no translation. Dates, lists and durations are Greek (CLDR).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from gettext import NullTranslations
from html.parser import HTMLParser

from app.adapters.translations.voice import LocaleVoice
from app.domain.text import ENGLISH, Reader

PSEUDO = "el"
FULL_WIDTH = 0xFEE0
"""From an ASCII letter to the same letter in the width of a Chinese one."""
KEPT = re.compile(r"(%\([a-z0-9_]+\)[sd]|%%|<[^>]*>|&[a-z]+;)")
"""Values, and HTML inside a sentence."""
DATA = {"code", "pre", "bdi", "time", "script", "style", "textarea"}
"""Elements whose words are nobody's sentence: names, values, times that the locale wrote, what somebody typed."""
SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-copied", "content")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
WORD = re.compile(r"(?<![\w@./%-])[A-Za-z][a-z]+(?![\w@/-]|://|\.[a-z])")
"""Addresses, keys and file names are data."""


def foreign(wording: str) -> str:
    """The wording in the letters of this language; its values and tags as they are."""
    parts = KEPT.split(wording)
    return "".join(part if place % 2 else part.translate(_LETTERS) for place, part in enumerate(parts))


class PseudoCatalog(NullTranslations):
    def gettext(self, message: str) -> str:
        return foreign(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return foreign(msgid1 if n == 1 else msgid2)


class PseudoLanguage:
    """Implements the port `Translations`."""

    @property
    def languages(self) -> Sequence[str]:
        return (ENGLISH, PSEUDO)

    def voice(self, reader: Reader) -> LocaleVoice:
        catalog = PseudoCatalog() if reader.language == PSEUDO else NullTranslations()
        return LocaleVoice(reader.language, reader.zone, catalog)


class _Reading(HTMLParser):
    """Collects what a person reads or hears of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._read() and tag not in DATA and not (tag == "meta" and given.get("name") != "description"):
            self.texts += [value for name in SPOKEN if (value := given.get(name))]
        if tag not in VOID:
            self.open.append((tag, tag not in DATA and given.get("lang") in (None, PSEUDO)))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._read():
            self.texts.append(data)

    def _read(self) -> bool:
        return all(read for _, read in self.open)


def untranslated(html: str, *, names: Iterable[str] = ()) -> Iterator[str]:
    """Texts of the page with a word in plain letters that is no name."""
    reading = _Reading()
    reading.feed(html)
    known = {*names}
    for text in reading.texts:
        if set(WORD.findall(text)) - known:
            yield " ".join(text.split())


_LETTERS = {letter: letter + FULL_WIDTH for letter in (*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1))}
