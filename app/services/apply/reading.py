"""Where a `Spec` comes from: a document with the keys of an `apply` file, not checked yet."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.errors import InvalidInput, Refused
from app.services.apply.spec import Spec

Document = Mapping[str, object]
"""Tables, lists and plain values, as TOML has them."""


class DocumentInvalid(Refused):
    """Nothing of it can be applied. Each problem says where (`tenants[0].connections[0].issuer`) and what."""

    def __init__(self, problems: Sequence[InvalidInput]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class DocumentReader(Protocol):
    """Checks shape and sense, fills in presets. Looks nothing up: `env:NAME` and `file:PATH` are plain text here."""

    @property
    def presets(self) -> Mapping[str, Document]:
        """By name, the keys that a connection of this provider begins with; an empty one is to be filled in."""

    def spec(self, document: Document) -> Spec:
        """Raises DocumentInvalid with everything that is wrong."""
