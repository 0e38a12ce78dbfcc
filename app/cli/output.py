"""How results look: Rich on a terminal, plain lines everywhere else, JSON where a script asks for it."""

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
"""Columns of a file or a pipe: what reads it there wants whole lines."""

Cell = str | Text


def show(*parts: RenderableType) -> None:
    """On standard output; elsewhere than on a terminal without the spaces that fill up a table's lines."""
    screen = _console()
    if screen.is_terminal:
        screen.print(*parts, sep="\n")
        return
    with screen.capture() as captured:
        screen.print(*parts, sep="\n")
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _console() -> Console:
    """Made when it is needed: tests, and pipes, put another standard output in place."""
    width = None if sys.stdout.isatty() else UNWRAPPED
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, width=width)


def show_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def columns(*titles: str) -> Table:
    """A table without lines: easy to read, and to cut apart."""
    table = Table(*titles, box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    for column in table.columns:
        column.overflow = "fold"
    return table


def facts(pairs: Iterable[tuple[str, Cell]], *, indent: int = 0) -> RenderableType:
    """Names and values below one another; what is empty is left out."""
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
    """Without anything that moves a terminal's cursor or colours it: names and errors come from strangers."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape", "replace").decode()
        for character in text
    )
