"""Maps a dataclass of the domain to the columns of its table, and back."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy import ColumnElement, Text, cast

from app.adapters.sql.declaration import Base

T = TypeVar("T")
Convert = Callable[[Any], Any]
_TEXTS = 500
"""Some 2 MB at most."""


class RowMapper(Generic[T]):
    """A field is stored in the column of its name; a dataclass without such a column, in those of its own fields.

    The type decides the form: an enumeration by its value, a tuple as a list, a dataclass as an object with its fields'
    names. A field without any column has its default when read.
    """

    def __init__(self, entity: type[T], row: type[Base], *, as_text: Collection[str] = ()) -> None:
        """`as_text` names objects and lists without secrets: each is made once of the text that it is stored as."""
        self.columns: tuple[ColumnElement[Any], ...] = ()
        """The columns to select, in the order of the fields."""
        self._entity = entity
        self._read: list[tuple[int | slice, Convert | None]] = []
        self._write: list[tuple[str, str | None, Convert | None]] = []
        known = row.columns
        kinds = _fields(entity)
        for name, kind in kinds.items():
            place = len(self.columns)
            if name in known:
                self.columns += (cast(known[name], Text) if name in as_text else known[name],)
                self._read.append((place, _text_reader(kind) if name in as_text else reader(kind)))
                self._write.append((name, known[name].key, writer(kind)))
            elif isinstance(kind, type) and is_dataclass(kind):
                within = RowMapper(kind, row)
                self.columns += within.columns
                self._read.append((slice(place, len(self.columns)), within.to_domain))
                self._write.append((name, None, within.from_domain))
        kept = [name for name, _, _ in self._write]
        if kept != list(kinds)[: len(kept)]:  # the dataclass gets its values in the order of its fields
            raise TypeError(f"{entity.__name__}: fields without a column must come last")

    def to_domain(self, values: Sequence[Any]) -> T:
        """From the values of `columns`."""
        return self._entity(*[values[at] if read is None else read(values[at]) for at, read in self._read])

    def from_domain(self, entity: T) -> dict[str, Any]:
        """Keyed by the columns' names."""
        values: dict[str, Any] = {}
        for name, column, write in self._write:
            value = getattr(entity, name)
            if write is not None:
                value = write(value)
            if column is None:
                values |= value
            else:
                values[column] = value
        return values


def reader(kind: object) -> Convert | None:
    """The conversion from what is stored to this type. None if they are the same."""
    kind, optional = _without_none(kind)
    if optional:
        return _unless_none(reader(kind))
    if get_origin(kind) is tuple:
        item = reader(get_args(kind)[0])
        return tuple if item is None else lambda stored: tuple(map(item, stored))
    if not isinstance(kind, type):
        return None
    if issubclass(kind, Enum):
        return {member.value: member for member in kind}.__getitem__  # calling the class in every request costs more
    return _object_reader(kind) if is_dataclass(kind) else None


def _text_reader(kind: Any) -> Convert:  # noqa: ANN401 - a frozen dataclass
    """No cache of what is stored: the text was read just now, and makes the same object whenever it is read."""
    read = reader(kind) or (lambda stored: stored)
    return lru_cache(_TEXTS)(lambda text: read(json.loads(text)))


def writer(kind: object) -> Convert | None:
    """The conversion from this type to what is stored. None if they are the same."""
    kind, optional = _without_none(kind)
    if optional:
        return _unless_none(writer(kind))
    if get_origin(kind) is tuple:
        item = writer(get_args(kind)[0])
        return list if item is None else lambda value: list(map(item, value))
    if get_origin(kind) is Mapping:
        return dict
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda member: member.value
    return _object_writer(kind) if is_dataclass(kind) else None


def _fields(entity: type[Any]) -> dict[str, Any]:
    kinds = get_type_hints(entity)
    return {field.name: kinds[field.name] for field in fields(entity)}


def _without_none(kind: object) -> tuple[object, bool]:
    """A type, and whether it may be None as well."""
    others = [one for one in get_args(kind) if one is not NoneType]
    optional = get_origin(kind) in {Union, UnionType} and len(others) == 1
    return (others[0], True) if optional else (kind, False)


def _unless_none(convert: Convert | None) -> Convert | None:
    return None if convert is None else lambda value: None if value is None else convert(value)


def _object_writer(entity: Any) -> Convert:  # noqa: ANN401 - a dataclass
    """Not `asdict`, which copies every value deeply."""
    writers = [(name, writer(kind)) for name, kind in _fields(entity).items()]

    def write(value: object) -> dict[str, Any]:
        return {
            name: getattr(value, name) if convert is None else convert(getattr(value, name))
            for name, convert in writers
        }

    return write


def _object_reader(entity: type[Any]) -> Convert:
    """A field that is not stored gets its default; one that this version does not know is ignored."""
    readers = {name: reader(kind) for name, kind in _fields(entity).items()}

    def read(stored: Mapping[str, Any]) -> object:
        known = {name: (readers[name], value) for name, value in stored.items() if name in readers}
        return entity(
            **{name: value if convert is None else convert(value) for name, (convert, value) in known.items()}
        )

    return read
