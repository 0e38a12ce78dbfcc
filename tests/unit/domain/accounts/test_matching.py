"""Whom may this be? docs/rules.md, rule 2, line by line."""

from app.domain.accounts.matching import candidates
from app.domain.reasons.codes import ReasonCode
from tests.unit.domain.accounts.matching_cases import (
    BOB,
    ROB,
    account,
    disabled,
    first_login,
    later_login,
    opened,
    stopped,
    stored,
)

A, B, C = account("a"), account("b"), account("c")

# First login


def test_a_first_login_opens_the_account_with_the_value() -> None:
    assert opened(first_login(A)) == {"a"}
    assert stored(first_login(A)) == BOB


def test_a_first_login_may_open_each_of_several_accounts_with_the_value() -> None:
    assert opened(first_login(A, B)) == {"a", "b"}


def test_a_first_login_without_an_account_opens_nothing() -> None:
    assert stopped(first_login()) is ReasonCode.NO_ACCOUNT


def test_a_first_login_does_not_open_a_disabled_account() -> None:
    assert stopped(first_login(disabled(A))) is ReasonCode.ACCOUNT_DISABLED


def test_a_first_login_opens_the_active_one_beside_a_disabled_one() -> None:
    assert opened(first_login(disabled(A), B)) == {"b"}


def test_a_first_login_to_an_account_that_another_subject_holds_is_held() -> None:
    assert stopped(first_login(A, held=(A,))) is ReasonCode.HELD_NEW_SUBJECT


def test_a_first_login_is_held_even_where_another_account_with_the_value_is_free() -> None:
    assert stopped(first_login(A, B, held=(A,))) is ReasonCode.HELD_NEW_SUBJECT


def test_a_disabled_account_that_another_subject_holds_does_not_hold_a_first_login_to_an_active_one() -> None:
    assert opened(first_login(disabled(A), B, held=(A,))) == {"b"}


def test_a_first_login_to_a_disabled_account_that_another_subject_holds_opens_nothing() -> None:
    assert stopped(first_login(disabled(A), held=(A,))) is ReasonCode.ACCOUNT_DISABLED


# Later logins, the same value


def test_a_later_login_opens_the_linked_account() -> None:
    assert opened(later_login(A, with_value=(A,))) == {"a"}


def test_a_later_login_opens_a_linked_account_whose_own_value_was_changed_here() -> None:
    assert opened(later_login(A, with_value=())) == {"a"}
    assert stored(later_login(A, with_value=())) == BOB


def test_a_second_account_made_next_month_appears_in_the_chooser() -> None:
    assert opened(later_login(A, with_value=(A, B))) == {"a", "b"}


def test_an_account_appears_once_though_it_is_linked_and_has_the_value() -> None:
    assert len(candidates(BOB, later_login(A, with_value=(A,))).accounts) == 1


def test_a_new_account_with_the_value_that_another_subject_holds_does_not_appear() -> None:
    assert opened(later_login(A, with_value=(A, B), held=(B,))) == {"a"}


def test_a_linked_account_opens_though_another_subject_is_linked_to_it_as_well() -> None:
    assert opened(later_login(A, with_value=(A,), held=(A,))) == {"a"}


def test_a_later_login_does_not_open_a_linked_account_that_is_disabled() -> None:
    assert stopped(later_login(disabled(A), with_value=(disabled(A),))) is ReasonCode.ACCOUNT_DISABLED
    assert stopped(later_login(disabled(A), with_value=())) is ReasonCode.ACCOUNT_DISABLED


def test_a_later_login_opens_the_other_account_where_the_linked_one_is_disabled() -> None:
    assert opened(later_login(disabled(A), with_value=(disabled(A), B))) == {"b"}


def test_a_later_login_does_not_open_a_new_account_that_is_disabled() -> None:
    assert opened(later_login(A, with_value=(A, disabled(B)))) == {"a"}


def test_a_known_subject_whose_links_are_gone_opens_the_account_with_the_value() -> None:
    assert opened(later_login(with_value=(A,))) == {"a"}


