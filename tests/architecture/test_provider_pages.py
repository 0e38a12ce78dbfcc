"""docs/providers.md and the page of each preset say what is true."""

import re
from pathlib import Path

import pytest

from app.adapters.apply_file.models import ConnectionTable, TenantTable
from app.adapters.apply_file.presets import read_presets
from app.adapters.apply_file.read import parse_apply_file
from app.domain.reasons import ReasonCode
from app.web.connections.guides import GUIDES, Value
from tests.architecture.guide_pages import with_part

ROOT = Path(__file__).parents[2]
INDEX = (ROOT / "docs/providers.md").read_text()
REASONS = (ROOT / "docs/reasons.md").read_text()
PRESETS = read_presets(ROOT / "config/providers.toml")
PAGES = {page.stem: page.read_text() for page in ROOT.glob("docs/providers/*.md")}
ROWS = [
    [cell.strip() for cell in row.strip("|").split(" | ")] for row in re.findall(r"^\| \d+ \| .*$", INDEX, re.MULTILINE)
]
TOLD = "Logout and key URLs"
KNOWN = {*ConnectionTable.model_fields, *TenantTable.model_fields, *ReasonCode}


def code_in(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_preset_has_a_page_and_every_page_a_preset() -> None:
    assert set(PAGES) == set(PRESETS)
    assert sorted(re.findall(r"\(providers/([a-z0-9-]+)\.md\)", INDEX)) == sorted(PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_the_file_of_a_page_can_be_applied(name: str) -> None:
    (file,) = re.findall(r"^```toml\n(.*?)^```$", PAGES[name], re.MULTILINE | re.DOTALL)
    environment = {"ACME_CLIENT_SECRET": "the secret of the client"}
    spec = parse_apply_file(
        file.encode(), folder=Path("/"), environment=environment, presets=PRESETS, development=False
    )
    (tenant,) = spec.tenants
    assert tenant.email_domains
    (connection,) = tenant.connections
    assert connection.provider.preset == name
    assert connection.provider.client_id


@pytest.mark.parametrize("name", PRESETS)
def test_a_page_says_what_to_do_there_and_here_and_how_to_look_at_it(name: str) -> None:
    headings = re.findall(r"^## (.+)$", PAGES[name], re.MULTILINE)
    assert headings == ["Set up the provider", "Set up the bridge", "Provider specifics", TOLD, "Common errors"]
    for command in ("sso-bridge tenant show acme", "sso-bridge apply", "sso-bridge doctor acme"):
        assert command in PAGES[name]


@pytest.mark.parametrize("name", PRESETS)
def test_a_page_says_which_addresses_of_ours_the_provider_takes(name: str) -> None:
    """Logout that is never told, and keys that are never fetched, look like faults of the bridge."""
    part = " ".join(PAGES[name].partition(f"## {TOLD}\n")[2].partition("\n## ")[0].lower().split())
    for said in ("jwks url", "logout", "session"):
        assert said in part


def test_keycloaks_page_says_what_silences_its_back_channel() -> None:
    page = " ".join(PAGES["keycloak"].split())
    assert "New clients have **Front channel logout** on" in page
    assert "Sign out all active sessions" in page


@pytest.mark.parametrize("name", PRESETS)
def test_a_page_links_to_reasons_that_there_are(name: str) -> None:
    linked = re.findall(r"\[(\w+)\]\(\.\./reasons\.md#(\w+)\)", PAGES[name])
    assert linked
    assert [code for code, anchor in linked if code != anchor or f"\n## {code}\n" not in REASONS] == []


def test_the_table_leaves_nothing_out() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 31))
    assert {len(row) for row in ROWS} == {4}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_setting_and_check_of_the_table_exists(row: list[str]) -> None:
    named = code_in(row[2])
    assert named
    unknown = [word for word in named if word not in KNOWN and not ("/" in word and (ROOT / word).is_file())]
    assert unknown == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_test_of_the_table_exists(row: list[str]) -> None:
    named = [word.partition("::") for word in code_in(row[3])]
    assert named
    for file, _, test in named:
        assert f"\ndef {test}(" in (ROOT / file).read_text(), f"{file}::{test}"


def test_every_preset_has_a_guide() -> None:
    assert set(GUIDES) == set(PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_the_steps_of_a_page_are_those_that_the_console_shows(name: str) -> None:
    assert with_part(name, PAGES[name]) == PAGES[name], "run: .venv/bin/python -m tests.architecture.guide_pages"


@pytest.mark.parametrize("name", PRESETS)
def test_a_guide_hands_out_the_redirect_uri_once(name: str) -> None:
    values = [value for step in GUIDES[name].steps for value in step.values]
    assert values.count(Value.REDIRECT_URI) == 1
    assert len(values) == len(set(values))


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_optional_in_a_guide_comes_last(name: str) -> None:
    optional = [step.optional for step in GUIDES[name].steps]
    assert optional == sorted(optional)
    assert not all(optional)


@pytest.mark.parametrize("name", PRESETS)
def test_a_guide_is_written_in_the_few_marks_that_a_page_knows(name: str) -> None:
    for text in (GUIDES[name].before, *(step.text for step in GUIDES[name].steps)):
        assert re.findall(r"[*`]", re.sub(r"\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`", "", text)) == []
        assert "%" not in text
        assert text == " ".join(text.split())
