"""The figures as a picture: bars of CPU milliseconds, each group by a measure of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

ROW, BAR, LEFT, WIDTH, RIGHT, HEAD, FOOT = 28, 16, 470, 960, 110, 44, 44
STYLE = """
text { fill: #1f2430; font: 14px system-ui, sans-serif }
.ground { fill: #ffffff; stroke: #d5d8e0 }
.head { font-weight: 600 }
.note { fill: #5b6070; font-size: 12px }
.own { fill: #3f51b5 }
.stores { fill: #9fa8da }
.yardstick { fill: #78909c }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e8ef }
  .ground { fill: #161922; stroke: #343a4a }
  .note { fill: #a4aabb }
  .own { fill: #8c9eff }
  .stores { fill: #4a5591 }
  .yardstick { fill: #90a4ae }
}
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """CPU milliseconds. A yardstick has another colour."""

    title: str
    own_ms: float
    stores_ms: float
    is_yardstick: bool = False


def drawn(groups: Sequence[tuple[str, Sequence[Bar]]]) -> str:
    """SVG, to be read in light and in dark."""
    parts, top = [], 8
    for name, bars in groups:
        parts.append(f'<text class="head" x="16" y="{top + 26}">{escape(name)}</text>')
        top += HEAD
        most = max(bar.own_ms + bar.stores_ms for bar in bars)
        for bar in bars:
            parts.append(_bar(bar, top, (WIDTH - LEFT - RIGHT) / most))
            top += ROW
    height = top + FOOT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="CPU milliseconds of each scenario"><style>{STYLE}</style>'
        f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>{"".join(parts)}'
        f'<text class="note" x="16" y="{height - 16}">CPU milliseconds for one, medians; after the “+”: the stores'
        " (and nginx); grey: the naive Flask app. Each group has its own scale.</text></svg>\n"
    )


def _bar(bar: Bar, top: float, scale: float) -> str:
    own, stores, middle = bar.own_ms * scale, bar.stores_ms * scale, top + BAR - 3
    kind = "yardstick" if bar.is_yardstick else "own"
    beside = f" + {bar.stores_ms:.2f}" if bar.stores_ms >= 0.005 else ""
    return (
        f'<text x="{LEFT - 10}" y="{middle}" text-anchor="end">{escape(bar.title)}</text>'
        f'<rect class="{kind}" x="{LEFT}" y="{top}" width="{own:.1f}" height="{BAR}"/>'
        f'<rect class="stores" x="{LEFT + own:.1f}" y="{top}" width="{stores:.1f}" height="{BAR}"/>'
        f'<text x="{LEFT + own + stores + 8:.1f}" y="{middle}">{bar.own_ms:.2f}{beside}</text>'
    )
