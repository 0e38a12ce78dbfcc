"""Reads an `apply` file: TOML in, a checked `Spec` out, or every problem with the path of its key.

In this order: parse → `env:` and `file:` → presets → shape (pydantic) → sense → Spec. Must not know the stores.
"""

from app.cli.apply_file.problems import ApplyFileInvalid
from app.cli.apply_file.read import parse_apply_file, read_apply_file

__all__ = ["ApplyFileInvalid", "parse_apply_file", "read_apply_file"]
