"""Passwords: every character counts, nobody's password matches nobody, and a flood of guesses is turned away."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.crypto import passwords
from app.adapters.crypto.passwords import AT_ONCE, WAITING, Argon2Hasher
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from tests.chance import examples

QUICK = Argon2Hasher(time_cost=1, memory_kib=8)
SEVENTY_TWO = "p" * 72
NOBODYS = "nobody's password, verified to spend the same time"


class Argon2Calls:
    """Counts what is verified, and lets a test keep all of it waiting."""

    def __init__(self, hasher: Argon2Hasher, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stored: list[str] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.inside = self.most_inside = 0
        self._lock = threading.Lock()
        self._verify: Callable[[str, bytes], bool] = hasher._argon2.verify
        monkeypatch.setattr(hasher, "_argon2", self)

    def verify(self, stored: str, password: bytes) -> bool:
        with self._lock:
            self.stored.append(stored)
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
        try:
            assert self.go_on.wait(timeout=60)
            return self._verify(stored, password)
        finally:
            with self._lock:
                self.inside -= 1


@pytest.fixture
def hasher() -> Argon2Hasher:
    return Argon2Hasher(time_cost=1, memory_kib=8)


@pytest.fixture
def calls(hasher: Argon2Hasher, monkeypatch: pytest.MonkeyPatch) -> Iterator[Argon2Calls]:
    calls = Argon2Calls(hasher, monkeypatch)
    yield calls
    calls.go_on.set()


@pytest.mark.parametrize(
    "password",
    [
        "correct horse",
        "",
        " ",
        " leading and trailing ",
        "\0",
        "a\0b",
        "pässwörd",
        "пароль",
        "密码",
        "🔑",
        "e\u0301",
        "\ud800",
        "p" * 4096,
    ],
)
def test_a_password_is_verified_against_its_hash(password: str) -> None:
    assert QUICK.verify(password, QUICK.hash(password))


@pytest.mark.parametrize(
    ("password", "other"),
    [
        ("correct horse", "Correct horse"),
        ("correct horse", "correct horse "),
        ("correct horse", ""),
        ("a\0b", "a"),
        ("a\0b", "a\0c"),
        ("a", "a\0"),
        (SEVENTY_TWO + "a", SEVENTY_TWO + "b"),
        (SEVENTY_TWO, SEVENTY_TWO + "a"),
        ("p" * 4096, "p" * 4095),
        ("é", "e\u0301"),
        ("é", "e"),
        ("ß", "ss"),
        ("\u212a", "K"),
        ("пароль1", "пароль2"),
        ("\ud800", "\ud801"),
        ("\ud800", "?"),
    ],
)
def test_another_password_is_refused(password: str, other: str) -> None:
    assert not QUICK.verify(other, QUICK.hash(password))


@settings(max_examples=examples(0.5))
@given(password=st.text(), other=st.text())
def test_only_the_very_same_password_counts(password: str, other: str) -> None:
    assert QUICK.verify(other, QUICK.hash(password)) == (password == other)


def test_a_hash_is_argon2id_and_never_the_same_twice() -> None:
    one, other = QUICK.hash("x"), QUICK.hash("x")
    assert one.startswith("$argon2id$v=19$")
    assert one != other


def test_the_usual_cost_is_that_of_rfc_9106() -> None:
    assert "$m=65536,t=3,p=1$" in Argon2Hasher().hash("x")


def test_a_hash_of_another_cost_still_verifies() -> None:
    assert QUICK.verify("x", Argon2Hasher(time_cost=2, memory_kib=16).hash("x"))


@pytest.mark.parametrize("missing", [None, ""])
@pytest.mark.parametrize("password", ["x", "", NOBODYS])
def test_an_account_without_a_password_opens_to_none(password: str, missing: str | None) -> None:
    assert QUICK.verify(password, missing) is False


def test_an_account_without_a_password_costs_the_same_work(hasher: Argon2Hasher, calls: Argon2Calls) -> None:
    stored = QUICK.hash("x")
    hasher.verify("wrong", stored)
    hasher.verify("wrong", None)
    with_password, without = calls.stored
    assert with_password == stored
    assert cost(without) == cost(stored)


def cost(stored: str) -> list[str]:
    """Kind, version and parameters of a hash."""
    return stored.split("$")[1:4]


@pytest.mark.parametrize(
    "garbage",
    [
        "x",
        "$argon2id$",
        "$argon2id$v=19$m=8,t=1,p=1$x$y",
        "$2b$12$abcdefghijklmnopqrstuu",
        "é",
        "$argon2id$é",
        "\0",
        "plain text",
    ],
)
def test_a_stored_text_that_is_no_hash_opens_to_no_password(garbage: str) -> None:
    assert QUICK.verify(garbage, garbage) is False


def test_a_flood_of_guesses_is_turned_away_at_once_and_leaves_every_place_free(
    hasher: Argon2Hasher, calls: Argon2Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "WAIT_S", 60.0)
    stored = QUICK.hash("x")
    places, flood = AT_ONCE + WAITING, 20
    for _ in range(2):
        calls.go_on.clear()
        with ThreadPoolExecutor(places + flood) as pool:
            asked = [pool.submit(hasher.verify, "x", stored) for _ in range(places + flood)]
            refused = first(asked, flood)
            calls.go_on.set()
        assert [why(one) for one in refused] == [ReasonCode.THROTTLED] * flood
        assert [one.result() for one in asked if one not in refused] == [True] * places
    assert calls.most_inside <= AT_ONCE


def test_who_waits_too_long_for_a_place_is_turned_away(
    hasher: Argon2Hasher, calls: Argon2Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "WAIT_S", 0.0)
    stored = QUICK.hash("x")
    calls.go_on.clear()
    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        asked = [pool.submit(hasher.verify, "x", stored) for _ in range(AT_ONCE + 1)]
        (refused,) = first(asked, 1)
        calls.go_on.set()
    assert why(refused) is ReasonCode.THROTTLED
    assert [one.result() for one in asked if one is not refused] == [True] * AT_ONCE


def test_a_password_that_is_set_needs_a_place_as_well(
    hasher: Argon2Hasher, calls: Argon2Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "WAIT_S", 0.0)
    calls.go_on.clear()
    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        asked = [pool.submit(hasher.verify, "x", None) for _ in range(AT_ONCE + 1)]
        first(asked, 1)  # the others have all places now
        with pytest.raises(SsoError, match="throttled"):
            hasher.hash("x")
        calls.go_on.set()


def first(asked: list[Future[bool]], count: int) -> list[Future[bool]]:
    """The first `count` that are over, while whoever has a place is kept waiting."""
    over: list[Future[bool]] = []
    finished = threading.Semaphore(0)

    def note(done: Future[bool]) -> None:
        over.append(done)
        finished.release()

    for one in asked:
        one.add_done_callback(note)
    for _ in range(count):
        assert finished.acquire(timeout=60)
    return over[:count]


def why(refused: Future[bool]) -> ReasonCode | None:
    error = refused.exception()
    return error.code if isinstance(error, SsoError) else None
