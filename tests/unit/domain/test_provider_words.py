import pytest

from app.domain.reasons import ReasonCode, remedy
from app.domain.reasons.provider_words import KNOWN_MESSAGES, KnownMessage

SEEN = {
    "an expired secret at Entra": (
        ReasonCode.CLIENT_REFUSED,
        {"error": "invalid_client", "error_description": "AADSTS7000222: The provided client secret keys are expired."},
        "Certificates & secrets",
    ),
    "a redirect URI that Entra does not know": (
        ReasonCode.GRANT_REFUSED,
        {"error": "invalid_client", "error_description": "AADSTS50011: The redirect URI does not match"},
        "Authentication",
    ),
    "an unassigned person at Okta": (
        ReasonCode.ACCESS_DENIED,
        {"error": "access_denied", "error_description": "User is not assigned to the client application."},
        "Assignments",
    ),
    "an app that Google's administrator blocks": (
        ReasonCode.AUTHORIZATION_ERROR,
        {"error": "admin_policy_enforced"},
        "App access control",
    ),
    "a wrong secret at Keycloak": (
        ReasonCode.CLIENT_REFUSED,
        {"error": "unauthorized_client", "error_description": "Invalid client or Invalid client credentials"},
        "Credentials",
    ),
}


@pytest.mark.parametrize(("code", "details", "place"), SEEN.values(), ids=list(SEEN))
def test_a_message_that_people_meet_is_answered_with_the_place_in_that_console(
    code: ReasonCode, details: dict[str, object], place: str
) -> None:
    assert place in remedy(code, details)


def test_an_unknown_message_leaves_our_own_remedy() -> None:
    assert remedy(ReasonCode.CLIENT_REFUSED, {"error": "invalid_client"}).startswith("Tenant admin")


def test_words_of_ours_are_not_taken_for_a_providers() -> None:
    ours = {"error": "redirect_uri_mismatch"}
    assert remedy(ReasonCode.ANSWER_INVALID, ours) == remedy(ReasonCode.ANSWER_INVALID, {})


@pytest.mark.parametrize("message", KNOWN_MESSAGES, ids=lambda message: message.marker)
def test_every_known_message_says_what_to_do(message: KnownMessage) -> None:
    assert message.remedy.endswith(".")
    assert message.provider
