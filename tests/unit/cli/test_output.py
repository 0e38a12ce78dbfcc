import pytest

from app.cli.output import columns, facts, plain, show, title


def test_a_strangers_words_cannot_move_the_cursor() -> None:
    assert plain("bob\x1b[2Jé\r\n\u202e") == "bob\\x1b[2Jé\\r\\n\\u202e"


def test_what_a_pipe_gets_has_no_colours_no_wrapping_and_no_spaces_at_the_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = columns("A", "B")
    table.add_row("short", "x" * 200)
    show(title("Heading", beside="of it"), table, facts([("name", "value"), ("empty", "")], indent=2), "[bold]:x:")
    assert capsys.readouterr().out.splitlines() == [
        "Heading  of it",
        "A       B",
        "short   " + "x" * 200,
        "  name   value",
        "[bold]:x:",
    ]
