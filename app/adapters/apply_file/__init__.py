"""Reads an `apply` file: TOML in; out comes a checked `Spec`, or every problem with the path of its key.

In this order: parse → `env:` and `file:` → presets → types (pydantic) → meaning → Spec. Must not know the stores.
"""
