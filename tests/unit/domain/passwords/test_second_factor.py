import pytest

from app.domain.accounts.account import AccountId
from app.domain.connections.connection import Sealed
from app.domain.passwords.second_factor import SecondFactor, in_groups, plain_code, recovery_hash
from app.domain.tenants.tenant import TenantId

CODE = "jv3i-346q-bbyf-sfeu"
FACTOR = SecondFactor(
    tenant_id=TenantId("acme"),
    account_id=AccountId("bob"),
    secret=Sealed("sealed"),
    confirmed_at=0.0,
    last_step=1,
    recovery=(recovery_hash(CODE), recovery_hash("another")),
)


@pytest.mark.parametrize("typed", [CODE, CODE.upper(), CODE.replace("-", ""), f" {CODE.replace('-', ' ')}\n"])
def test_a_recovery_code_counts_however_it_is_typed(typed: str) -> None:
    left = FACTOR.after_recovery(typed)
    assert left
    assert left.recovery == (recovery_hash("another"),)
    assert left.after_recovery(typed) is None


@pytest.mark.parametrize("typed", ["", "jv3i", CODE + "x", recovery_hash(CODE)])
def test_nothing_else_counts_as_one(typed: str) -> None:
    assert FACTOR.after_recovery(typed) is None


def test_no_fold_but_that_of_ascii_makes_two_codes_one() -> None:
    assert recovery_hash("k234") != recovery_hash("\u212a234"), "the Kelvin sign"


def test_codes_are_read_without_their_gaps_and_shown_with_them() -> None:
    assert plain_code(" 123 456 ") == "123456"
    assert in_groups("KDLUY6FUB7") == "KDLU Y6FU B7"
    assert in_groups("abcdefgh", "-") == "abcd-efgh"
