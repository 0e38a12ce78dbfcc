"""Whoever follows a page or a comment finds the command, setting, target, file or function that it names."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import click
import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from app.adapters.apply_file.models import AccountTable, ConnectionTable, TenantTable
from app.cli.main import COMMANDS, main
from app.domain.connections.connection import ClientAuth
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.settings import PREFIX, Settings
from app.web.mount import MACHINES
from app.web.sessions.check_answers import PATHS as SESSION_CHECKS
from tests.architecture.reasons_page import PAGE as REASONS
from tests.builders import World

ROOT = Path(__file__).parents[2]
PAGES = (
    *("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/**/*.md"),
    *("Makefile", "Dockerfile", "pyproject.toml", ".ci/*", ".pre-commit-config.yaml", "config/*.*"),
    *("app/**/*.py", "app/**/*.html", "tests/**/*.py"),
)
FOR_PEOPLE = ("README.md", "docs/*.md", "docs/decisions/*.md")
"""Where a bare option or URL is one of the bridge's own."""
LAYERS = "|".join(sorted(path.name for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists()))
CONTEXT = click.Context(main)
GROUPS = "|".join(name for name in COMMANDS if isinstance(main.get_command(CONTEXT, name), click.Group))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

COMMAND = re.compile(rf"(?:(?<![\w/-])sso-bridge(?= [a-z])|(?<=`)(?=(?:{GROUPS}) [a-z]))([^`\n]*)")
SETTING = re.compile(rf"{PREFIX}(?!DEMO_)[A-Z_]*[A-Z]")
"""`make demo` sets those of its own for itself."""
TARGET = re.compile(r"(?:`|^)make ([a-z-]+)(?=`| +#| [A-Z]+=|$)", re.MULTILINE)
FILE = re.compile(rf"(?<![\w/.~-])(?:app|tests|docs|config|{LAYERS})/[\w./*-]*\w|(?<=`)\w+\.py(?=`)")
MODULE = re.compile(r"(?<=-m )(?:app|tests)\.[\w.]*\w")
OPTION = re.compile(r"(?<=`)--[a-z][a-z-]*")
URL = re.compile(r"`(?:(?:GET|POST)(?:\\?\|(?:GET|POST))* )?(/(?!opt/|static/)(?:<[^>`]*>|[^\s`?<])*)[^`]*`")
FUNCTION = re.compile(r"`([\w/]+\.py)`, `(?:\w+\.)*(\w+)(?<!\.py)`")

OTHERS_WORDS = {
    *("at_hash", "c_hash", "id_token", "id_tokens", "code_challenge", "error_description"),
    *("redirect_uri", "request_uri", "response_type", "frontchannel_logout_session_required"),
    *("admin_policy_enforced", "bad_verification_code", "incorrect_client_credentials"),
    *("no_matching_policy", "org_internal", "redirect_uri_mismatch"),
}
"""In remedies: of the protocols, and of providers."""


def named(pattern: re.Pattern[str], pages: Sequence[str] = PAGES) -> Iterator[tuple[str, re.Match[str]]]:
    """Where something is named, and what."""
    for path in sorted(path for page in pages for path in ROOT.glob(page)):
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
        options = {"--help", *options_of(command)}
        if (option := re.match("--[a-z-]+", word.lstrip("["))) and option[0] not in options:
            return option[0]
    return ""


def options_of(command: click.Command) -> Iterator[str]:
    for parameter in command.params:
        yield from (*parameter.opts, *parameter.secondary_opts)


def all_options(command: click.Command = main) -> Iterator[str]:
    yield from options_of(command)
    if isinstance(command, click.Group):
        for name in command.list_commands(CONTEXT):
            inner = command.get_command(CONTEXT, name)
            if inner:
                yield from all_options(inner)


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


def test_every_module_that_is_run_exists() -> None:
    assert [(page, found[0]) for page, found in named(MODULE) if not files(found[0].replace(".", "/") + ".py")] == []


def test_every_option_that_stands_alone_is_one_of_some_command() -> None:
    options = set(all_options())
    assert options >= {"--set-policy", "--override"}
    assert [(page, found[0]) for page, found in named(OPTION, FOR_PEOPLE) if found[0] not in options] == []


def test_every_url_is_a_route(tmp_path: Path) -> None:
    app = World.create(tmp_path).app
    routes = app.url_map.bind("localhost")

    def exists(path: str) -> bool:
        try:
            routes.match(re.sub("<[^>]*>", "some", path))
        except NotFound:
            return path in (*SESSION_CHECKS, *app.extensions[MACHINES].endpoints)
        except (MethodNotAllowed, RequestRedirect):
            return True
        return True

    assert exists("/t/acme/login")
    assert not exists("/t/acme/sign-in")
    assert [(page, found[1]) for page, found in named(URL, FOR_PEOPLE) if not exists(found[1])] == []


def test_every_key_that_a_remedy_names_is_one_of_a_connection_or_a_tenant() -> None:
    keys = {key for table in (ConnectionTable, TenantTable, AccountTable) for key in table.model_fields}
    known = keys | set(ReasonCode) | set(LoginPolicy) | set(ClientAuth) | OTHERS_WORDS
    told = re.sub(r"\{\w+\}", "", REASONS.read_text())
    assert set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", told)) - known == set()


def test_every_function_is_in_the_file_that_is_named_with_it() -> None:
    missing = [
        (page, found[0])
        for page, found in named(FUNCTION)
        if not any(is_in(found[2], path) for path in files(found[1]))
    ]
    assert missing == []
