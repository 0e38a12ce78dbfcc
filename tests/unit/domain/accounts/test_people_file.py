import codecs

import pytest

from app.domain.accounts.people_file import (
    CELL_MOST,
    ROWS_MOST,
    Column,
    FileProblem,
    PeopleFileInvalid,
    read_people,
    safe_cell,
)


def rows(content: bytes) -> list[dict[str, str]]:
    return [
        {column.value: text for column, text in row.cells.items()}
        for row in read_people(content, needs=Column.USERNAME).rows
    ]


def refused(content: bytes) -> tuple[FileProblem, int]:
    with pytest.raises(PeopleFileInvalid) as invalid:
        read_people(content, needs=Column.USERNAME)
    return invalid.value.problem, invalid.value.line


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_separate_by(delimiter: str, end: str) -> None:
    text = end.join(
        [delimiter.join(["Username", "E-mail", "Comment"]), delimiter.join(["bob", "b@a.example", "x"]), ""]
    )
    assert rows(text.encode()) == [{"username": "bob", "email": "b@a.example"}]
    assert read_people(text.encode(), needs=Column.USERNAME).ignored == ("Comment",)


@pytest.mark.parametrize(
    "content",
    [codecs.BOM_UTF8 + "username\nJürgen".encode(), "username\nJürgen".encode("utf-16"), "username\nJürgen".encode()],
    ids=["UTF-8 with a mark", "UTF-16 as Excel's Unicode Text", "UTF-8"],
)
def test_encodings(content: bytes) -> None:
    assert rows(content) == [{"username": "Jürgen"}]


def test_invalid_utf_8_is_refused_by_its_line() -> None:
    assert refused(b"username\nbob\nJ\xfcrgen\n") == (FileProblem.NOT_TEXT, 3)


@pytest.mark.parametrize(
    ("content", "problem", "line"),
    [
        (b"", FileProblem.EMPTY, 0),
        (b"\n\n", FileProblem.EMPTY, 0),
        (b"email\na@b.example", FileProblem.NO_COLUMN, 1),
        (b"username,login\nbob,bob", FileProblem.COLUMN_TWICE, 1),
        (b"username,name\nbob,Miller, Bob", FileProblem.TOO_MANY_CELLS, 2),
        (b'username,name\nbob,"Bob\n', FileProblem.BAD_QUOTES, 2),
        (b"username\nbob\n" + b"," * 1_000_000, FileProblem.TOO_MANY_CELLS, 3),
        (b"username\n" + b"x" * (CELL_MOST + 1), FileProblem.CELL_TOO_LONG, 2),
        (b"username\n" + b"x\n" * (ROWS_MOST + 1), FileProblem.TOO_MANY_ROWS, ROWS_MOST + 2),
    ],
    ids=lambda value: value.value if isinstance(value, FileProblem) else "",
)
def test_what_cannot_be_read_is_named_by_its_line(content: bytes, problem: FileProblem, line: int) -> None:
    assert refused(content) == (problem, line)


def test_a_row_knows_its_line_after_a_quoted_line_break_and_blank_lines() -> None:
    file = read_people(b'username,name\n\nbob,"Bob\nMiller"\n\neve,Eve\n', needs=Column.USERNAME)
    assert [(row.line, row.cells[Column.USERNAME]) for row in file.rows] == [(3, "bob"), (6, "eve")]


def test_missing_cells_at_the_end_are_empty() -> None:
    assert rows(b"username,email,name\nbob\n") == [{"username": "bob", "email": "", "name": ""}]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_formulas_are_made_text_and_read_back(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"
    written = f'username,name\nbob,"{safe_cell(cell)}"\n'
    assert rows(written.encode())[0]["name"] == cell


def test_an_apostrophe_of_a_name_stays() -> None:
    assert rows(b"username,name\nbob,'t Hooft\n")[0]["name"] == "'t Hooft"
