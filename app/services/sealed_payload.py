"""Data that leaves the bridge and comes back by cookie, form or mail: a dataclass sealed as text under our own key."""

import json
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, NewType, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.sealing import Sealer

P = TypeVar("P")


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
        opened: P = _typed(self.kind, json.loads(sealer.open(sealed, purpose=self.purpose)))
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
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _typed(kind: Any, plain: Any) -> Any:  # noqa: ANN401  # the shape of `plain` is what `kind` says
    """The reverse. What `kind` leaves open (`object`, a mapping) stays as JSON has it."""
    if isinstance(kind, NewType):
        return _typed(kind.__supertype__, plain)
    if get_origin(kind) in (Union, UnionType):
        (known,) = (one for one in get_args(kind) if one is not NoneType)
        return None if plain is None else _typed(known, plain)
    if get_origin(kind) is tuple:
        return tuple(_typed(get_args(kind)[0], one) for one in plain)
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(*(_typed(of_field, one) for of_field, one in zip(_types(kind), plain, strict=True)))
    return kind(plain) if isinstance(kind, type) and issubclass(kind, Enum) else plain


@cache
def _types(kind: type) -> tuple[Any, ...]:
    hints = get_type_hints(kind)
    return tuple(hints[field.name] for field in fields(kind))
