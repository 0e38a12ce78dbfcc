"""Turns a document with the keys of an `apply` file, not checked yet, into a `Spec`."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.errors import InvalidInput, Refused
from app.services.apply.spec import ConnectionSpec, Spec

CONNECTION = "tenants[0].connections[0]"
"""The path of the first connection of the first tenant."""

Document = Mapping[str, object]
"""Tables, lists and plain values, as TOML has them."""


class DocumentInvalid(Refused):
    """The document cannot be applied. Each problem has a path (`tenants[0].connections[0].issuer`) and a text."""

    def __init__(self, problems: Sequence[InvalidInput]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def key_of(problem: InvalidInput) -> str:
    """The key of a connection that a problem of `DocumentReader.connection` is about."""
    found = re.match(r"\w+", problem.path.removeprefix(f"{CONNECTION}."), re.ASCII)
    return found[0] if found else ""


class DocumentReader(Protocol):
    """Checks types and values and fills in presets. Reads nothing else: `env:NAME` and `file:PATH` stay plain text."""

    @property
    def presets(self) -> Mapping[str, Document]:
        """The initial keys, by name, of a connection of this provider; empty ones have to be filled in."""

    def spec(self, document: Document) -> Spec:
        """Raises DocumentInvalid with every problem found."""

    def connection(self, document: Document) -> tuple[ConnectionSpec, Sequence[InvalidInput]]:
        """One of `[[tenants.connections]]`, which may be unfinished: what it says so far, and what is wrong with it.

        Raises DocumentInvalid if a value is of the wrong type.
        """
