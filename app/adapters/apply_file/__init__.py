"""Reads an `apply` file: TOML in; out comes a checked `Spec`, or every problem with the path of its key.

In this order: parse → `env:` and `file:` → presets → types (pydantic) → meaning → Spec. Must not know the stores.
"""

from app.adapters.apply_file.presets import read_presets
from app.adapters.apply_file.problems import ApplyFileInvalid
from app.adapters.apply_file.read import FormReader, parse_apply_file, read_apply_file

__all__ = ["ApplyFileInvalid", "FormReader", "parse_apply_file", "read_apply_file", "read_presets"]
