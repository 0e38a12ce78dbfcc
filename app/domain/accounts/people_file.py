"""A CSV file of people, as spreadsheets and directories write them (RFC 4180, and what Excel makes of it)."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.accounts.account import ascii_lower

ROWS_MOST = 50_000
CELL_MOST = 1_000
"""Characters. No field of an account is longer."""
LINE_MOST = 50_000
"""Characters. A longer line is no person, and could have millions of cells."""
_DELIMITERS = (",", ";", "\t")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may calculate (OWASP, "CSV Injection")."""


class Column(StrEnum):
    """What a file can say about a person."""

    USERNAME = "username"
    EMAIL = "email"
    NAME = "name"
    ROLES = "roles"
    EXTERNAL_ID = "external_id"
    STATUS = "status"


_HEADINGS = {
    Column.USERNAME: ("username", "user name", "login", "userprincipalname", "user principal name"),
    Column.EMAIL: ("email", "e-mail", "mail", "email address", "e-mail address", "primary email"),
    Column.NAME: ("name", "display name", "displayname", "full name"),
    Column.ROLES: ("roles", "role"),
    Column.EXTERNAL_ID: ("external_id", "external id", "externalid", "employee id", "employeeid"),
    Column.STATUS: ("status",),
}
_COLUMNS = {heading: column for column, headings in _HEADINGS.items() for heading in headings}


class FileProblem(StrEnum):
    """Why a file cannot be read."""

    EMPTY = "empty"
    NOT_TEXT = "not_text"
    """Neither UTF-8 nor UTF-16 with a byte order mark."""
    NO_COLUMN = "no_column"
    """The first line does not name a column that is needed."""
    COLUMN_TWICE = "column_twice"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_CELLS = "too_many_cells"
    """More cells than columns: probably a delimiter that is not in quotation marks."""
    CELL_TOO_LONG = "cell_too_long"
    BAD_QUOTES = "bad_quotes"


class PeopleFileInvalid(Exception):
    """`line` counts from one, as editors do; 0 for the whole file. `column` is what the problem is about."""

    def __init__(self, problem: FileProblem, *, line: int = 0, column: str = "") -> None:
        super().__init__(problem.value)
        self.problem, self.line, self.column = problem, line, column


@dataclass(frozen=True, slots=True)
class Row:
    """One person: `cells` has the file's known columns only; `line` is where the row begins."""

    line: int
    cells: Mapping[Column, str]


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """`ignored` are headings that mean nothing here."""

    columns: Sequence[Column]
    ignored: Sequence[str]
    rows: Sequence[Row]


def read_people(content: bytes, *, needs: Column) -> PeopleFile:
    """The whole file. Raises PeopleFileInvalid."""
    text = _text(content)
    lines = _cells(text)
    headings = next(lines, None)
    if headings is None:
        raise PeopleFileInvalid(FileProblem.EMPTY)
    places, ignored = _placed(headings[1])
    if needs not in places:
        raise PeopleFileInvalid(FileProblem.NO_COLUMN, line=headings[0], column=needs.value)
    rows = list(_rows(lines, places, width=len(headings[1])))
    return PeopleFile(columns=tuple(places), ignored=ignored, rows=rows)


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet calculates; `read_people` takes the apostrophe off again."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _text(content: bytes) -> str:
    """What Excel writes: UTF-8 with a byte order mark or without, or UTF-16 with one ("Unicode Text")."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PeopleFileInvalid(FileProblem.NOT_TEXT, line=line) from error


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not empty, each with its number."""
    first = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > LINE_MOST:
            raise PeopleFileInvalid(FileProblem.TOO_MANY_CELLS, line=number)
        first = first or line.strip(" ")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        long = "larger than field limit" in str(error)
        problem = FileProblem.CELL_TOO_LONG if long else FileProblem.BAD_QUOTES
        raise PeopleFileInvalid(problem, line=begins) from error


def _placed(headings: Sequence[str]) -> tuple[dict[Column, int], tuple[str, ...]]:
    """Where each column is, and the headings that are ignored."""
    places: dict[Column, int] = {}
    ignored = []
    for place, heading in enumerate(headings):
        column = _COLUMNS.get(ascii_lower(heading.strip()))
        if column is None:
            ignored.append(heading.strip())
        elif column in places:
            raise PeopleFileInvalid(FileProblem.COLUMN_TWICE, line=1, column=column.value)
        else:
            places[column] = place
    return places, tuple(filter(None, ignored))


def _rows(lines: Iterator[tuple[int, list[str]]], places: Mapping[Column, int], *, width: int) -> Iterator[Row]:
    for count, (line, cells) in enumerate(lines, start=1):
        if count > ROWS_MOST:
            raise PeopleFileInvalid(FileProblem.TOO_MANY_ROWS, line=line)
        if any(cell.strip() for cell in cells[width:]):
            raise PeopleFileInvalid(FileProblem.TOO_MANY_CELLS, line=line)
        found = {column: _cell(cells[place]) if place < len(cells) else "" for column, place in places.items()}
        long = [column for column, text in found.items() if len(text) > CELL_MOST]
        if long:
            raise PeopleFileInvalid(FileProblem.CELL_TOO_LONG, line=line, column=long[0].value)
        yield Row(line, found)


def _cell(text: str) -> str:
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
