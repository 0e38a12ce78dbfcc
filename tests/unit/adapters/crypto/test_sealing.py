"""What we seal comes back to us alone, whole, and for the purpose it was sealed for."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.crypto.sealing import MAX_SEALED_CHARACTERS, KeyringSealer
from app.ports.sealing import SealBroken
from tests.chance import examples

OLD, NEW, STRANGE = b"o" * 32, b"n" * 32, b"s" * 32
SEALER = KeyringSealer([NEW, OLD])
BEFORE = KeyringSealer([OLD])
AFTER = KeyringSealer([NEW])

URL_SAFE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
purposes = st.text(st.characters(codec="utf-8"), max_size=30)


def opens(sealer: KeyringSealer, sealed: str, *, purpose: str = "cookie") -> bool:
    """Any error but SealBroken goes through."""
    try:
        sealer.open(sealed, purpose=purpose)
    except SealBroken:
        return False
    return True


@given(plain=st.binary(), purpose=purposes)
def test_what_is_sealed_opens_again(plain: bytes, purpose: str) -> None:
    assert SEALER.open(SEALER.seal(plain, purpose=purpose), purpose=purpose) == plain


@given(plain=st.binary(), purpose=purposes)
def test_a_seal_may_stand_in_a_url_or_a_cookie(plain: bytes, purpose: str) -> None:
    assert set(SEALER.seal(plain, purpose=purpose)) <= URL_SAFE


def test_a_seal_shows_nothing_of_what_it_holds() -> None:
    sealed = SEALER.seal(b"the client secret", purpose="cookie")
    assert b"secret" not in base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))


def test_the_same_thing_is_never_sealed_alike() -> None:
    assert SEALER.seal(b"x", purpose="cookie") != SEALER.seal(b"x", purpose="cookie")


@given(one=purposes, other=purposes)
def test_what_is_sealed_for_one_purpose_opens_for_no_other(one: str, other: str) -> None:
    assert opens(SEALER, SEALER.seal(b"x", purpose=one), purpose=other) == (one == other)


@pytest.mark.parametrize("other", ["cooki", "cookie ", "Cookie", "cookie\0", "", "mac:cookie"])
def test_a_purpose_is_compared_exactly(other: str) -> None:
    assert not opens(SEALER, SEALER.seal(b"x", purpose="cookie"), purpose=other)


def test_what_an_old_key_sealed_still_opens() -> None:
    assert SEALER.open(BEFORE.seal(b"x", purpose="cookie"), purpose="cookie") == b"x"


def test_the_new_key_seals() -> None:
    sealed = SEALER.seal(b"x", purpose="cookie")
    assert AFTER.open(sealed, purpose="cookie") == b"x"
    assert not opens(BEFORE, sealed)


def test_what_a_key_sealed_that_is_gone_does_not_open() -> None:
    assert not opens(AFTER, BEFORE.seal(b"x", purpose="cookie"))


def test_what_a_stranger_sealed_does_not_open() -> None:
    assert not opens(SEALER, KeyringSealer([STRANGE]).seal(b"x", purpose="cookie"))


@pytest.mark.parametrize("plain", [b"", b"x", b"xy", b"xyz"])
def test_a_seal_with_any_character_changed_is_broken(plain: bytes) -> None:
    sealed = SEALER.seal(plain, purpose="cookie")
    for place, character in enumerate(sealed):
        for other in URL_SAFE - {character}:
            assert not opens(SEALER, sealed[:place] + other + sealed[place + 1 :]), place


def test_a_seal_with_any_bit_changed_is_broken() -> None:
    sealed = SEALER.seal(b"what it holds", purpose="cookie")
    raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    for place in range(len(raw)):
        for bit in range(8):
            changed = raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]
            assert not opens(SEALER, base64.urlsafe_b64encode(changed).rstrip(b"=").decode()), place


def test_a_seal_that_is_cut_is_broken() -> None:
    sealed = SEALER.seal(b"what it holds", purpose="cookie")
    assert not any(opens(SEALER, sealed[:length]) for length in range(len(sealed)))
    assert not any(opens(SEALER, sealed[length:]) for length in range(1, len(sealed)))


@pytest.mark.parametrize("more", ["=", "==", "A", "AAAA", "\n", " ", "!", "\0", "é", "\ud800", "."])
def test_a_seal_with_something_before_or_behind_is_broken(more: str) -> None:
    sealed = SEALER.seal(b"what it holds", purpose="cookie")
    assert not opens(SEALER, sealed + more)
    assert not opens(SEALER, more + sealed)
    assert not opens(SEALER, sealed[:20] + more + sealed[20:])


def test_a_seal_in_the_other_alphabet_of_base64_is_broken() -> None:
    sealed = next(text for _ in iter(int, 1) if "-" in (text := SEALER.seal(b"x" * 300, purpose="cookie")))
    assert not opens(SEALER, sealed.replace("-", "+"))


def test_a_seal_without_end_is_broken() -> None:
    assert not opens(SEALER, "A" * (MAX_SEALED_CHARACTERS + 1))


@settings(max_examples=examples(3))
@given(
    text=st.text()
    | st.text(st.sampled_from(sorted(URL_SAFE)), max_size=80)
    | st.binary().map(base64.urlsafe_b64encode).map(bytes.decode)
)
def test_whatever_comes_in_the_only_error_is_a_broken_seal(text: str) -> None:
    assert not opens(SEALER, text)


@given(rest=st.binary(max_size=60))
def test_a_seal_that_names_our_key_and_holds_anything_is_broken(rest: bytes) -> None:
    forged = SEALER._newest + rest
    assert not opens(SEALER, base64.urlsafe_b64encode(forged).rstrip(b"=").decode())


# What is signed and may be read


@given(message=st.text(), purpose=purposes)
def test_what_is_signed_is_recognised(message: str, purpose: str) -> None:
    mac = SEALER.sign(message, purpose=purpose)
    assert set(mac) <= URL_SAFE
    assert SEALER.signed(message, mac, purpose=purpose)


@given(message=st.text(), other=st.text())
def test_a_signature_is_of_one_message(message: str, other: str) -> None:
    assert SEALER.signed(other, SEALER.sign(message, purpose="csrf"), purpose="csrf") == (message == other)


def test_a_signature_is_for_one_purpose() -> None:
    assert not SEALER.signed("session:1", SEALER.sign("session:1", purpose="csrf"), purpose="another")


def test_the_signature_of_an_old_key_still_counts_and_the_new_key_signs() -> None:
    assert SEALER.signed("x", BEFORE.sign("x", purpose="csrf"), purpose="csrf")
    assert AFTER.signed("x", SEALER.sign("x", purpose="csrf"), purpose="csrf")


def test_the_signature_of_a_key_that_is_gone_does_not_count() -> None:
    assert not AFTER.signed("x", BEFORE.sign("x", purpose="csrf"), purpose="csrf")


@given(message=st.text(), mac=st.text())
def test_whatever_is_given_as_a_signature_is_not_one(message: str, mac: str) -> None:
    assert not SEALER.signed(message, mac, purpose="csrf")
