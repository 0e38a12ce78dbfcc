"""The pushed authorization request endpoint: a client says here what it will ask, and sends a name by the browser."""

import secrets
from collections.abc import Mapping

from tests.fake_idp.clients import Client
from tests.fake_idp.endpoints_token import authenticated
from tests.fake_idp.realm import PushedRequest, Realm
from tests.fake_idp.recorded import RecordedRequest, repeated
from tests.fake_idp.replies import Refused, json_reply
from tests.fake_idp.server import Reply

SCHEME = "urn:ietf:params:oauth:request_uri:"


def par(realm: Realm, request: RecordedRequest) -> Reply:
    """RFC 9126, section 2."""
    if not request.is_form:
        raise Refused("invalid_request", "the body must be application/x-www-form-urlencoded")
    if twice := repeated(request.form_pairs):
        raise Refused("invalid_request", f"{twice[0]} comes more than once")
    client = authenticated(realm, request)
    asked = request.form
    _check(client, asked)
    name = f"{SCHEME}{secrets.token_urlsafe(24)}"
    realm.pushed[name] = PushedRequest(
        client_id=client.client_id, parameters=asked, expires_at=realm.now() + realm.par_seconds
    )
    body = realm.on.apply("par_response", {"request_uri": name, "expires_in": realm.par_seconds})
    return json_reply(body, status=201)


def _check(client: Client, asked: Mapping[str, str]) -> None:
    if "request_uri" in asked:
        raise Refused("invalid_request", "request_uri does not belong into a pushed request")
    if asked.get("client_id", client.client_id) != client.client_id:
        raise Refused("invalid_request", "client_id is another client's")
    if not client.may_return_to(asked.get("redirect_uri", "")):
        raise Refused("invalid_request", "redirect_uri is not registered")
