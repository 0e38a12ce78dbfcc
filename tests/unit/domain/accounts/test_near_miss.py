"""Who may have been meant: found by few exact values and ranges, and shown without the whole address."""

import pytest

from app.domain.accounts.near_miss import LONGEST, Near, beginnings_near, masked, nearness, values_near

BOB = "bob@acme.example"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (BOB, "b…@acme.example"),
        ("bob", "b…"),
        ("E-1234", "E…"),
        ("", "…"),
        ("b@x@acme.example", "b…@acme.example"),
    ],
)
def test_a_masked_value_can_be_recognised_and_not_written_to(value: str, shown: str) -> None:
    assert masked(value) == shown


@pytest.mark.parametrize(
    ("other", "how"),
    [
        ("BOB@acme.example", Near.CASE),
        ("bob+desk@acme.example", Near.ALIAS),
        ("bob@acme-group.example", Near.DOMAIN),
        ("bob+desk@acme-group.example", Near.DOMAIN),
        ("bobb@acme.example", Near.LETTER),
        ("bo@acme.example", Near.LETTER),
        ("bub@acme.example", Near.LETTER),
        ("obb@acme.example", Near.LETTER),
        ("bob@acme.exmaple", Near.DOMAIN),
        ("robert@acme.example", None),
        ("alice@acme.example", None),
        ("", None),
    ],
)
def test_what_comes_near_is_named(other: str, how: Near | None) -> None:
    assert nearness(BOB, other) is how


@pytest.mark.parametrize("other", ["bobb@acme.example", "bo@acme.example", "obb@acme.example", "bob@acme.exmaple"])
def test_a_slip_of_one_letter_is_among_what_is_looked_for(other: str) -> None:
    assert other in values_near(BOB)
    assert BOB not in values_near(BOB)


def test_an_alias_is_looked_for_both_ways() -> None:
    assert BOB in values_near("bob+desk@acme.example")
    assert beginnings_near(BOB) == beginnings_near("bob+desk@acme.example") == ("bob@", "bob+")
    assert beginnings_near("e-1234") == ()


def test_however_long_a_value_is_what_is_looked_for_stays_bounded() -> None:
    assert len(values_near("x" * LONGEST)) < 6000
    assert len(values_near("x" * 255)) < 10
