"""Everything that is said to a reader: sentences, dates, durations, numbers. Only this file imports Flask-Babel.

It has no type hints. Which language and time zone a reader has is decided by `choose` (web/readers.py).
"""

import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self
from zoneinfo import ZoneInfo

import flask_babel
from babel.lists import format_list
from flask import Flask, g, has_request_context
from markupsafe import Markup

from app.domain.text import ENGLISH, Moment, Reader, Text, said
from app.ports.translations import Translations, Voice


class _Babel(flask_babel.Babel):  # type: ignore[misc]  # it has no type hints
    """Flask-Babel with our catalogs in the place of its files."""

    def __init__(self, app: Flask, translations: Translations, choose: Callable[[], Reader]) -> None:
        self.translations = translations
        self.choose = choose
        super().__init__(app, locale_selector=lambda: reader().language)


class Shown(str):
    """A time in words. On a page it is a `<time>` with the moment in UTC to hand; anywhere else plain text."""

    __slots__ = ("at",)
    at: float

    def __new__(cls, text: str, at: float) -> Self:
        shown = super().__new__(cls, text)
        shown.at = at
        return shown

    def __html__(self) -> Markup:
        when = datetime.fromtimestamp(self.at, tz=UTC)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            when.strftime("%Y-%m-%dT%H:%M:%SZ"), when.strftime("%Y-%m-%d %H:%M:%S UTC"), str(self)
        )


def mount_translations(app: Flask, translations: Translations, choose: Callable[[], Reader]) -> None:
    _Babel(app, translations, choose)
    app.jinja_env.install_gettext_callables(gettext=_say, ngettext=_say_number, newstyle=True)  # type: ignore[attr-defined]  # of its extension
    app.jinja_env.filters.update(number=number, listed=listed)
    # What a service says reaches a page in the reader's language, wherever a template prints it.
    app.jinja_env.finalize = lambda value: gettext(value) if isinstance(value, Text | Moment) else value


def reader() -> Reader:
    """Who reads the page of this request."""
    if "reader" not in g:
        g.reader = flask_babel.get_babel().instance.choose()
    found: Reader = g.reader
    return found


def wished_language() -> str | None:
    """The tag of the language that this request itself wishes for; None if the page is in the tenant's."""
    found = reader()
    return found.language if g.get("wished") else None


def speak_for(standard: Reader) -> None:
    """From here on, `standard` stands for what the request itself does not say: the tenant's language and time zone."""
    if g.get("standard") != standard:
        g.standard = standard
        g.pop("reader", None)
        flask_babel.refresh()


def gettext(text: str, **values: str) -> str:
    """The text in the page's language; `%(name)s` stands for a value. A `Text` brings its own values."""
    voice = _voice()
    if voice is None:
        return text % values if values else str(text)
    if isinstance(text, Text | Moment):
        return said(text, voice)
    wording = voice.say(text)
    return wording % {name: said(value, voice) for name, value in values.items()} if values else wording


def ngettext(one: str, many: str, num: int, **values: str) -> str:
    """The form for `num`, which `%(num)s` stands for, as the locale writes it."""
    return _say_count(one, many, num) % {"num": number(num), **values}


def language() -> tuple[str, str]:
    """BCP 47 tag and text direction (`ltr`, `rtl`) of the page."""
    locale = flask_babel.get_locale()
    return str(locale or ENGLISH).replace("_", "-"), locale.text_direction if locale else "ltr"


def time_zone() -> tzinfo:
    """The reader's."""
    return ZoneInfo(reader().zone)


def in_reader_zone(at: float, pattern: str) -> str:
    """A moment by a pattern of CLDR (`HH:mm`), in the reader's time zone."""
    when = datetime.fromtimestamp(at, tz=time_zone())
    return str(flask_babel.format_datetime(when, pattern, rebase=False))


def ago(at: float | None, *, now: float) -> str | None:
    """`3 days ago`."""
    if at is None:
        return None
    return Shown(str(flask_babel.format_timedelta(timedelta(seconds=at - now), add_direction=True)), at)


def duration(minutes: int) -> str:
    """`8 hours`, `90 minutes`: exact, in the largest unit that leaves no remainder."""
    unit = next(unit for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)) if minutes % size == 0)
    return str(flask_babel.format_timedelta(timedelta(minutes=minutes), granularity=unit, threshold=sys.maxsize))


def number(value: float) -> str:
    """`12,345` or `12.345`."""
    return str(flask_babel.format_decimal(value))


def listed(items: Iterable[str]) -> str:
    """`email, name and sub`."""
    return format_list(list(items), locale=flask_babel.get_locale() or ENGLISH)


def weekday_moment(at: float) -> str:
    """A day with its name, and a time to the minute: `Monday, 30 November 2026, 08:00 UTC`."""
    voice = _voice()
    return Shown(voice.weekday_moment(at) if voice else Moment(at), at)


def moment(at: float) -> str:
    """A date and a time to the minute, with the time zone: `30 Nov 2026, 08:00 UTC`."""
    voice = _voice()
    return Shown(voice.moment(at) if voice else Moment(at), at)


def zone_at(at: float) -> str:
    """The name of the reader's time zone at that time: `CET`."""
    voice = _voice()
    return voice.zone_at(at) if voice else "UTC"


def _voice() -> Voice | None:
    """None outside of a request: there is no reader."""
    if not has_request_context():
        return None
    if "voice" not in g or g.voice[0] != reader():
        g.voice = (reader(), flask_babel.get_babel().instance.translations.voice(reader()))
    voice: Voice = g.voice[1]
    return voice


def _say(wording: str) -> str:
    voice = _voice()
    return voice.say(wording) if voice else wording


def _say_number(one: str, many: str, num: int) -> str:
    """For templates, whose own `%(num)s` would be written without the locale's separators."""
    return _say_count(one, many, num).replace("%(num)s", number(num))


def _say_count(one: str, many: str, num: int) -> str:
    voice = _voice()
    return voice.say_count(one, many, num) if voice else (one if num == 1 else many)
