"""Applications that share what does not differ between them: the tests make more than two thousand.

Of the CPU of a World, most went into what the one before it had made just so: rules and builders of URLs
and compiled templates. Processes that tests start (`sso-bridge serve`) have none of this.
"""

from collections.abc import Callable, Hashable
from functools import cache
from types import MethodType
from typing import Any, ClassVar

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class SharedRule(Rule):
    """Compiled for the first application that has it; each of its two URL builders only when it is used."""

    _first: ClassVar[dict[Hashable, "SharedRule"]] = {}
    _builders: dict[bool, Builder]

    def compile(self) -> None:
        decides = (self.rule, self.subdomain, self.host, self.merge_slashes)
        converters, defaults = frozenset(self.map.converters.items()), frozenset((self.defaults or {}).items())
        first = self._first.setdefault((decides, converters, defaults), self)
        if first is self:
            self._builders = {}
            super().compile()
            return
        self._parts, self._trace, self._converters = first._parts, first._trace, first._converters
        self.arguments = first.arguments
        self._build = MethodType(first._builders[False], self)
        self._build_unknown = MethodType(first._builders[True], self)

    def _compile_builder(self, append_unknown: bool = True) -> Builder:  # noqa: FBT001, FBT002 - werkzeug's shape
        compiled = cache(super()._compile_builder)

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled(append_unknown)(rule, **values)

        self._builders[append_unknown] = build
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
    Flask.url_rule_class = SharedRule
    Flask.jinja_options = {"bytecode_cache": SharedTemplates()}
