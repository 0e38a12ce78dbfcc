import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.traces.difference import Difference, Slip, difference

ISSUER = "https://idp.acme.example"


def test_a_slash_at_the_end_is_marked_alone() -> None:
    found = difference(ISSUER, f"{ISSUER}/")
    assert found == Difference(begin=ISSUER, expected="", received="/", end="", slip=Slip.FINAL_SLASH)


def test_what_differs_in_the_middle_is_marked_between_what_is_the_same() -> None:
    found = difference("https://idp.acme.example/v2", "https://id.acme.example/v2")
    assert (found.begin, found.expected, found.received, found.end) == ("https://id", "p", "", ".acme.example/v2")


@pytest.mark.parametrize(
    ("received", "slip"),
    [
        (f"{ISSUER}//", Slip.FINAL_SLASH),
        ("https://IDP.acme.example", Slip.CAPITALS),
        (f" {ISSUER}", Slip.BLANKS),
        ("http://idp.acme.example", Slip.SCHEME),
        ("https://idp.globex.example", None),
        (ISSUER, None),
        ("", None),
    ],
)
def test_slips_that_people_overlook_are_named(received: str, slip: Slip | None) -> None:
    assert difference(ISSUER, received).slip is slip


def test_texts_that_are_the_same_differ_nowhere() -> None:
    assert difference(ISSUER, ISSUER).same
    assert difference("", "").same


@given(st.text(alphabet="ab/"), st.text(alphabet="ab/"))
def test_both_texts_can_be_put_together_again(expected: str, received: str) -> None:
    found = difference(expected, received)
    assert found.begin + found.expected + found.end == expected
    assert found.begin + found.received + found.end == received
    assert found.same is (expected == received)
