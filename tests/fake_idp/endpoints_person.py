"""Userinfo, and the list of addresses as GitHub has it."""

import json

from tests.fake_idp.dpop import thumbprint
from tests.fake_idp.id_token import header_of, sealed
from tests.fake_idp.jws import Json
from tests.fake_idp.realm import AccessToken, Realm
from tests.fake_idp.recorded import RecordedRequest
from tests.fake_idp.replies import Refused, json_reply
from tests.fake_idp.server import Reply


def userinfo(realm: Realm, request: RecordedRequest) -> Reply:
    """OpenID Connect Core, section 5.3. A plain OAuth 2.0 server shows everything, whatever the scope."""
    grant = _bearer(realm, request).grant
    person = grant.session.person
    if realm.kind == "oauth2":
        seen = person.claims
    elif "openid" not in grant.scopes:
        raise _challenge("insufficient_scope", status=403)
    else:
        seen = person.claims_for(grant.scopes) if realm.claims_in != "id_token" else {}
    claims: Json = realm.on.apply("userinfo", {**seen, "sub": person.sub})
    if not realm.signed_userinfo and "userinfo" not in realm.encrypted:
        return json_reply(claims)
    body = json.dumps(claims)
    if realm.signed_userinfo:
        whole = realm.on.apply("userinfo_token", {"iss": realm.issuer, "aud": grant.client_id, **claims})
        body = (realm.on.sign_userinfo or realm.keys.sign)(header_of(realm, "JWT"), whole)
    body = sealed(realm, "userinfo", body)
    return Reply(headers={"Content-Type": "application/jwt"}, body=body.encode())


def emails(realm: Realm, request: RecordedRequest) -> Reply:
    person = _bearer(realm, request).grant.session.person
    return json_reply(realm.on.apply("emails", person.addresses()))


def _bearer(realm: Realm, request: RecordedRequest) -> AccessToken:
    """A living access token, from the header or the form body but not both (RFC 6750, section 2; RFC 9449, 7.1)."""
    in_body = request.form.get("access_token") if request.method == "POST" else None
    if request.bearer and in_body:
        raise _challenge("invalid_request", status=400)
    sent = request.bearer or request.dpop_token or in_body
    if not sent:
        # RFC 6750, section 3.1: without any credentials there is no error code.
        raise _challenge("", status=401)
    token = realm.access_tokens.get(sent)
    if token is None or token.expires_at <= realm.now():
        raise _challenge("invalid_token", status=401)
    if token.certificate is not None and token.certificate != request.certificate:
        raise _challenge("invalid_token", status=401)
    if token.jkt is not None and (
        not request.dpop_token or token.jkt != thumbprint(realm, request, "resource", access_token=sent)
    ):
        raise _challenge("invalid_token", status=401)
    return token


def _challenge(error: str, *, status: int) -> Refused:
    told = f', error="{error}"' if error else ""
    return Refused(error, status=status, headers={"WWW-Authenticate": f'Bearer realm="userinfo"{told}'})
