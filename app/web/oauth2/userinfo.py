"""`/oauth2/userinfo`: who the person behind an access token is (OpenID Connect Core, section 5.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from app.domain.oauth2.oauth2_error import OAuth2Error
from app.services.oauth2.token_inspection import TokenInspection
from app.web.oauth2.machine import FORM, Asked, Endpoint
from app.web.oauth2.machine_answers import REALM, Answer, in_json


@dataclass(frozen=True, slots=True)
class UserInfoViews:
    """By a token in the header or in the body of a POST; never in the query, which ends up in logs."""

    inspection: TokenInspection

    def endpoints(self) -> Mapping[str, Endpoint]:
        return {"/oauth2/userinfo": Endpoint(self.userinfo, methods=("GET", "HEAD", "POST"))}

    def userinfo(self, asked: Asked) -> Answer:
        token = bearer_token(asked)
        if token is None:
            # Without any token, a challenge without an error (RFC 6750, section 3.1).
            return Answer(HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": f'Bearer realm="{REALM}"'})
        info = self.inspection.userinfo(token)
        asked.client = info.client
        return in_json(info.claims)


def bearer_token(asked: Asked) -> str | None:
    """RFC 6750, sections 2.1 and 2.2. Raises OAuth2Error if there are two."""
    scheme, _, in_header = (asked.authorization or "").partition(" ")
    token = in_header.strip() if scheme.lower() == "bearer" else None
    posted = asked.method == "POST" and asked.content_type == FORM
    in_body = asked.parameters.get("access_token") if posted else None
    if token is not None and in_body is not None:
        raise OAuth2Error("invalid_request", "Send the token once: in the header or in the body.")
    return token or in_body
