"""Whoever follows a page or a comment finds the command, setting, target, file or function that it names."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from app.cli.main import COMMANDS, main
from app.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "Makefile", "docs/**/*.md", "config/*.*", "app/**/*.py")
LAYERS = "|".join(sorted(path.name for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists()))
CONTEXT = click.Context(main)
GROUPS = "|".join(name for name in COMMANDS if isinstance(main.get_command(CONTEXT, name), click.Group))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

COMMAND = re.compile(rf"(?:(?<![\w/-])sso-bridge(?= [a-z])|(?<=`)(?=(?:{GROUPS}) [a-z]))([^`\n]*)")
SETTING = re.compile(rf"{PREFIX}(?!DEMO_)[A-Z_]*[A-Z]")
"""`make demo` sets those of its own for itself."""
TARGET = re.compile(r"(?:`|^)make ([a-z-]+)(?=`| +#| [A-Z]+=|$)", re.MULTILINE)
FILE = re.compile(rf"(?<![\w/.~-])(?:app|tests|docs|config|{LAYERS})/[\w./*-]*\w|(?<=`)\w+\.py(?=`)")
FUNCTION = re.compile(r"`([\w/]+\.py)`, `(?:\w+\.)*(\w+)(?<!\.py)`")


def named(pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """Where something is named, and what."""
    for path in sorted(path for page in PAGES for path in ROOT.glob(page)):
        for found in pattern.finditer(path.read_text()):
            yield str(path.relative_to(ROOT)), found


@cache
def files(name: str) -> list[Path]:
    """What a text may mean: a whole path, the end of one within `app`, a module, a decision by its number."""
    ends = ("", ".py", "-*.md")
    return [path for end in ends for path in (*ROOT.glob(name + end), *(ROOT / "app").rglob(name + end))]


def unknown(line: str) -> str:
    """The first word of a command line that is no command, or no option of its command."""
    command: click.Command = main
    for word in line.split("#", maxsplit=1)[0].split():
        if isinstance(command, click.Group):
            if not re.fullmatch("[a-z][a-z-]*", word):
                break
            called = command.get_command(CONTEXT, word)
            if called is None:
                return word
            command = called
        options = {"--help", *(text for one in command.params for text in (*one.opts, *one.secondary_opts))}
        if (option := re.match("--[a-z-]+", word.lstrip("["))) and option[0] not in options:
            return option[0]
    return ""


def is_in(name: str, path: Path) -> bool:
    """Whether the module defines `name`: a function, a class, a field or a constant."""
    return bool(re.search(rf"^ *(?:(?:async )?def |class )?{name}\b[(:\[]|^{name} =", path.read_text(), re.MULTILINE))


def test_every_command_exists() -> None:
    assert [(page, found[0]) for page, found in named(COMMAND) if unknown(found[1])] == []


@pytest.mark.parametrize(
    "line", ["tenant set-policy acme", "tenant policy acme --because", "doctor acme --all", "sing"]
)
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    assert unknown(line)


def test_every_setting_exists() -> None:
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    assert [(page, found[0]) for page, found in named(SETTING) if found[0] not in settings] == []


def test_every_target_of_make_exists() -> None:
    assert [(page, found[0]) for page, found in named(TARGET) if found[1] not in TARGETS] == []


def test_every_file_exists() -> None:
    assert [(page, found[0]) for page, found in named(FILE) if not files(found[0])] == []


def test_every_function_is_in_the_file_that_is_named_with_it() -> None:
    missing = [
        (page, found[0])
        for page, found in named(FUNCTION)
        if not any(is_in(found[2], path) for path in files(found[1]))
    ]
    assert missing == []
