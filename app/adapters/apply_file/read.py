"""From bytes to a `Spec`, step by step."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from app.adapters.apply_file.checks import problems_beside_tenants, repetitions
from app.adapters.apply_file.connection_checks import connection_problems
from app.adapters.apply_file.models import ApplyFile, ConnectionTable
from app.adapters.apply_file.plain_words import in_plain_words
from app.adapters.apply_file.presets import Presets, with_presets
from app.adapters.apply_file.problems import ApplyFileInvalid, Place, tables
from app.adapters.apply_file.tenants import TenantReader
from app.adapters.apply_file.to_spec import connection_spec, to_spec
from app.adapters.apply_file.values import Values
from app.domain.errors import InvalidInput
from app.services.apply.reading import CONNECTION
from app.services.apply.spec import ConnectionSpec, Spec, TenantSpec

_ONE_CONNECTION: Place = ("tenants", 0, "connections", 0)
"""Where the first connection of the first tenant stands, as in a file."""


def read_apply_file(path: Path, *, environment: Mapping[str, str], presets: Presets, development: bool) -> Spec:
    """Raises ApplyFileInvalid."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ApplyFileInvalid([InvalidInput(str(path), f"cannot be read: {error.strerror}")]) from error
    return parse_apply_file(raw, folder=path.parent, environment=environment, presets=presets, development=development)


def parse_apply_file(
    raw: bytes, *, folder: Path, environment: Mapping[str, str], presets: Presets, development: bool
) -> Spec:
    """`file:` paths are relative to `folder`. Raises ApplyFileInvalid with every problem."""
    values = Values(folder=folder, environment=environment)
    document = values.resolved(_toml(raw))
    if not isinstance(document, dict):
        raise TypeError("TOML gives a table")
    return spec_of(document, presets=presets, development=development, found=values.problems)


def connection_of(
    document: dict[str, object], *, presets: Presets, development: bool
) -> tuple[ConnectionSpec, Sequence[InvalidInput]]:
    """One connection without its tenant, and what is wrong with its meaning; `document` is consumed.

    Raises ApplyFileInvalid if a type is wrong.
    """
    whole, unfilled = with_presets({"tenants": [{"connections": [document]}]}, presets)
    ((table,),) = (tables(tenant["connections"]) for tenant in tables(whole["tenants"]))
    try:
        known = ConnectionTable.model_validate(table)
    except ValidationError as error:
        raise ApplyFileInvalid(in_plain_words(error, ConnectionTable, above=_ONE_CONNECTION)) from error
    found = {problem.path: problem for problem in unfilled}
    for key, problem in connection_problems(known, development=development):
        path = f"{CONNECTION}.{key}"
        found.setdefault(path, InvalidInput(path, problem))
    return connection_spec(known, CONNECTION), tuple(found.values())


def spec_of(
    document: dict[str, object], *, presets: Presets, development: bool, found: Sequence[InvalidInput] = ()
) -> Spec:
    """`found` holds the problems known so far; `document` is consumed. Raises ApplyFileInvalid.

    Meaning is checked only if all types are right.
    """
    document, unknown_presets = with_presets(document, presets)
    reader = TenantReader(development=development)
    tenants: list[TenantSpec] = []
    unread = document.get("tenants")
    if isinstance(unread, list):
        document["tenants"] = []
        tenants += reader.read(unread)
    wrong = reader.misshapen
    try:
        file = ApplyFile.model_validate(document)
    except ValidationError as error:
        file = ApplyFile()
        wrong += in_plain_words(error, ApplyFile)
    if not wrong:
        beside = problems_beside_tenants(file, development=development)
        wrong = [*reader.senseless, *beside, *repetitions(file, reader.slugs, reader.staff)]
    problems = [*found, *unknown_presets]
    known = {problem.path for problem in problems}
    problems += [problem for problem in wrong if problem.path not in known]
    if problems:
        raise ApplyFileInvalid(problems)
    return to_spec(file, tenants)


def _toml(raw: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(raw.decode())
    except UnicodeDecodeError as error:
        problem = InvalidInput("", f"the file is not UTF-8 text (byte {error.start})")
    except RecursionError:
        problem = InvalidInput("", "the file is not valid TOML: nested too deeply")
    except (tomllib.TOMLDecodeError, ValueError) as error:
        problem = InvalidInput("", f"the file is not valid TOML: {error}")
    raise ApplyFileInvalid([problem])
