"""Between a dataclass of the domain and the columns of its table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy import ColumnElement, inspect

from app.adapters.sql.tables import Base

T = TypeVar("T")
Convert = Callable[[Any], Any]


class RowMapper(Generic[T]):
    """A field is kept in the column of its name; without one, a dataclass is kept in columns named as its own fields.

    How, its type says: a member of an enumeration by its value, a tuple as a list, a dataclass as an object by the
    names of its fields. What has no column at all has its default when it is read.
    """

    def __init__(self, entity: type[T], row: type[Base]) -> None:
        self.columns: tuple[ColumnElement[Any], ...] = ()
        """What is selected, in the order of the fields."""
        self._entity = entity
        self._read: list[tuple[int | slice, Convert | None]] = []
        self._write: list[tuple[str, str | None, Convert | None]] = []
        known = inspect(row).columns
        kinds = _fields(entity)
        for name, kind in kinds.items():
            place = len(self.columns)
            if name in known:
                self.columns += (known[name],)
                self._read.append((place, reader(kind)))
                self._write.append((name, known[name].key, writer(kind)))
            elif isinstance(kind, type) and is_dataclass(kind):
                within = RowMapper(kind, row)
                self.columns += within.columns
                self._read.append((slice(place, len(self.columns)), within.to_domain))
                self._write.append((name, None, within.from_domain))
        kept = [name for name, _, _ in self._write]
        if kept != list(kinds)[: len(kept)]:  # values are given to the dataclass in the order of its fields
            raise TypeError(f"{entity.__name__}: fields without a column must come last")

    def to_domain(self, values: Sequence[Any]) -> T:
        """From the values of `columns`."""
        return self._entity(*[values[at] if read is None else read(values[at]) for at, read in self._read])

    def from_domain(self, entity: T) -> dict[str, Any]:
        """By the names of the columns."""
        values: dict[str, Any] = {}
        for name, column, write in self._write:
            value = getattr(entity, name)
            written = value if write is None else write(value)
            values |= written if column is None else {column: written}
        return values


def reader(kind: object) -> Convert | None:
    """From what is stored to a value of this type. None where that is the same."""
    kind, optional = _without_none(kind)
    if optional:
        return _unless_none(reader(kind))
    if get_origin(kind) is tuple:
        item = reader(get_args(kind)[0])
        return tuple if item is None else lambda stored: tuple(map(item, stored))
    if not isinstance(kind, type):
        return None
    if issubclass(kind, Enum):
        return {member.value: member for member in kind}.__getitem__  # with each request: calling the class costs more
    return _object_reader(kind) if is_dataclass(kind) else None


def writer(kind: object) -> Convert | None:
    """From a value of this type to what is stored. None where that is the same."""
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
    return asdict if is_dataclass(kind) else None


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


def _object_reader(entity: type[Any]) -> Convert:
    """A field that is not stored has its default; one that this version does not know is left out."""
    readers = {name: reader(kind) for name, kind in _fields(entity).items()}

    def read(stored: Mapping[str, Any]) -> object:
        known = {name: (readers[name], value) for name, value in stored.items() if name in readers}
        return entity(
            **{name: value if convert is None else convert(value) for name, (convert, value) in known.items()}
        )

    return read
