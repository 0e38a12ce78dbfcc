"""Usernames are the same without regard to ASCII case, and to nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.accounts.account import STAFF_ROLES, TENANT_ROLES, Role, ascii_lower


@given(text=st.text())
def test_only_the_letters_a_to_z_are_lowered(text: str) -> None:
    lowered = ascii_lower(text)
    assert len(lowered) == len(text)
    for before, after in zip(text, lowered, strict=True):
        assert after == (before.lower() if before.isascii() else before)


@given(text=st.text())
def test_lowering_twice_is_lowering_once(text: str) -> None:
    assert ascii_lower(ascii_lower(text)) == ascii_lower(text)


def test_letters_that_unicode_would_fold_stay_apart() -> None:
    assert ascii_lower("\u212aİıſßẞÉ") == "\u212aİıſßẞÉ"


def test_every_role_is_either_a_tenants_or_the_staffs() -> None:
    assert set(TENANT_ROLES) | set(STAFF_ROLES) == set(Role)
    assert not set(TENANT_ROLES) & set(STAFF_ROLES)
