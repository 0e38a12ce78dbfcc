"""Turns a document with the keys of an `apply` file, not checked yet, into a `Spec`."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.errors import InvalidInput, Refused
from app.services.apply.spec import Spec

Document = Mapping[str, object]
"""Tables, lists and plain values, as TOML has them."""


class DocumentInvalid(Refused):
    """The document cannot be applied. Each problem has a path (`tenants[0].connections[0].issuer`) and a text."""

    def __init__(self, problems: Sequence[InvalidInput]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class DocumentReader(Protocol):
    """Checks types and values and fills in presets. Reads nothing else: `env:NAME` and `file:PATH` stay plain text."""

    @property
    def presets(self) -> Mapping[str, Document]:
        """The initial keys, by name, of a connection of this provider; empty ones have to be filled in."""

    def spec(self, document: Document) -> Spec:
        """Raises DocumentInvalid with every problem found."""
