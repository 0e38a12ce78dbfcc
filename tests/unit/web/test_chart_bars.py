"""The bars of the chart of logins are hours and days of the reader, in every time zone and when clocks change."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app.web.consoles.period import Period, bars, today

BERLIN, KOLKATA, CHATHAM, LORD_HOWE = map(
    ZoneInfo, ("Europe/Berlin", "Asia/Kolkata", "Pacific/Chatham", "Australia/Lord_Howe")
)
NOON = datetime(2026, 11, 22, 12, 10, tzinfo=UTC).timestamp()
SPRING = datetime(2026, 3, 29, 12, 10, tzinfo=UTC).timestamp()
AUTUMN = datetime(2026, 10, 25, 12, 10, tzinfo=UTC).timestamp()


def local(at: float, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at, tz=zone)


@pytest.mark.parametrize("zone", [ZoneInfo("UTC"), BERLIN, KOLKATA, CHATHAM, LORD_HOWE])
@pytest.mark.parametrize("now", [NOON, SPRING, AUTUMN])
def test_hours_begin_on_the_readers_clock(zone: ZoneInfo, now: float) -> None:
    begins = bars(Period.DAY, now, zone)
    assert len(begins) == 25
    assert begins[-2] <= now < begins[-1]
    assert {later - earlier for earlier, later in pairwise(begins)} == {3600}
    assert local(begins[-2], zone).minute == 0


@pytest.mark.parametrize("zone", [BERLIN, KOLKATA, CHATHAM, LORD_HOWE])
@pytest.mark.parametrize("now", [NOON, SPRING, AUTUMN])
@pytest.mark.parametrize("period", [Period.WEEK, Period.MONTH])
def test_days_begin_at_the_readers_midnight(zone: ZoneInfo, now: float, period: Period) -> None:
    begins = bars(period, now, zone)
    assert begins[0] < now < begins[-1]
    assert [*begins] == sorted(set(begins))
    days = begins[::4] if period is Period.WEEK else begins
    assert {(local(at, zone).hour, local(at, zone).minute) for at in days} == {(0, 0)}
    assert len({local(at, zone).date() for at in days}) == len(days)


@pytest.mark.parametrize(("now", "hours"), [(SPRING, 23), (AUTUMN, 25), (NOON, 24)])
def test_the_day_on_which_clocks_change_is_shorter_or_longer(now: float, hours: int) -> None:
    *_, began, ends = bars(Period.MONTH, now, BERLIN)
    assert ends - began == hours * 3600
    assert today(now, BERLIN) == began


def test_a_zone_half_an_hour_off_begins_its_day_there() -> None:
    assert local(today(NOON, KOLKATA), KOLKATA).isoformat() == "2026-11-22T00:00:00+05:30"
