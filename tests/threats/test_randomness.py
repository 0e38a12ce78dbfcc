"""What nobody may guess comes from the operating system's generator, 256 bits of it (ASVS 7.2.3, 10.1.2)."""

import base64
import secrets

import pytest

from app.adapters.system import SystemRandomness

MANY = 10_000


def test_tokens_are_never_the_same_twice_and_have_256_bits() -> None:
    tokens = [SystemRandomness().token() for _ in range(MANY)]
    assert len(set(tokens)) == MANY
    assert {len(base64.urlsafe_b64decode(token + "=")) for token in tokens} == {32}


def test_tokens_come_from_the_generator_of_the_operating_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: f"{size} bytes of it")
    assert SystemRandomness().token() == "32 bytes of it"


def test_public_ids_are_not_guessed_either() -> None:
    ids = [SystemRandomness().short_id() for _ in range(MANY)]
    assert len(set(ids)) == MANY
    assert {len(name) for name in ids} == {16}
