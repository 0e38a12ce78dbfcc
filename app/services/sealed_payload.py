"""Data that leaves the bridge and comes back by cookie, form or mail: a dataclass sealed as text under our own key."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, NewType, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.sealing import Sealer

_AS_IT_IS = frozenset({str, float, int, bool, NoneType})
P = TypeVar("P")
Read = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class SealedPayload(Generic[P]):
    """One kind of payload. Only text sealed for its `purpose` opens.

    The purpose ends in a version. Change it when the fields change, so that an old payload is rejected instead of
    failing halfway.
    """

    kind: type[P]
    purpose: str

    def seal(self, payload: P, sealer: Sealer) -> str:
        """URL-safe text that reveals nothing. Short, because it goes into cookies and mails."""
        return sealer.seal(_written(payload), purpose=self.purpose)

    def size(self, payload: P) -> int:
        """In bytes, before it is sealed."""
        return len(_written(payload))

    def open(self, sealed: str, sealer: Sealer) -> P:
        """Raises SealBroken if it is not ours. The caller checks whose it is, and its age."""
        kind: Any = self.kind
        opened: P = _object_reader(kind)(json.loads(sealer.open(sealed, purpose=self.purpose)))
        return opened


class Expiring(Protocol):
    """A payload that expires."""

    @property
    def expires_at(self) -> float: ...


def require_fresh(payload: Expiring, *, now: float) -> None:
    """Raises SsoError if it is too old."""
    if now >= payload.expires_at:
        raise SsoError(ReasonCode.ATTEMPT_EXPIRED)


def _written(payload: object) -> bytes:
    return json.dumps(_plain(payload), separators=(",", ":")).encode()


def _plain(value: object) -> object:
    """As JSON values; a dataclass becomes the list of its fields."""
    if isinstance(value, tuple):
        return [one if type(one) in _AS_IT_IS else _plain(one) for one in value]
    kind: Any = type(value)
    names = _names(kind)
    return _plain(tuple(getattr(value, name) for name in names)) if names else value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


@cache
def _reader(kind: Any) -> Read | None:  # noqa: ANN401  # a type, in any of the forms that hints have
    """The reverse for this type; None for what stays as JSON has it: texts, numbers, and what the type leaves open."""
    if isinstance(kind, NewType):
        return _reader(kind.__supertype__)
    if get_origin(kind) in (Union, UnionType):
        (known,) = (one for one in get_args(kind) if one is not NoneType)
        read = _reader(known)
        return None if read is None else lambda plain: None if plain is None else read(plain)
    if get_origin(kind) is tuple:
        item = _reader(get_args(kind)[0])
        return tuple if item is None else lambda plain: tuple(map(item, plain))
    if isinstance(kind, type) and is_dataclass(kind):
        return _object_reader(kind)
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else None


@cache
def _object_reader(kind: type) -> Read:
    hints = get_type_hints(kind)
    readers = [_reader(hints[name]) for name in _names(kind)]

    def read(plain: Any) -> Any:  # noqa: ANN401  # the shape of `plain` is what `kind` says
        values = zip(readers, plain, strict=True)
        return kind(*[value if convert is None else convert(value) for convert, value in values])

    return read
