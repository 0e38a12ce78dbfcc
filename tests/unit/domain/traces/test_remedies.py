"""Texts that look at where an error came from, and at how the bridge proves itself."""

import pytest

from app.domain.reasons import ReasonCode, advice, reason, remedy, summary


def test_a_refusal_at_the_token_endpoint_is_not_told_as_one_that_came_by_the_browser() -> None:
    details = {"error": "invalid_request", "error_description": "no", "endpoint": "token", "host": "idp.acme.example"}
    told = summary(ReasonCode.AUTHORIZATION_ERROR, details)
    assert told == (
        "The provider's token endpoint rejected the bridge's request with the error “invalid_request”: “no”."
    )
    assert "sent the browser back" in summary(ReasonCode.AUTHORIZATION_ERROR, {"error": "invalid_request"})


@pytest.mark.parametrize(
    ("error", "again"),
    [
        ("invalid_request", False),
        ("invalid_dpop_proof", False),
        ("server_error", True),
        ("temporarily_unavailable", True),
        (None, True),
        ("", True),
    ],
)
def test_an_agent_is_told_to_try_again_only_where_that_can_help(error: str | None, *, again: bool) -> None:
    said = advice(ReasonCode.AUTHORIZATION_ERROR, {"error": error, "endpoint": "token"})
    assert said.startswith("Try again") is again
    assert said.startswith("Trying again probably won't help") is not again


def test_every_other_reason_has_one_advice() -> None:
    others = [code for code in ReasonCode if code is not ReasonCode.AUTHORIZATION_ERROR]
    assert all(advice(code, {"error": "invalid_request"}) == reason(code).next_step for code in others)


@pytest.mark.parametrize("proof", ["private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth", "none"])
def test_nobody_is_asked_for_a_secret_that_the_connection_does_not_use(proof: str) -> None:
    for said in (
        {},
        {"error": "invalid_client"},
        {"error_description": "Invalid client or Invalid client credentials"},
    ):
        told = remedy(ReasonCode.CLIENT_REFUSED, {**said, "client_auth": proof})
        assert told.startswith("Tenant admin: compare client_id")
        assert "client secret" not in told
        assert proof in told or proof == "none"


@pytest.mark.parametrize("proof", ["client_secret_basic", "client_secret_post"])
def test_who_uses_a_secret_is_told_where_it_is(proof: str) -> None:
    details = {"client_auth": proof, "error_description": "Invalid client or Invalid client credentials"}
    assert "copy Client secret" in remedy(ReasonCode.CLIENT_REFUSED, details)
    assert "create a new client secret" in remedy(ReasonCode.CLIENT_REFUSED, {"client_auth": proof})


def test_a_refused_algorithm_says_which_answer_it_was() -> None:
    details = {"expected": ["RS256"], "received": "HS256"}
    assert summary(ReasonCode.ALGORITHM_REFUSED, details).startswith("The id_token is signed with “HS256”")
    userinfo_said = summary(ReasonCode.ALGORITHM_REFUSED, {**details, "endpoint": "userinfo"})
    assert userinfo_said.startswith("The response from the userinfo endpoint is signed with “HS256”")
