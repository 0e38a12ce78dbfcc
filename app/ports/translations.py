"""What pages and mails need in order to speak a reader's language."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.text import Reader, Speaker


class Voice(Speaker, Protocol):
    """One reader's language and time zone. What has no translation is said in English."""

    def say_count(self, one: str, many: str, count: int) -> str:
        """The form for `count`, with `%(num)s` still in it."""
        ...

    def moment(self, at: float) -> str:
        """A date and a time to the minute in the reader's zone, which it names: `30 Nov 2026, 09:00 CET`."""
        ...

    def weekday_moment(self, at: float) -> str:
        """The same with the day's name: `Monday, 30 November 2026, 09:00 CET`."""
        ...

    def zone_at(self, at: float) -> str:
        """The zone's short name at that time: `CET`, `CEST`, `UTC+05:30`."""
        ...


class Translations(Protocol):
    """All languages."""

    @property
    def languages(self) -> Sequence[str]:
        """Their tags, English first."""
        ...

    def voice(self, reader: Reader) -> Voice:
        """An unknown language is English, an unknown time zone UTC."""
        ...
