"""The rules of the house that a machine can hold (docs/decisions and STYLE habits)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
MOST_PARAMETERS = 6
SAYS_NOTHING = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"}
NOT_RUN = re.compile(r"\bpytest\.(mark\.)?(skip|skipif|xfail|importorskip)\b")


def python_files() -> list[Path]:
    found = [path for folder in ("app", "tests") for path in (ROOT / folder).rglob("*.py")]
    assert found
    return found


def test_arrows_point_one_way(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_no_file_is_longer_than_a_person_reads() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in python_files()
        if "migrations" not in path.parts
    }
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in sorted((ROOT / "app").rglob("*.py")):
        if path.parent.parts[-2:] == ("migrations", "versions"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}: {node.name}", node


def test_every_function_fits_a_screen() -> None:
    lengths = {name: (node.end_lineno or node.lineno) - node.lineno + 1 for name, node in functions()}
    assert len(lengths) > 1000
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_no_function_asks_for_more_than_six_things() -> None:
    """A seventh belongs with some of the others in a type of its own: `Actor`, `Visitor`, `SwitchCommand`."""
    asked = {
        name: [parameter for parameter in parameters(node.args) if parameter not in {"self", "cls"}]
        for name, node in functions()
    }
    assert {name: found for name, found in asked.items() if len(found) > MOST_PARAMETERS} == {}


def parameters(asked: ast.arguments) -> list[str]:
    every = [*asked.posonlyargs, *asked.args, *asked.kwonlyargs, asked.vararg, asked.kwarg]
    return [one.arg for one in every if one]


def test_every_name_says_what_is_inside() -> None:
    named = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if SAYS_NOTHING & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    ]
    assert named == []


def test_every_test_runs() -> None:
    left_out = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in python_files()
        if path != Path(__file__) and (found := NOT_RUN.search(path.read_text()))
    ]
    assert left_out == []


def test_a_commit_is_checked_by_what_make_check_runs() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    checks = (ROOT / "Makefile").read_text().partition("\nformat-check:")[2].partition("\n# ")[0]
    tool = r"/(ruff \w+|mypy)"
    assert re.findall(rf"entry: \.venv/bin{tool}", hooks) == re.findall(rf"\$\(BIN\){tool}", checks)
    assert re.findall(r"repo: (.+)", hooks) == ["local"]


def test_a_view_names_the_services_that_it_uses_and_no_others() -> None:
    unused = [
        f"{path.relative_to(ROOT)}: {view.name}.{field.target.id}"
        for path in (ROOT / "app" / "web").rglob("*.py")
        for view in ast.parse(path.read_text()).body
        if isinstance(view, ast.ClassDef) and view.name.endswith(("Views", "Pages"))
        for field in view.body
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and not re.search(rf"\b(self|views)\.{field.target.id}\b", path.read_text())
    ]
    assert unused == []


def test_what_a_process_remembers_for_good_is_no_secret() -> None:
    cached = re.compile(r"^@(?:functools\.)?(?:lru_)?cache\b.*\n(?:@.+\n)*def (\w+)", re.MULTILINE)
    remembered = {name for path in (ROOT / "app").rglob("*.py") for name in cached.findall(path.read_text())}
    # Names of migrations, the public authorities, providers' public keys and our own, statements without the values
    # they are given, the types of a payload's fields, the headers of our tokens.
    known = {"revisions", "shared_context", "_inline", "_public", "compile_statement", "found", "listing"} | {
        "_names",
        "_reader",
        "_object_reader",
        "_header",
    }
    assert remembered == known
