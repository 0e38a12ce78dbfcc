"""References to values elsewhere: `env:NAME` and `file:PATH`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.adapters.apply_file.problems import Place, key_path
from app.domain.errors import InvalidInput

ENV, FILE = "env:", "file:"
MAX_FILE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Values:
    """Resolves them. On a problem, it is noted and the string stays."""

    folder: Path
    environment: Mapping[str, str]
    problems: list[InvalidInput] = field(default_factory=list)

    def resolved(self, value: object, place: Place = ()) -> object:
        """A TOML document with its references resolved, in place: tables and lists are changed, not copied."""
        if isinstance(value, dict):
            value.update({key: self.resolved(inner, (*place, key)) for key, inner in value.items()})
        elif isinstance(value, list):
            value[:] = [self.resolved(inner, (*place, index)) for index, inner in enumerate(value)]
        if not isinstance(value, str):
            return value
        try:
            return self._looked_up(value)
        except ValueError as error:
            self.problems.append(InvalidInput(key_path(place), str(error)))
            return value

    def _looked_up(self, text: str) -> str:
        if text.startswith(ENV):
            name = text.removeprefix(ENV)
            found = self.environment.get(name)
            if not found:
                raise ValueError(
                    f"the environment variable {name} is not set" + (" (it is empty)" if found == "" else "")
                )
            return found
        return self._read(text.removeprefix(FILE)) if text.startswith(FILE) else text

    def _read(self, path: str) -> str:
        """Without the final line break that editors add."""
        try:
            with (self.folder / path).open("rb") as file:
                raw = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise ValueError(f"the file {path} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise ValueError("a path cannot contain a null character") from error
        if len(raw) > MAX_FILE_BYTES:
            raise ValueError(f"the file {path} is larger than {MAX_FILE_BYTES // 1024} KB")
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            raise ValueError(f"the file {path} is not UTF-8 text") from error
        text = text.removesuffix("\n").removesuffix("\r")
        if not text:
            raise ValueError(f"the file {path} is empty")
        return text
