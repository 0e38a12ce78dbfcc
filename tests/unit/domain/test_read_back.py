"""A sentence that was stored as English becomes the text that it was."""

import pytest

from app.domain.reasons.error_words import KNOWN, error_said
from app.domain.text import Text, read_back


def test_the_values_are_taken_out_again() -> None:
    text = read_back("the response is larger than 256 KB", ["the response is larger than %(kb)s KB"])
    assert (text.wording, text.values) == ("the response is larger than %(kb)s KB", {"kb": "256"})
    assert text == "the response is larger than 256 KB"


@pytest.mark.parametrize("words", ["", "100 % sure", "invalid_grant", "AADSTS50011: %(unknown)s", "a\nb"])
def test_what_is_not_ours_stays_as_it_is(words: str) -> None:
    assert error_said(words) == words
    assert error_said(words).values == {}


def test_a_value_may_be_a_sentence_of_its_own() -> None:
    found = error_said("the host resolves to a private address")
    assert found.values["kind"] == "a private address"
    assert isinstance(found.values["kind"], Text)


@pytest.mark.parametrize("wording", KNOWN)
def test_every_known_wording_is_read_back(wording: str) -> None:
    names = [part.partition(")")[0] for part in wording.split("%(")[1:]]
    stored = str(Text(wording, **dict.fromkeys(names, "x1")))
    assert error_said(stored).wording == wording
