"""Errors in the format of RFC 6749, sections 4.1.2.1 and 5.2."""

from typing import Literal

OAuth2ErrorCode = Literal[
    "access_denied",
    "account_selection_required",
    "authorization_pending",
    "consent_required",
    "expired_token",
    "interaction_required",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_request_uri",
    "invalid_scope",
    "invalid_token",
    "insufficient_scope",
    "login_required",
    "request_not_supported",
    "request_uri_not_supported",
    "server_error",
    "slow_down",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
]


class OAuth2Error(Exception):
    """`description` is for the app's developer: plain ASCII, what is wrong and what would be right, no secret."""

    def __init__(self, code: OAuth2ErrorCode, description: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.retry_after_s = retry_after_s
