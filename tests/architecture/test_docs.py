"""The pages that people rely on name everything that exists."""

import re
from pathlib import Path

import pytest

from app.domain.reasons import ReasonCode
from app.settings import PREFIX, Settings
from app.web.mount import MACHINES
from tests.architecture.reasons_page import PAGE, page
from tests.builders import World

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
REFERENCE = (ROOT / "docs/reference.md").read_text()


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
@pytest.mark.parametrize("page", [README, REFERENCE], ids=["README", "reference"])
def test_every_setting_is_on_the_pages(name: str, page: str) -> None:
    assert f"{PREFIX}{name.upper()}" in page


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_says_what_it_is_for(name: str) -> None:
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("code", sorted(ReasonCode))
def test_every_reason_is_in_the_reference(code: ReasonCode) -> None:
    assert f"`{code}`" in REFERENCE


def test_every_route_is_in_the_reference(tmp_path: Path) -> None:
    world = World.create(tmp_path)
    routes = {
        re.sub(r"<[^>]*>", "<", rule.rule)
        for rule in world.app.url_map.iter_rules()
        if rule.rule != "/static/<path:filename>"
    } | set(world.app.extensions[MACHINES].endpoints)
    page = re.sub(r"<[^>]*>", "<", REFERENCE)
    assert sorted(route for route in routes if route not in page) == []


def test_every_page_that_is_linked_exists() -> None:
    links = [
        (page, target)
        for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
        for target in re.findall(r"\]\(([^)#]+)", page.read_text())
        if "://" not in target
    ]
    assert [target for page, target in links if not (page.parent / target).exists()] == []


def test_each_example_for_contributors_touches_at_most_eight_files() -> None:
    examples = (ROOT / "CONTRIBUTING.md").read_text().split("\n### ")[1:]
    named = {example.partition("\n")[0]: re.findall(r"(?m)^\| `.*?(?= \|)", example) for example in examples}
    assert named
    assert {title for title, rows in named.items() if not 1 <= "".join(rows).count("`") / 2 <= 8} == set()


def test_the_page_of_reasons_is_what_the_tables_say() -> None:
    assert PAGE.read_text() == page(), "run: .venv/bin/python -m tests.architecture.reasons_page"


def test_every_page_that_the_code_names_exists() -> None:
    named = {
        (path.name, page)
        for path in [*(ROOT / "app").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "pyproject.toml"]
        for page in re.findall(r"\b(?:docs/)?[A-Za-z_/-]+\.md\b", path.read_text())
        if "{" not in page and "*" not in page
    }
    missing = [
        (name, page) for name, page in named if not (ROOT / page).exists() and not list(ROOT.glob(f"docs/**/{page}"))
    ]
    assert sorted(missing) == []
