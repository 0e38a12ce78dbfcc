"""Checks form input by the same rules as a file."""

import copy
from dataclasses import dataclass

from app.adapters.apply_file.presets import Presets
from app.adapters.apply_file.read import spec_of
from app.services.apply.reading import Document
from app.services.apply.spec import Spec


@dataclass(frozen=True, slots=True)
class FormReader:
    """Implements `DocumentReader`. `env:` and `file:` have no effect: a form must not read the server's files."""

    presets: Presets
    development: bool

    def spec(self, document: Document) -> Spec:
        whole = copy.deepcopy(dict(document))
        return spec_of(whole, presets=self.presets, development=self.development)
