"""The answer to an authorization request: RFC 6749, section 4.1.2; `iss` as RFC 9207 demands."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from app.domain.oauth2.authorization_request import Answerable, ReplyTo, ResponseMode


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """A code or an error, for the app."""

    reply_to: ReplyTo
    parameters: tuple[tuple[str, str], ...]

    @property
    def posted(self) -> bool:
        """Whether it goes by a form (OAuth 2.0 Form Post Response Mode, section 2)."""
        return self.reply_to.response_mode is ResponseMode.FORM_POST

    @property
    def url(self) -> str:
        """The redirect URI with the answer in its query. What was registered stays as it is, character by character."""
        uri = self.reply_to.redirect_uri
        joint = "&" if urlsplit(uri).query else "" if uri.endswith("?") else "?"
        return f"{uri}{joint}{urlencode(self.parameters)}"


def code_response(reply_to: ReplyTo, code: str, *, issuer: str) -> AuthorizationResponse:
    return _response(reply_to, ("code", code), issuer=issuer)


def error_response(error: Answerable, *, issuer: str) -> AuthorizationResponse:
    said = ("error", error.code), ("error_description", error.description)
    return _response(error.reply_to, *said, issuer=issuer)


def _response(reply_to: ReplyTo, *parameters: tuple[str, str], issuer: str) -> AuthorizationResponse:
    state = [("state", reply_to.state)] if reply_to.state is not None else []
    return AuthorizationResponse(reply_to, (*parameters, *state, ("iss", issuer)))
