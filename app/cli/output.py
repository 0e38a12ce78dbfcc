"""Output: Rich on a terminal, plain lines elsewhere, JSON where a script asks for it."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

import click
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

UNWRAPPED = 10_000
"""The width of a file or a pipe, whose reader wants unwrapped lines."""

Cell = str | Text


def show(*parts: RenderableType) -> None:
    """Prints to standard output; if that is not a terminal, without the padding of table rows."""
    screen = _console()
    if screen.is_terminal:
        screen.print(*parts, sep="\n")
        return
    with screen.capture() as captured:
        screen.print(*parts, sep="\n")
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _console() -> Console:
    """Created on demand, because tests and pipes replace standard output."""
    width = None if sys.stdout.isatty() else UNWRAPPED
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, width=width)


def show_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def columns(*titles: str) -> Table:
    """A table without lines: easy to read, and to split."""
    table = Table(*titles, box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    for column in table.columns:
        column.overflow = "fold"
    return table


def facts(pairs: Iterable[tuple[str, Cell]], *, indent: int = 0) -> RenderableType:
    """Names and values, one per line; empty ones are left out."""
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        if value:
            table.add_row(name, plain(value) if isinstance(value, str) else value)
    return Padding(table, (0, 0, 0, indent), expand=False)


def title(text: str, *, beside: str = "") -> Text:
    line = Text(plain(text), style="bold")
    return line.append(f"  {plain(beside)}", style="not bold dim") if beside else line


def when(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def plain(text: str) -> str:
    """Without control sequences that move a terminal's cursor or colour it: names and errors come from strangers."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape", "replace").decode()
        for character in text
    )
