"""Reads the catalogs (`de.po`, …) beside this file, each once per process, when its language is first spoken.

That takes a few hundredths of a second; nothing has to be compiled when the bridge is built, installed or cloned
(docs/decisions/0027).
"""

from collections.abc import Sequence
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from app.adapters.translations.voice import LocaleVoice
from app.domain.text import ENGLISH, LANGUAGES, Reader

FOLDER = Path(__file__).parent


class Catalogs:
    """Implements the port `Translations`."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._read: dict[str, NullTranslations] = {ENGLISH: NullTranslations()}

    @property
    def languages(self) -> Sequence[str]:
        return LANGUAGES

    def voice(self, reader: Reader) -> LocaleVoice:
        language = reader.language if reader.language in LANGUAGES else ENGLISH
        return LocaleVoice(language, reader.zone, self._catalog(language))

    def _catalog(self, language: str) -> NullTranslations:
        if language not in self._read:
            self._read[language] = read_catalog(self._folder / f"{language}.po", language)
        return self._read[language]


def read_catalog(path: Path, language: str) -> NullTranslations:
    """Compiled in memory; only complete translations count."""
    # Not before another language than English is spoken.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
