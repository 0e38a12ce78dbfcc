"""RP-Initiated Logout 1.0."""

from contextlib import suppress
from urllib.parse import urlencode

from tests.fake_idp import jws
from tests.fake_idp.jws import Json
from tests.fake_idp.realm import Realm
from tests.fake_idp.recorded import RecordedRequest, repeated
from tests.fake_idp.replies import Refused, page, redirect
from tests.fake_idp.server import Reply


def end_session(realm: Realm, request: RecordedRequest) -> Reply:
    """End the person's session here and send them back, where the request says for whom (sections 2 and 3)."""
    pairs = request.query_pairs if request.method == "GET" else request.form_pairs
    asked = dict(pairs)
    try:
        hint = _hinted(realm, asked["id_token_hint"]) if "id_token_hint" in asked else {}
        _check(realm, asked, hint=hint, twice=repeated(pairs))
    except Refused as refusal:
        return page(str(refusal), status=400)
    realm.sessions.pop(str(hint.get("sub", realm.signed_in)), None)
    back = asked.get("post_logout_redirect_uri")
    if back is None:
        return page("You are logged out")
    if "state" not in asked:
        return redirect(back)
    return redirect(f"{back}{'&' if '?' in back else '?'}{urlencode({'state': asked['state']})}")


def _check(realm: Realm, asked: dict[str, str], *, hint: Json, twice: list[str]) -> None:
    if twice:
        raise Refused("invalid_request", f"{twice[0]} comes more than once")
    audience = hint.get("aud")
    client_id = asked.get("client_id") or str(audience or "")
    if hint and client_id != audience:
        raise Refused("invalid_request", "client_id is not the audience of id_token_hint")
    back = asked.get("post_logout_redirect_uri")
    if back is None:
        return
    client = realm.known_client(client_id)
    if client is None or not client.may_return_to(back, after_logout=True):
        raise Refused("invalid_request", "post_logout_redirect_uri is not registered")


def _hinted(realm: Realm, token: str) -> Json:
    """The claims of an id_token of ours; one that expired, or whose key was rotated, is still a hint (section 2)."""
    for key in realm.keys.made:
        with suppress(ValueError):
            claims = jws.verified(token, key=key.key, algs=frozenset({key.alg}))
            if claims.get("iss") == realm.issuer:
                return claims
    raise Refused("invalid_request", "id_token_hint is not ours")
