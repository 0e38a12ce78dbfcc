"""Whatever the stores know, a login opens what rule 2 of docs/rules.md lets it open, or stops with a reason."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.matching import Candidates, Known, candidates
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import Status
from tests.unit.domain.accounts.matching_cases import BOB, ROB, account, first_login, later_login

STOPS = {
    ReasonCode.NO_ACCOUNT,
    ReasonCode.ACCOUNT_DISABLED,
    ReasonCode.HELD_NEW_SUBJECT,
    ReasonCode.HELD_EMAIL_MOVED,
}

# Of each account: is it active, linked, has it the value, and does another subject hold it (only asked of the latter)?
kinds = st.tuples(st.sampled_from(Status), st.booleans(), st.sampled_from(["", "value", "value held"]))


def known_from(kinds: list[tuple[Status, bool, str]], *, first: bool) -> Known:
    everybody = [replace(account(name), status=kind[0]) for name, kind in zip("abcde", kinds, strict=False)]
    linked = tuple(one for one, kind in zip(everybody, kinds, strict=True) if kind[1])
    with_value = tuple(one for one, kind in zip(everybody, kinds, strict=True) if kind[2])
    held = tuple(one for one, kind in zip(everybody, kinds, strict=True) if "held" in kind[2])
    if first:
        return first_login(*with_value, held=held)
    return later_login(*linked, with_value=with_value, held=held)


def anything_known() -> st.SearchStrategy[Known]:
    return st.builds(known_from, st.lists(kinds, max_size=5), first=st.booleans())


values = st.sampled_from([BOB, ROB])


def outcome(value: str, known: Known) -> Candidates | ReasonCode:
    try:
        return candidates(value, known)
    except SsoError as error:
        return error.code


def found(value: str, known: Known) -> Candidates:
    answer = outcome(value, known)
    assume(isinstance(answer, Candidates))
    assert isinstance(answer, Candidates)
    return answer


def ids(*accounts: Account) -> set[AccountId]:
    return {one.id for one in accounts}


@given(value=values, known=anything_known())
def test_a_login_opens_something_or_stops_for_one_of_four_reasons(value: str, known: Known) -> None:
    answer = outcome(value, known)
    assert answer.accounts if isinstance(answer, Candidates) else answer in STOPS


@given(value=values, known=anything_known())
def test_no_disabled_account_is_opened(value: str, known: Known) -> None:
    assert all(one.status is Status.ACTIVE for one in found(value, known).accounts)


@given(value=values, known=anything_known())
def test_no_account_is_opened_that_the_stores_did_not_find_in_the_tenant(value: str, known: Known) -> None:
    assert ids(*found(value, known).accounts) <= ids(*known.linked, *known.with_value)


@given(value=values, known=anything_known())
def test_no_account_that_another_subject_holds_is_opened_unless_it_is_linked(value: str, known: Known) -> None:
    assert ids(*found(value, known).accounts) & set(known.holders) <= ids(*known.linked)


@given(value=values, known=anything_known())
def test_an_account_without_the_value_is_opened_only_where_it_is_linked(value: str, known: Known) -> None:
    assert ids(*found(value, known).accounts) - ids(*known.with_value) <= ids(*known.linked)


@given(value=values, known=anything_known())
def test_no_account_is_offered_twice(value: str, known: Known) -> None:
    offered = found(value, known).accounts
    assert len(ids(*offered)) == len(offered)


@given(value=values, known=anything_known())
def test_the_identity_keeps_what_the_provider_says_or_what_it_had(value: str, known: Known) -> None:
    kept = found(value, known).match_value
    assert kept == value or (known.identity is not None and kept == known.identity.match_value)
    if kept != value:
        assert not known.with_value


@given(value=values, known=anything_known())
def test_a_value_never_moves_to_that_of_foreign_accounts(value: str, known: Known) -> None:
    if known.identity is not None and value != known.identity.match_value and known.with_value:
        shared = ids(*known.linked) & ids(*known.with_value)
        assert shared or outcome(value, known) is ReasonCode.HELD_EMAIL_MOVED


@given(value=values, known=anything_known())
def test_every_active_linked_account_opens_unless_the_login_is_held(value: str, known: Known) -> None:
    answer = outcome(value, known)
    usable = ids(*(one for one in known.linked if one.status is Status.ACTIVE))
    if isinstance(answer, Candidates):
        assert usable <= ids(*answer.accounts)
    else:
        assert not usable or answer is ReasonCode.HELD_EMAIL_MOVED


@given(value=values, known=anything_known(), data=st.data())
def test_the_order_in_which_the_stores_answer_changes_nothing(value: str, known: Known, data: st.DataObject) -> None:
    shuffled = replace(
        known,
        linked=data.draw(st.permutations(known.linked)),
        with_value=data.draw(st.permutations(known.with_value)),
    )
    one, other = outcome(value, known), outcome(value, shuffled)
    if isinstance(one, Candidates) and isinstance(other, Candidates):
        assert ids(*one.accounts) == ids(*other.accounts)
        assert one.match_value == other.match_value
    else:
        assert one == other


@given(value=values, known=anything_known(), data=st.data())
def test_another_holder_never_opens_more(value: str, known: Known, data: st.DataObject) -> None:
    assume(known.with_value)
    taken = data.draw(st.sampled_from(known.with_value)).id
    before = found(value, known)
    after = outcome(value, replace(known, holders={**known.holders, taken: "another"}))
    assert not isinstance(after, Candidates) or ids(*after.accounts) <= ids(*before.accounts)
