"""What stands in the tests is used there: nobody reads, or keeps alive, what no test needs."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
ASKED_BY_NAME = re.compile(r"test_|pytest_|Test|__|do_[A-Z]")
"""Names that pytest, a decorator or the standard library look for."""
WORD = re.compile(r"\w+")


def sources() -> dict[Path, str]:
    return {
        path: path.read_text()
        for path in sorted(TESTS.rglob("*.py"))
        if not {"bench", "vendor"} & set(path.relative_to(TESTS).parts)
    }


def made(source: str) -> Iterator[str]:
    """Functions, classes and their methods that somebody has to name. A base class may call what overrides its own."""
    for node in ast.parse(source).body:
        inner = node.body if isinstance(node, ast.ClassDef) and not node.bases else []
        for one in (node, *inner):
            if isinstance(one, ast.ClassDef) or (isinstance(one, ast.FunctionDef) and not one.decorator_list):
                yield one.name


def test_everything_that_tests_share_is_used_somewhere() -> None:
    texts = sources()
    app = "\n".join(path.read_text() for path in sorted((TESTS.parent / "app").rglob("*.py")))
    named = Counter(word for text in texts.values() for word in WORD.findall(text))
    fakes = set(WORD.findall(app))  # a fake has the methods that app calls
    unused = {
        f"{path.relative_to(TESTS)}: {name}"
        for path, text in texts.items()
        for name in made(text)
        if named[name] == 1 and name not in fakes and not ASKED_BY_NAME.match(name)
    }
    assert unused == set()
