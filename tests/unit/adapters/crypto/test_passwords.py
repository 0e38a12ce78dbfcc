"""Passwords: every character counts, and nobody's password matches nobody."""

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.crypto.passwords import Argon2Hasher
from tests.chance import examples

QUICK = Argon2Hasher(time_cost=1, memory_kib=8)
SEVENTY_TWO = "p" * 72
NOBODYS = "\0" * 32


class Argon2Calls:
    """Notes what is verified."""

    def __init__(self) -> None:
        self.stored: list[str] = []

    def verify(self, stored: str, password: bytes) -> bool:
        self.stored.append(stored)
        return password == b""


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


def test_an_account_without_a_password_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher, calls = Argon2Hasher(time_cost=1, memory_kib=8), Argon2Calls()
    monkeypatch.setattr(hasher, "_argon2", calls)
    stored = QUICK.hash("x")
    hasher.verify("wrong", stored)
    hasher.verify("wrong", None)
    with_password, without = calls.stored
    assert with_password == stored
    assert cost(without) == cost(stored)
    assert [len(part) for part in without.split("$")] == [len(part) for part in stored.split("$")]


def test_what_stands_for_no_password_is_a_hash_that_argon2_works_through(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher, calls = Argon2Hasher(time_cost=1, memory_kib=8), Argon2Calls()
    monkeypatch.setattr(hasher, "_argon2", calls)
    hasher.verify("wrong", None)
    with pytest.raises(VerifyMismatchError):  # InvalidHashError would come without any work
        PasswordHasher().verify(calls.stored[0], "wrong")


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
