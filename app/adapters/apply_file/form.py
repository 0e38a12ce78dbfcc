"""The tables of a file, read from a form."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from app.adapters.apply_file.presets import Presets
from app.domain.errors import InvalidInput
from app.services.apply.reading import Document
from app.services.apply.spec import ConnectionSpec, Spec


@dataclass(frozen=True, slots=True)
class FormReader:
    """The port `DocumentReader`: what somebody typed into a form, by the same rules.

    `env:` and `file:` mean nothing here: a form must not read the server's own files.
    """

    presets: Presets
    development: bool

    def spec(self, document: Document) -> Spec:
        # With pydantic, 9 MB that a worker needs only when somebody sets up a connection.
        from app.adapters.apply_file.read import spec_of  # noqa: PLC0415

        return spec_of(copy.deepcopy(dict(document)), presets=self.presets, development=self.development)

    def connection(self, document: Document) -> tuple[ConnectionSpec, Sequence[InvalidInput]]:
        from app.adapters.apply_file.read import connection_of  # noqa: PLC0415 - as above

        return connection_of(copy.deepcopy(dict(document)), presets=self.presets, development=self.development)
