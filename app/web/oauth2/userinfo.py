"""`/oauth2/userinfo`: who the person behind an access token is (OpenID Connect Core, section 5.3)."""

from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, request

from app.domain.oauth2.oauth2_error import OAuth2Error
from app.services.oauth2.token_inspection import TokenInspection
from app.web.oauth2.machine import FORM, REALM, MachineBlueprint, known, parameters, preflight, readable_by_its_pages


@dataclass(frozen=True, slots=True)
class UserInfoViews:
    """By a token in the header or in the body of a POST; never in the query, which ends up in logs."""

    inspection: TokenInspection

    def blueprint(self) -> Blueprint:
        blueprint = MachineBlueprint("oauth2_userinfo")
        blueprint.after_request(readable_by_its_pages)
        blueprint.add_url_rule(
            "/oauth2/userinfo", view_func=self.userinfo, endpoint="userinfo", methods=["GET", "POST", "OPTIONS"]
        )
        return blueprint

    def userinfo(self) -> Response:
        if request.method == "OPTIONS":
            return preflight("GET", "POST")
        token = bearer_token()
        if token is None:
            # Without any token, a challenge without an error (RFC 6750, section 3.1).
            return Response(status=401, headers={"WWW-Authenticate": f'Bearer realm="{REALM}"'})
        info = self.inspection.userinfo(token)
        known(info.client)
        return jsonify(info.claims)


def bearer_token() -> str | None:
    """RFC 6750, sections 2.1 and 2.2. Raises OAuth2Error if there are two."""
    scheme, _, in_header = request.headers.get("Authorization", "").partition(" ")
    token = in_header.strip() if scheme.lower() == "bearer" else None
    in_body = parameters().get("access_token") if request.method == "POST" and request.mimetype == FORM else None
    if token is not None and in_body is not None:
        raise OAuth2Error("invalid_request", "Send the token once: in the header or in the body.")
    return token or in_body
