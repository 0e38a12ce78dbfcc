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
    "an encryption key that Keycloak does not find": (
        ReasonCode.AUTHORIZATION_ERROR,
        {"error": "invalid_request", "error_description": "can not get encryption KEK", "endpoint": "token"},
        "JWKS URL",
    ),
    "a secret in another encoding": (
        ReasonCode.CLIENT_REFUSED,
        {"error": "invalid_client", "error_description": "client_id is improperly encoded"},
        "client_auth_encoding",
    ),
    "PKCE that Keycloak demands": (
        ReasonCode.AUTHORIZATION_ERROR,
        {"error": "invalid_request", "error_description": "Missing parameter: code_challenge_method"},
        "pkce = true",
    ),
    "PKCE that another one demands": (
        ReasonCode.AUTHORIZATION_ERROR,
        {"error": "invalid_request", "error_description": "Authorization Server policy requires PKCE to be used"},
        "pkce = true",
    ),
    "a request object that is demanded": (
        ReasonCode.AUTHORIZATION_ERROR,
        {"error": "invalid_request", "error_description": "Request Object must be used by this client"},
        "does not send",
    ),
    "a proof of possession that Keycloak demands": (
        ReasonCode.AUTHORIZATION_ERROR,
        {"error": "invalid_dpop_proof", "error_description": "DPoP proof is missing", "endpoint": "token"},
        "set dpop",
    ),
    "a proof of possession that another one demands, and does not say so": (
        ReasonCode.GRANT_REFUSED,
        {"error": "invalid_grant", "error_description": "grant request is invalid", "endpoint": "token"},
        "set dpop",
    ),
    "pushed requests that Keycloak demands": (
        ReasonCode.AUTHORIZATION_ERROR,
        {"error": "invalid_request", "error_description": "Pushed Authorization Request is only allowed."},
        'par = "required"',
    ),
    "pushed requests that another one demands": (
        ReasonCode.AUTHORIZATION_ERROR,
        {"error": "invalid_request", "error_description": "Pushed Authorization Request must be used"},
        'par = "required"',
    ),
    "keys of ours that could not be fetched": (
        ReasonCode.AUTHORIZATION_ERROR,
        {"error": "invalid_client_metadata", "error_description": "client JSON Web Key Set failed to be refreshed"},
        "could not fetch",
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
