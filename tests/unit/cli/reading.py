"""Small apply files, and reading them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from app.adapters.apply_file.presets import Presets
from app.adapters.apply_file.problems import ApplyFileInvalid
from app.adapters.apply_file.read import parse_apply_file
from app.services.apply.spec import Spec

TENANT = """
[[tenants]]
slug = "acme"
"""
CONNECTION = """
[[tenants]]
slug = "acme"
[[tenants.connections]]
name = "main"
issuer = "https://idp.acme.example"
"""


def read(
    text: str,
    *,
    folder: Path = Path("/nonexistent"),
    development: bool = False,
    presets: Presets | None = None,
    environment: Mapping[str, str] | None = None,
) -> Spec:
    return parse_apply_file(
        text.encode(),
        folder=folder,
        environment=environment or {},
        presets=presets or {},
        development=development,
    )


def problems(text: str, *, development: bool = False, presets: Presets | None = None) -> list[str]:
    with pytest.raises(ApplyFileInvalid) as invalid:
        read(text, development=development, presets=presets)
    return [str(problem) for problem in invalid.value.problems]
