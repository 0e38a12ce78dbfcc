from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.account import AccountId
from app.domain.connections.connection import Sealed
from app.domain.passwords.second_factor import SecondFactor
from tests.contracts.race import AT_ONCE, all_at_once
from tests.contracts.samples import ACME, ALICE, BOB, GLOBEX, NOW

FACTOR = SecondFactor(
    tenant_id=ACME.id,
    account_id=BOB.id,
    secret=Sealed("sealed"),
    confirmed_at=NOW,
    last_step=59_000_000,
    recovery=("a" * 64, "b" * 64),
)


@pytest.fixture
def factor(stored: SqlDatabase) -> SecondFactor:
    """Bob's."""
    with stored.write() as work:
        assert work.second_factors.add(FACTOR)
    return FACTOR


def test_a_second_factor_comes_back_as_it_was_added(stored: SqlDatabase, factor: SecondFactor) -> None:
    with stored.write() as work:
        assert work.second_factors.get(ACME.id, BOB.id) == factor
        assert work.second_factors.lock(ACME.id, BOB.id) == factor


def test_it_belongs_to_one_account_of_one_tenant(stored: SqlDatabase, factor: SecondFactor) -> None:
    with stored.write() as work:
        assert work.second_factors.get(ACME.id, ALICE.id) is None
        assert work.second_factors.get(GLOBEX.id, factor.account_id) is None
        assert work.second_factors.lock(GLOBEX.id, factor.account_id) is None
        assert not work.second_factors.remove(GLOBEX.id, factor.account_id)


def test_an_account_has_one_at_most(stored: SqlDatabase, factor: SecondFactor) -> None:
    with stored.write() as work:
        assert not work.second_factors.add(replace(factor, secret=Sealed("another")))
        assert work.second_factors.get(ACME.id, BOB.id) == factor


def test_what_was_used_up_is_saved(stored: SqlDatabase, factor: SecondFactor) -> None:
    used = replace(factor, last_step=factor.last_step + 1, recovery=factor.recovery[1:])
    with stored.write() as work:
        work.second_factors.save(used)
    with stored.read() as work:
        assert work.second_factors.get(ACME.id, BOB.id) == used


def test_one_that_was_removed_is_gone_and_another_may_come(stored: SqlDatabase, factor: SecondFactor) -> None:
    with stored.write() as work:
        assert work.second_factors.remove(ACME.id, BOB.id)
        assert not work.second_factors.remove(ACME.id, BOB.id)
        assert work.second_factors.get(ACME.id, BOB.id) is None
        assert work.second_factors.add(replace(factor, secret=Sealed("another")))


def test_nobody_has_one_without_an_account(stored: SqlDatabase) -> None:
    with pytest.raises(IntegrityError), stored.write() as work:
        work.second_factors.add(replace(FACTOR, account_id=AccountId("nobody")))


def test_of_many_added_at_once_one_stays(stored: SqlDatabase) -> None:
    def add(number: int) -> bool:
        with stored.write() as work:
            return work.second_factors.add(replace(FACTOR, last_step=number))

    assert sum(all_at_once(add)) == 1


def test_whoever_locks_it_sees_what_the_one_before_has_done(stored: SqlDatabase, factor: SecondFactor) -> None:
    def use(_number: int) -> int:
        with stored.write() as work:
            seen = work.second_factors.lock(ACME.id, BOB.id)
            assert seen
            work.second_factors.save(replace(seen, last_step=seen.last_step + 1))
            return seen.last_step

    assert sorted(all_at_once(use)) == [factor.last_step + number for number in range(AT_ONCE)]
