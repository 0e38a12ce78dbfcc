"""A chart of logins by outcome over time, as an SVG that needs no style of its own, and as a table."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from app.domain.reasons import Outcome
from app.domain.tenants.tenant import TenantId
from app.ports.system import Clock
from app.services.traces.login_activity import LoginActivityService
from app.web.consoles.console import NavItem
from app.web.consoles.period import Period, bars
from app.web.i18n import gettext, in_reader_zone, moment, time_zone
from app.web.pages import with_query

STEP, GAP, HEIGHT = 10, 2, 100
"""In units of the drawing, which is stretched to the place there is."""
_STACKED = (Outcome.SIGNED_IN, Outcome.REFUSED, Outcome.FAILED)
"""From the bottom up."""
_TENS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Part:
    """One colour of a bar."""

    outcome: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A period of time, and how many logins ended how."""

    label: str
    x: float
    parts: Sequence[Part]
    counts: Mapping[str, int]
    total: int


@dataclass(frozen=True, slots=True)
class Chart:
    """For `_chart.html`."""

    bars: Sequence[Bar]
    totals: Mapping[str, int]
    top: int
    """The number at the upper edge."""
    periods: Sequence[NavItem]
    missing_since: str | None

    @property
    def total(self) -> int:
        return sum(self.totals.values())

    @property
    def width(self) -> int:
        return STEP * len(self.bars)

    @property
    def axis(self) -> Sequence[str]:
        """What stands below the first bar, the one in the middle, and the last."""
        return [self.bars[at].label for at in (0, len(self.bars) // 2, -1)]


def login_chart(activity: LoginActivityService, clock: Clock, tenant_id: TenantId | None, *, url: str) -> Chart:
    """For the request's `period`; `url` is the page's address without it."""
    period = asked_period()
    now = clock.now()
    begins = bars(period, now, time_zone())
    found = activity.counts(tenant_id, since=begins[0])
    sums = [dict.fromkeys(_STACKED, 0) for _ in begins[:-1]]
    for count in found.counts:
        place = bisect_right(begins, count.begins_at) - 1
        if 0 <= place < len(sums):
            sums[place][count.outcome] += count.logins
    top = _rounded_up(max(sum(one.values()) for one in sums))
    return Chart(
        bars=[_bar(place, begins[place], counts, top, period) for place, counts in enumerate(sums)],
        totals={outcome.value: sum(one[outcome] for one in sums) for outcome in _STACKED},
        top=top,
        periods=[NavItem(_name(one), with_query(url, period=one.value), one is period) for one in Period],
        missing_since=moment(found.missing_since) if found.missing_since is not None else None,
    )


def asked_period() -> Period:
    """Of the request; a day, unless it says otherwise."""
    asked = request.args.get("period", "")
    return Period(asked) if asked in set(Period) else Period.DAY


def _bar(place: int, begins: float, counts: Mapping[Outcome, int], top: int, period: Period) -> Bar:
    parts, y = [], float(HEIGHT)
    for outcome in _STACKED:
        if counts[outcome]:
            height = round(HEIGHT * counts[outcome] / top, 2)
            y = round(y - height, 2)
            parts.append(Part(outcome.value, y, height))
    pattern = {Period.DAY: "HH:mm", Period.WEEK: "EEE, d MMM, HH:mm", Period.MONTH: "d MMM"}[period]
    return Bar(
        label=in_reader_zone(begins, pattern),
        x=place * STEP + GAP / 2,
        parts=parts,
        counts={outcome.value: counts[outcome] for outcome in _STACKED},
        total=sum(counts.values()),
    )


def _rounded_up(most: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 and so on."""
    size = 1
    while True:
        for tens in _TENS:
            if tens * size >= most:
                return tens * size
        size *= 10


def _name(period: Period) -> str:
    return {
        Period.DAY: gettext("24 hours"),
        Period.WEEK: gettext("7 days"),
        Period.MONTH: gettext("30 days"),
    }[period]
