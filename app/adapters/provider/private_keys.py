"""Private keys in use. They are unsealed for a login and do not stay in the process."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import Generic, TypeVar

from app.ports.system import Clock

KEPT_S = 600.0
MOST = 256

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[K]):
    key: K = field(repr=False)
    digest: bytes
    until: float


class PrivateKeys(Generic[K]):
    """Parses keys and keeps them for a few minutes: parsing RSA takes 30 ms, using it less than one.

    Each name has one key: a changed key replaces the old one when it is first used. Thread-safe.
    """

    def __init__(self, read: Callable[[bytes], K], clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._kept: OrderedDict[str, _Kept[K]] = OrderedDict()
        self._lock = Lock()

    def of(self, name: str, text: bytes) -> K:
        """The parsed `text`; raises what parsing raises."""
        digest, now = sha256(text).digest(), self._clock.monotonic()
        with self._lock:
            self._forget(now)
            kept = self._kept.get(name)
        if kept is not None and kept.digest == digest:
            return kept.key
        key = self._read(text)
        with self._lock:
            self._kept.pop(name, None)
            self._kept[name] = _Kept(key, digest, now + KEPT_S)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return key

    def _forget(self, now: float) -> None:
        """The first one was parsed first."""
        while self._kept and next(iter(self._kept.values())).until <= now:
            self._kept.popitem(last=False)
