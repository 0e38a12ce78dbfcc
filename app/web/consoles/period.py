"""Days as a reader's calendar has them: what a filter asks for, and the bars of a chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

DAY_LENGTH = len("2026-11-22")


class Period(StrEnum):
    """How far back a chart goes."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included; None: from the first, to the last. `first` and `last` as in a form."""

    first: str = ""
    last: str = ""
    since: float | None = None
    until: float | None = None

    @classmethod
    def asked(cls, values: Mapping[str, str], zone: tzinfo) -> "Days":
        """By the query's `from` and `to`. What is no date does not count."""
        first, last = _day(values.get("from", "")), _day(values.get("to", ""))
        return cls(
            first=first.isoformat() if first else "",
            last=last.isoformat() if last else "",
            since=_midnight(first, zone) if first else None,
            until=_midnight(last + timedelta(days=1), zone) if last else None,
        )


def utc(at: float) -> str:
    """UTC, RFC 3339: for programs."""
    return datetime.fromtimestamp(at, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def today(now: float, zone: tzinfo) -> float:
    """When the reader's day began."""
    return _midnight(datetime.fromtimestamp(now, tz=zone).date(), zone)


def bars(period: Period, now: float, zone: tzinfo) -> Sequence[float]:
    """Where the bars of a chart begin, and at last where it ends: hours, quarters of a day, or days of the reader."""
    local = datetime.fromtimestamp(now, tz=zone)
    if period is Period.DAY:
        end = local.replace(minute=0, second=0, microsecond=0).timestamp() + 3600
        return [end - 3600 * back for back in range(24, -1, -1)]
    if period is Period.WEEK:
        end_day = local.date() + timedelta(days=1)
        hours = [(day, hour) for day in range(-7, 0) for hour in (0, 6, 12, 18)]
        begins = [_at(end_day + timedelta(days=day), hour, zone) for day, hour in hours]
        return [*begins, _at(end_day, 0, zone)]
    tomorrow = local.date() + timedelta(days=1)
    return [_midnight(tomorrow + timedelta(days=day), zone) for day in range(-30, 1)]


def _day(text: str) -> date | None:
    if len(text) != DAY_LENGTH:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # The next day, in any zone, must be a date too.
    return day if date(1971, 1, 1) < day < date(9999, 1, 1) else None


def _midnight(day: date, zone: tzinfo) -> float:
    return _at(day, 0, zone)


def _at(day: date, hour: int, zone: tzinfo) -> float:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC).timestamp()
