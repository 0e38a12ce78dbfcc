"""Translations and dates, by Flask-Babel. Only this file imports it, because it has no type hints."""

import sys
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import flask_babel
from flask import Flask, request

LANGUAGES = ("en",)


def mount_translations(app: Flask) -> None:
    """The browser's language, if we have it."""
    flask_babel.Babel(app, locale_selector=lambda: request.accept_languages.best_match(LANGUAGES, LANGUAGES[0]))


def gettext(text: str, **values: str) -> str:
    """The text in the page's language; `%(name)s` stands for a value."""
    return str(flask_babel.gettext(text, **values))


def language() -> tuple[str, str]:
    """BCP 47 tag and text direction (`ltr`, `rtl`) of the page."""
    locale = flask_babel.get_locale()
    return str(locale or LANGUAGES[0]).replace("_", "-"), locale.text_direction if locale else "ltr"


def time_zone() -> tzinfo:
    """The reader's."""
    # By its name: what Flask-Babel gives may be a time zone of pytz, which `datetime` misunderstands.
    return ZoneInfo(str(flask_babel.get_timezone()))


def in_reader_zone(at: float, pattern: str) -> str:
    """A moment by a pattern of CLDR (`HH:mm`), in the reader's time zone."""
    return str(flask_babel.format_datetime(datetime.fromtimestamp(at, tz=UTC), pattern))


def ago(at: float | None, *, now: float) -> str | None:
    """`3 days ago`."""
    if at is None:
        return None
    return str(flask_babel.format_timedelta(timedelta(seconds=at - now), add_direction=True))


def duration(minutes: int) -> str:
    """`8 hours`, `90 minutes`: exact, in the largest unit that leaves no remainder."""
    unit = next(unit for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)) if minutes % size == 0)
    return str(flask_babel.format_timedelta(timedelta(minutes=minutes), granularity=unit, threshold=sys.maxsize))


def weekday_moment(at: float) -> str:
    """A day with its name, and a time to the minute: `Monday, 30 November 2026, 08:00 UTC`."""
    when = datetime.fromtimestamp(at, tz=UTC)
    date = flask_babel.format_date(when, "EEEE, d MMMM y", rebase=False)
    time = flask_babel.format_time(when, "HH:mm", rebase=False)
    return gettext("%(date)s, %(time)s UTC", date=str(date), time=str(time))


def moment(at: float) -> str:
    """A date and a time to the minute, with the time zone: `30 Nov 2026, 08:00 UTC`."""
    when = datetime.fromtimestamp(at, tz=UTC)
    date = flask_babel.format_date(when, "d MMM y", rebase=False)
    time = flask_babel.format_time(when, "HH:mm", rebase=False)
    return gettext("%(date)s, %(time)s UTC", date=str(date), time=str(time))
