"""What people read keeps a few plain habits, on pages, in mails and on the command line."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
TEMPLATES = sorted(APP.rglob("*.html"))
MODULES = sorted(path for path in APP.rglob("*.py") if "migrations" not in path.parts)

NAMES = re.compile(r"<(h[1-4]|label|button|legend|dt|th|summary)\b(?! class=\"check\")[^>]*>(.*?)</\1>", re.DOTALL)
"""Titles, labels and buttons: they name something. What is ticked may be a whole sentence."""
TRANSLATED = re.compile(r"_\(\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\")")
NAME_MOST = 110

AVOIDED = re.compile(
    r"(?<!Nina )\b(somebody|nobody|everybody|anybody|stands? in|in the way|vouched?|empty-handed|at the latest|"
    r"of theirs|whose it is|all the same|made anew|present (password|settings)|as things stand|born of)\b",
    re.IGNORECASE,
)
"""Words over which a reader stumbles, where the field has plainer ones."""


def translated(html: str) -> list[str]:
    return [single or double for single, double in TRANSLATED.findall(html)]


def messages(module: Path) -> Iterator[str]:
    """Texts of several words in code; docstrings are for whoever reads the code."""
    tree = ast.parse(module.read_text())
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.value


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_titles_labels_and_buttons_are_short_and_have_no_full_stop(template: Path) -> None:
    names = [name for _, inner in NAMES.findall(template.read_text()) for name in translated(inner)]
    assert [name for name in names if name.endswith(".") or len(name) > NAME_MOST] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_pages_use_plain_words(template: Path) -> None:
    assert AVOIDED.findall(re.sub(r"\{#.*?#\}", "", template.read_text(), flags=re.DOTALL)) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(APP).as_posix())
def test_messages_use_plain_words(module: Path) -> None:
    assert [text for text in messages(module) if " " in text and AVOIDED.search(text)] == []