def test_a_known_subject_whose_links_went_to_another_is_held() -> None:
    assert stopped(later_login(with_value=(A,), held=(A,))) is ReasonCode.HELD_NEW_SUBJECT


def test_a_known_subject_whose_links_went_to_another_is_held_though_another_account_is_free() -> None:
    assert stopped(later_login(with_value=(A, B), held=(A,))) is ReasonCode.HELD_NEW_SUBJECT


def test_a_known_subject_without_links_opens_a_free_account_though_a_disabled_one_is_held() -> None:
    assert opened(later_login(with_value=(disabled(A), B), held=(A,))) == {"b"}


def test_a_known_subject_without_links_or_an_account_with_the_value_opens_nothing() -> None:
    assert stopped(later_login(with_value=())) is ReasonCode.NO_ACCOUNT


# Later logins, another value


def test_somebody_renamed_at_the_provider_only_keeps_their_accounts() -> None:
    assert opened(later_login(A, B, with_value=()), ROB) == {"a", "b"}


def test_somebody_renamed_at_the_provider_only_keeps_the_stored_value() -> None:
    assert stored(later_login(A, with_value=()), ROB) == BOB


def test_somebody_renamed_on_both_sides_keeps_their_account() -> None:
    assert opened(later_login(A, with_value=(A,)), ROB) == {"a"}


def test_the_stored_value_of_somebody_renamed_on_both_sides_moves_along() -> None:
    assert stored(later_login(A, with_value=(A,)), ROB) == ROB


def test_somebody_renamed_on_both_sides_keeps_the_linked_accounts_with_the_old_value_too() -> None:
    assert opened(later_login(A, B, with_value=(A,)), ROB) == {"a", "b"}


def test_somebody_renamed_on_both_sides_may_open_a_free_account_with_the_new_value() -> None:
    assert opened(later_login(A, with_value=(A, B)), ROB) == {"a", "b"}


def test_somebody_renamed_on_both_sides_does_not_open_what_another_subject_holds() -> None:
    assert opened(later_login(A, with_value=(A, B), held=(B,)), ROB) == {"a"}


def test_a_value_that_only_a_foreign_account_has_is_held() -> None:
    assert stopped(later_login(A, with_value=(B,)), ROB) is ReasonCode.HELD_EMAIL_MOVED


def test_a_value_that_only_an_account_of_another_subject_has_is_held() -> None:
    assert stopped(later_login(A, with_value=(B,), held=(B,)), ROB) is ReasonCode.HELD_EMAIL_MOVED


def test_a_value_that_only_a_disabled_foreign_account_has_is_held() -> None:
    assert stopped(later_login(A, with_value=(disabled(B),)), ROB) is ReasonCode.HELD_EMAIL_MOVED


def test_a_known_subject_without_links_that_brings_another_persons_value_is_held() -> None:
    assert stopped(later_login(with_value=(B,)), ROB) is ReasonCode.HELD_EMAIL_MOVED


def test_a_renamed_person_whose_account_is_disabled_opens_nothing() -> None:
    assert stopped(later_login(disabled(A), with_value=()), ROB) is ReasonCode.ACCOUNT_DISABLED
    assert stopped(later_login(disabled(A), with_value=(disabled(A),)), ROB) is ReasonCode.ACCOUNT_DISABLED


def test_a_renamed_person_without_links_opens_nothing() -> None:
    assert stopped(later_login(with_value=()), ROB) is ReasonCode.NO_ACCOUNT


def test_the_old_value_opens_no_more_accounts_to_somebody_renamed_at_the_provider_only() -> None:
    # B was made with the old value after the rename: whoever has that address now, it is not this person.
    assert opened(later_login(A, with_value=()), ROB) == {"a"}


# Another connection, another issuer


def test_a_new_provider_holds_nobody() -> None:
    # The stores name holders of the same connection and issuer only; to a new one every subject is new.
    assert opened(first_login(A, held=())) == {"a"}
