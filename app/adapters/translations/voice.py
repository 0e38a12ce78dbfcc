"""One language and one time zone: words from a catalog, dates from CLDR through Babel."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton

from app.domain.text import ENGLISH, is_zone

DATE, WEEKDAY = "yMMMd", "yMMMMEEEEd"
"""CLDR skeletons: each language orders and punctuates the parts in its own way."""
_ENGLISH = {DATE: "d MMM y", WEEKDAY: "EEEE, d MMMM y"}
"""Readers of English are everywhere: the day comes first, and the month is a word."""


@dataclass(frozen=True, slots=True)
class LocaleVoice:
    """Implements the port `Voice`."""

    language: str
    zone: str
    catalog: NullTranslations

    def say(self, wording: str) -> str:
        return self.catalog.gettext(wording) if wording else ""

    def say_count(self, one: str, many: str, count: int) -> str:
        return self.catalog.ngettext(one, many, count)

    def moment(self, at: float) -> str:
        return self._written(at, DATE)

    def weekday_moment(self, at: float) -> str:
        return self._written(at, WEEKDAY)

    def zone_at(self, at: float) -> str:
        return zone_name(self._when(at))

    def _written(self, at: float, skeleton: str) -> str:
        when, locale = self._when(at), Locale.parse(self.language)
        if self.language == ENGLISH:
            date = format_date(when, _ENGLISH[skeleton], locale=locale)
        else:
            date = format_skeleton(skeleton, when, tzinfo=when.tzinfo, locale=locale)
        return f"{date}, {when:%H:%M} {zone_name(when)}"

    def _when(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, tz=zone_of(self.zone))


def zone_of(name: str) -> tzinfo:
    """UTC for a name that is not in the time zone database."""
    return ZoneInfo(name) if is_zone(name) else UTC


def zone_name(when: datetime) -> str:
    """`CET`, or the offset where the zone has no name of its own: `UTC-03:00`."""
    name = when.tzname() or ""
    if name.isalpha():
        return name
    offset = when.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"
