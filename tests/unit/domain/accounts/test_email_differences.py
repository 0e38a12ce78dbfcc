import pytest

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.email_differences import email_differences
from app.domain.accounts.near_miss import Near
from app.domain.tenants.tenant import Status, TenantId


def account(username: str, email: str | None, status: Status = Status.ACTIVE) -> Account:
    return Account(id=AccountId(username), tenant_id=TenantId("acme"), username=username, email=email, status=status)


def test_addresses_are_compared_as_a_login_compares_them() -> None:
    found = email_differences(
        ["Bob@Acme.example", "eve@faß.example"],
        [account("bob", "bob@acme.example"), account("eve", "eve@xn--fa-hia.example")],
    )
    assert (found.matched, found.only_there, found.only_here) == (2, [], [])


def test_who_is_on_one_side_only() -> None:
    found = email_differences(["new@acme.example"], [account("bob", "bob@acme.example"), account("desk", None)])
    assert found.only_there == ["new@acme.example"]
    assert [one.username for one in found.only_here] == ["bob"]
    assert [one.username for one in found.without_email] == ["desk"]


def test_near_misses_say_how_they_differ() -> None:
    accounts = [
        account("ann", "ann.lee+work@acme.example"),
        account("bob", "bob@old.example"),
        account("carol", "carol.kowalski@acme.example"),
    ]
    found = email_differences(
        ["ann.lee@acme.example", "bob@acme.example", "carol.kowalsky@acme.example", "dan@acme.example"], accounts
    )
    assert [(miss.address, miss.account.username, miss.near) for miss in found.near_misses] == [
        ("ann.lee@acme.example", "ann", Near.ALIAS),
        ("bob@acme.example", "bob", Near.DOMAIN),
        ("carol.kowalsky@acme.example", "carol", Near.LETTER),
    ]
    assert found.only_there == ["dan@acme.example"]


def test_short_names_are_not_taken_for_one_another() -> None:
    assert not email_differences(["tom@acme.example"], [account("tim", "tim@acme.example")]).near_misses


def test_a_shared_address_is_listed_with_its_accounts() -> None:
    found = email_differences(
        ["bob@acme.example"], [account("bob", "bob@acme.example"), account("bob2", "bob@acme.example")]
    )
    assert {address: [one.username for one in some] for address, some in found.shared.items()} == {
        "bob@acme.example": ["bob", "bob2"]
    }


def test_disabled_accounts_are_left_out() -> None:
    found = email_differences(["bob@acme.example"], [account("bob", "bob@acme.example", Status.DISABLED)])
    assert found.only_there == ["bob@acme.example"]


def test_what_is_no_address_is_said() -> None:
    assert email_differences(["", "Bob", "a@b@c"], []).unreadable == ["Bob", "a@b@c"]


def test_of_accounts_that_are_indexed_one_after_the_other_the_closest_is_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.domain.accounts.email_differences._AT_ONCE", 1)
    accounts = [
        account("letter", "annlea@acme.example"),
        account("domain", "annlee@old.example"),
        account("alias", "ann.lee@acme.example"),
    ]
    for kind in ("alias", "domain", "letter"):
        (found,) = email_differences(["annlee@acme.example"], accounts).near_misses
        assert (found.account.username, found.near.value) == (kind, kind)
        accounts.pop()


def test_fifty_thousand_on_either_side_are_compared() -> None:
    accounts = [account(str(n), f"person{n}@acme.example") for n in range(50_000)]
    found = email_differences((f"person{n}@corp.example" for n in range(50_000)), accounts)
    assert (len(found.near_misses), len(found.only_there)) == (50_000, 0)
