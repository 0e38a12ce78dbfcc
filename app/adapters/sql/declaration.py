"""How a table is declared: a class with a column for each annotation. It is Core's `Table`, wherever a query needs one.

SQLAlchemy's ORM declares tables the same way, but nothing here maps objects: it would be 10 MB of each worker.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import get_annotations
from types import NoneType
from typing import Any, ClassVar, TypeAlias, TypeVar, get_args

import sqlalchemy
from sqlalchemy import JSON, Boolean, ColumnClause, Double, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.sql.schema import SchemaItem
from sqlalchemy.types import TypeEngine

T = TypeVar("T")
Column: TypeAlias = ColumnClause[T]
"""`Column[str | None]` may be NULL. SQLAlchemy's own `Column` is not to be read from a class, for a type checker."""

_TYPES: Mapping[Any, TypeEngine[Any]] = {
    # Sorts by code point on both databases, whatever the server's locale.
    str: Text().with_variant(Text(collation="C"), "postgresql"),
    bytes: LargeBinary(),
    bool: Boolean(),
    int: Integer(),
    float: Double(),
    list[str]: JSON(),
    list[dict[str, Any]]: JSON(),
    dict[str, Any]: JSON(),
}


class Base:
    """A table. `AccountRow.email` is its column, and SQLAlchemy takes the class itself as the table."""

    metadata: ClassVar = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    __tablename__: ClassVar[str]
    __table_args__: ClassVar[tuple[SchemaItem, ...]] = ()
    __table__: ClassVar[Table]
    columns: ClassVar[Mapping[str, sqlalchemy.Column[Any]]]
    """By attribute."""

    def __init_subclass__(cls, **options: Any) -> None:
        cls.columns = {
            name: _column(name, annotation, getattr(cls, name, _PLAIN))
            for origin in reversed(cls.__mro__)
            if origin not in (Base, object)
            for name, annotation in get_annotations(origin).items()
        }
        cls.__table__ = Table(cls.__tablename__, Base.metadata, *cls.columns.values(), *cls.__table_args__, **options)
        for name, made in cls.columns.items():
            setattr(cls, name, made)

    @classmethod
    def __clause_element__(cls) -> Table:
        """What SQLAlchemy asks an object for that stands for a table."""
        return cls.__table__


@dataclass(frozen=True, slots=True)
class _Declared:
    name: str
    given: tuple[Any, ...]
    options: Mapping[str, Any]


_PLAIN = _Declared("", (), {})


def column(*given: Any, name: str = "", **options: Any) -> Any:  # noqa: ANN401 - the annotation beside it says it
    """What an annotation does not say of a column: the arguments of `sqlalchemy.Column`.

    A type is given where the annotation's would not do, a `name` where it is not the attribute's.
    """
    return _Declared(name, given, options)


def _column(attribute: str, annotation: object, declared: _Declared) -> sqlalchemy.Column[Any]:
    (kind,) = get_args(annotation)
    kinds = [one for one in get_args(kind) if one is not NoneType] if NoneType in get_args(kind) else [kind]
    given = declared.given
    if not given or isinstance(given[0], SchemaItem):
        given = (_TYPES[kinds[0]], *given)
    return sqlalchemy.Column(
        declared.name or attribute, *given, nullable=NoneType in get_args(kind), **declared.options
    )
