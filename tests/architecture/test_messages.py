"""What people read is complete in every language: see docs/translating.md."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from app.domain.text import LANGUAGES
from tests.architecture.messages import APP, current, stored, template, untranslated

TRANSLATED = LANGUAGES[1:]
PLACEHOLDER = re.compile(r"%\([a-z0-9_]+\)s|%\(num\)d|<[^>]+>")
"""A value, or a tag of HTML around one."""
NOT_LITERAL = re.compile(r"\b_\(\s*[^'\"\s]")


def strings(message: Message) -> list[str]:
    found = message.string if isinstance(message.string, tuple | list) else [message.string]
    return [str(one) for one in found if one]


@pytest.fixture(scope="module")
def every_sentence() -> Catalog:
    return template()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(every_sentence: Catalog, language: str) -> None:
    """Run `make messages`, and translate what it lists."""
    assert untranslated(current(language, every_sentence)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_form_of_a_plural_says_its_number_but_that_for_one(language: str) -> None:
    last = [strings(message)[-1] for message in stored(language) if isinstance(message.id, tuple | list)]
    assert [form for form in last if "%(num)" not in form] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_every_placeholder(language: str) -> None:
    wrong = [
        (message.id, string)
        for message in stored(language)
        if isinstance(message.id, str) and message.id
        for string in strings(message)
        if Counter(PLACEHOLDER.findall(string)) != Counter(PLACEHOLDER.findall(message.id))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_a_guess(language: str) -> None:
    assert [message.id for message in stored(language) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("template", sorted(APP.rglob("*.html")), ids=lambda path: path.name)
def test_a_template_translates_literals_only(template: Path) -> None:
    """Jinja marks what `_` returns as safe HTML."""
    assert NOT_LITERAL.findall(template.read_text()) == []


@pytest.mark.parametrize("name", ["Text", "gettext", "N_"])
def test_a_wording_is_never_an_f_string(name: str) -> None:
    """It could not be extracted, and its values would be part of what is looked up."""
    found = []
    for path in APP.rglob("*.py"):
        if APP / "cli" in path.parents:  # in English; `Text` is of rich there
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
            if called and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.JoinedStr):
                found.append((path.name, node.lineno))
    assert found == []
