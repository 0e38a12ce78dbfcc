"""Applications that share what does not differ between them: the tests make more than two thousand.

Of the CPU of a World, most went into what the one before it had made just so: builders of URLs that nobody asks for
and compiled templates. Processes that tests start (`sso-bridge serve`) have none of this.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LazyRule(Rule):
    """Its two URL builders are compiled when they are first used."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:  # noqa: FBT001, FBT002 - werkzeug's shape
        compiled = cache(super()._compile_builder)

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled(append_unknown)(rule, **values)

        return build


class SharedTemplates(BytecodeCache):
    """In memory. Whether a template has changed since, Jinja sees by its source."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


def quicken() -> None:
    """Every application that this process makes from now on."""
    Flask.url_rule_class = LazyRule
    Flask.jinja_options = {"bytecode_cache": SharedTemplates()}
