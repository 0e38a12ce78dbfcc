"""Strict JSON for provider documents: what two parsers could read differently is refused."""

import json
from typing import NoReturn

from app.domain.reasons.error_words import NOT_JSON
from app.domain.text import Text


class BadDocument(ValueError):
    """Not a reliable JSON document. The message is in our own words, never the provider's."""


def parse_json(raw: bytes) -> object:
    """UTF-8 JSON without repeated members, NaN, or text that cannot be stored. Raises BadDocument."""
    try:
        text = raw.decode("utf-8-sig")
        document: object = _DECODER.decode(text)
        if "\\u" in text:
            _refuse_unstorable(document)
    except BadDocument:
        raise
    except RecursionError:
        raise BadDocument(Text("nested too deeply")) from None
    except ValueError:
        raise BadDocument(Text("not JSON")) from None
    return document


def parse_object(raw: bytes) -> dict[str, object]:
    """The same, for a JSON object. Raises BadDocument."""
    document = parse_json(raw)
    if not isinstance(document, dict):
        raise BadDocument(Text("not a JSON object"))
    return document


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadDocument(Text("it contains a member twice"))
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise BadDocument(Text(NOT_JSON, name=name))


def _refuse_unstorable(document: object) -> None:
    """An escaped lone surrogate cannot be encoded, and PostgreSQL stores no NUL."""
    try:
        written = json.dumps(document, ensure_ascii=False)
        written.encode()
    except UnicodeEncodeError:
        raise BadDocument(Text("it contains text that is not Unicode")) from None
    if "\\u0000" in written:
        raise BadDocument(Text("it contains a NUL character"))


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant)
