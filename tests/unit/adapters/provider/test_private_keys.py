"""Opened private keys stay for minutes, not for the life of the process."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from app.adapters.provider.private_keys import KEPT_S, MOST, PrivateKeys
from tests.unit.adapters.provider.fake_ports import FakeClock


class Key:
    def __init__(self, text: bytes) -> None:
        if not text:
            raise ValueError("not a key")
        self.text = text


class Reading:
    """Counts what is read."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.read: list[bytes] = []
        self.keys: PrivateKeys[Key] = PrivateKeys(self._key, self.clock)

    def _key(self, text: bytes) -> Key:
        self.read.append(text)
        return Key(text)


@pytest.fixture
def reading() -> Reading:
    return Reading()


@pytest.fixture(autouse=True)
def _no_garbage() -> Iterator[None]:
    """Whether something is gone is told by counting its references alone."""
    gc.disable()
    yield
    gc.enable()


def test_a_key_is_read_once_for_many_logins(reading: Reading) -> None:
    assert reading.keys.of("acme", b"key") is reading.keys.of("acme", b"key")
    assert reading.read == [b"key"]


def test_a_changed_key_takes_its_place_at_once(reading: Reading) -> None:
    old = weakref.ref(reading.keys.of("acme", b"old"))
    assert reading.keys.of("acme", b"new").text == b"new"
    assert old() is None


def test_no_key_stays_for_longer_than_minutes(reading: Reading) -> None:
    unused, used = (weakref.ref(reading.keys.of(name, b"key")) for name in ("acme", "globex"))
    reading.clock.forward(KEPT_S - 1)
    reading.keys.of("globex", b"key")
    assert unused() is not None
    reading.clock.forward(1)
    reading.keys.of("initech", b"another")
    assert (unused(), used()) == (None, None)


def test_only_so_many_keys_stay(reading: Reading) -> None:
    first = weakref.ref(reading.keys.of("first", b"key"))
    for number in range(MOST):
        reading.keys.of(f"tenant {number}", b"key")
    assert first() is None
    assert reading.keys.of("tenant 0", b"key").text == b"key"
    assert len(reading.read) == MOST + 1


def test_what_is_no_key_is_no_key_the_next_time_either(reading: Reading) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="not a key"):
            reading.keys.of("acme", b"")
    assert reading.read == [b"", b""]


def test_the_keys_go_with_whoever_reads_them(reading: Reading) -> None:
    key = weakref.ref(reading.keys.of("acme", b"key"))
    del reading.keys
    assert key() is None
