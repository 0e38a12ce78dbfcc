"""Lists to take away: CSV for spreadsheets, JSON Lines for programs. Streamed, in constant memory."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Without it, Excel reads UTF-8 as the code page of its computer (docs/decisions/0026)."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet calculate a cell, full-width forms included (OWASP, CSV Injection)."""


def csv_download(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """`name` is the file's, without its ending. None is an empty cell."""
    return _download(f"{name}.csv", "text/csv; charset=utf-8", _csv(header, rows))


def json_lines_download(name: str, lines: Iterable[str]) -> Response:
    """Each of the lines is one JSON object."""
    return _download(f"{name}.jsonl", "application/x-ndjson", (f"{line}\n" for line in lines))


def safe_cell(value: object) -> str:
    """As text that no spreadsheet calculates: an apostrophe stands before what would be a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    buffer.write(BOM)
    writer.writerow(header)
    yield _taken(buffer)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _download(filename: str, kind: str, content: Iterable[str]) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
