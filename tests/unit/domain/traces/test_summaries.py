"""A summary: one sentence of at most 300 characters, with the values that decided."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.reasons import ReasonCode, reason, remedy, summary
from app.domain.reasons.filling import LONGEST

every_code = pytest.mark.parametrize("code", ReasonCode, ids=str)

LEAD = "The provider's back-channel logout was refused, and no one was signed out: "
DETAILS = sorted({name for code in ReasonCode for name in re.findall(r"\{(.*?)\}", reason(code).summary)})


@every_code
def test_a_summary_is_one_sentence(code: ReasonCode) -> None:
    assert not any(". " in wording for wording in reason(code).summary.split("\n"))


@every_code
@given(details=st.dictionaries(st.sampled_from(DETAILS), st.text(max_size=400)))
@example(dict.fromkeys(DETAILS, "x" * LONGEST))
def test_a_summary_has_at_most_300_characters(code: ReasonCode, details: dict[str, object]) -> None:
    assert len(summary(code, details)) <= LONGEST
    assert len(summary(code, details, lead=LEAD)) <= LONGEST


def test_only_the_longest_details_of_a_summary_are_clipped() -> None:
    text = summary(ReasonCode.AUTHORIZATION_ERROR, {"error": "server_error", "error_description": "x" * LONGEST})
    assert text.startswith("The provider sent the browser back with the error “server_error”: “xxx")
    assert text.endswith("x…”.")
    assert len(text) == LONGEST


def test_an_issuer_mismatch_shows_both_sides_down_to_the_slash() -> None:
    details = {"expected": "https://idp.acme.example", "received": "https://idp.acme.example/"}
    assert summary(ReasonCode.ISSUER_MISMATCH, details) == (
        "The provider's issuer is “https://idp.acme.example/”, but the connection expects "
        "“https://idp.acme.example”; the two must match exactly, including any trailing slash."
    )
    assert remedy(ReasonCode.ISSUER_MISMATCH, details) == (
        "Tenant admin: copy the issuer into the connection exactly as it appears in the provider's discovery document."
    )


def test_a_clock_that_is_ahead_is_given_in_seconds() -> None:
    assert "differs from ours by 312.5 s" in summary(ReasonCode.TOKEN_NOT_YET_VALID, {"skew_s": 312.5})


def test_a_reason_without_details_is_still_a_sentence() -> None:
    assert summary(ReasonCode.NO_ACCOUNT, {}) == "Sign-in worked, but no account in this tenant matches this person."


def test_a_match_value_is_named_by_what_it_is() -> None:
    details = {"match_by": "email", "sought": "a…@acme.example"}
    said = "Sign-in worked, but no account in this tenant has the email a…@acme.example."
    assert summary(ReasonCode.NO_ACCOUNT, details) == said
