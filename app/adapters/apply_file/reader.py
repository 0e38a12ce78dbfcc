"""Checks what somebody typed into a form by the same rules as a file."""

import copy
from dataclasses import dataclass

from app.adapters.apply_file.presets import Presets
from app.adapters.apply_file.read import spec_of
from app.services.apply.reading import Document
from app.services.apply.spec import Spec


@dataclass(frozen=True, slots=True)
class FormReader:
    """The port `DocumentReader`. `env:` and `file:` mean nothing here: a form must not read the server's own files."""

    presets: Presets
    development: bool

    def spec(self, document: Document) -> Spec:
        whole = copy.deepcopy(dict(document))
        return spec_of(whole, presets=self.presets, development=self.development)
