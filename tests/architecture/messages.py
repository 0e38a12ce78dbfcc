"""Every sentence of the code and its templates, and the catalogs that translate them.

`make messages` (`python -m tests.architecture.messages`) brings the catalogs up to date: new sentences are added
without a translation, sentences that are gone are removed. It prints what is left to translate.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from app.adapters.translations.catalogs import FOLDER
from app.domain.reasons import ReasonCode, reason
from app.domain.reasons.filling import template as wording_of
from app.domain.reasons.provider_setup import PROOFS
from app.domain.reasons.provider_words import KNOWN_MESSAGES
from app.domain.text import LANGUAGES

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
NOT_FOR_READERS = (APP / "cli", APP / "adapters" / "sql")
"""The command line is in English."""
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "Text": None}

HEADER = "# Written by make messages; only the lines msgstr are edited by hand (docs/translating.md)."
UNKNOWN = (b'"Project-', b'"Report-', b'"POT-', b'"PO-', b'"Last-', b'"Language-Team', b'"Generated-')

Message = str | tuple[str, str]
"""A msgid; with its plural, if it has one."""


def in_the_code() -> Iterator[tuple[Message, str]]:
    """Each sentence with the file that it is in."""
    for path in sorted([*APP.rglob("*.py"), *APP.rglob("*.html")]):
        if any(folder in path.parents for folder in NOT_FOR_READERS):
            continue
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        options = {"newstyle_gettext": "true"}
        for _, found, _, _ in extract_from_file(method, path, keywords=KEYWORDS, options=options):
            if found:
                yield (found if isinstance(found, str) else (found[0], found[1])), path.relative_to(ROOT).as_posix()


def of_reasons() -> Iterator[tuple[Message, str]]:
    """The texts for support and for admins: one wording per line, with details in braces."""
    where = "app/domain/reasons"
    for code in ReasonCode:
        for text in (reason(code).summary, reason(code).remedy):
            yield from ((wording_of(wording), where) for wording in text.split("\n"))
    yield from ((known.remedy, where) for known in KNOWN_MESSAGES)
    yield from ((proof, where) for proof in PROOFS.values())


def empty(language: str | None) -> Catalog:
    return Catalog(language, header_comment=HEADER, fuzzy=False)


def template() -> Catalog:
    """All sentences, as a catalog without translations."""
    catalog = empty(None)
    for message, where in [*in_the_code(), *of_reasons()]:
        catalog.add(message, locations=[(where, 1)])
    return catalog


def stored(language: str) -> Catalog:
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def current(language: str, sentences: Catalog) -> Catalog:
    """The stored translations of exactly these sentences."""
    before = stored(language)
    after = empty(language)
    for message in sentences:
        if not message.id:
            continue
        known = before.get(message.id)
        places = sorted({(where, 1) for where, _ in message.locations})
        after.add(message.id, known.string if known else None, locations=places)
    return after


def write(catalog: Catalog, language: str) -> None:
    """Without dates and names in the header, which would change with every commit."""
    written = BytesIO()
    write_po(written, catalog, width=110, include_lineno=False)
    kept = [line for line in written.getvalue().splitlines(keepends=True) if not line.startswith(UNKNOWN)]
    (FOLDER / f"{language}.po").write_bytes(b"".join(kept))


def untranslated(catalog: Catalog) -> Sequence[object]:
    """Sentences without a translation, or without one for each form of the plural."""
    return [
        message.id
        for message in catalog
        if message.id and not all(message.string if isinstance(message.string, tuple | list) else (message.string,))
    ]


if __name__ == "__main__":
    every = template()
    for tag in LANGUAGES[1:]:
        updated = current(tag, every)
        write(updated, tag)
        print(f"{tag}: {len(untranslated(updated))} of {len(updated)} to translate")  # noqa: T201
