"""Proofs of possession, looked at as RFC 9449, section 4.3, has it: twelve checks, and the server's nonce."""

import hashlib
from typing import Literal

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tests.fake_idp.jws import base64url, read, verified
from tests.fake_idp.realm import Realm
from tests.fake_idp.recorded import RecordedRequest
from tests.fake_idp.replies import Refused

ALGS = ("ES256", "ES384")
_LEEWAY_S = 60
Where = Literal["token", "resource"]


def thumbprint(realm: Realm, request: RecordedRequest, where: Where, *, access_token: str | None = None) -> str:
    """Of the key that the client has proved to have. Raises Refused in the form of the endpoint."""
    proof = request.headers["dpop"]
    try:
        header, claims = read(proof)
        key = ECKey.import_key(header["jwk"])
        verified(proof, key=key, algs=frozenset(ALGS))
    except (ValueError, KeyError, TypeError, JoseError) as error:
        raise _refused("invalid_dpop_proof", where, str(error)) from error
    if header.get("typ") != "dpop+jwt" or "d" in header["jwk"]:
        raise _refused("invalid_dpop_proof", where, "its header")
    target = realm.base_url + request.path
    if (claims.get("htm"), claims.get("htu")) != (request.method, target):
        raise _refused("invalid_dpop_proof", where, f"made for {claims.get('htm')} {claims.get('htu')}")
    if abs(claims["iat"] - realm.now()) > _LEEWAY_S or claims["jti"] in realm.seen_jtis:
        raise _refused("invalid_dpop_proof", where, "too old, or used before")
    realm.seen_jtis.add(claims["jti"])
    if access_token is not None and claims.get("ath") != base64url(hashlib.sha256(access_token.encode()).digest()):
        raise _refused("invalid_dpop_proof", where, "ath is of another token")
    wanted = realm.dpop_nonce[where]
    if wanted and claims.get("nonce") != wanted:
        raise _refused("use_dpop_nonce", where, "the nonce", nonce=wanted)
    return key.thumbprint()


def _refused(error: str, where: Where, description: str, *, nonce: str = "") -> Refused:
    headers = {"DPoP-Nonce": nonce} if nonce else {}
    if where == "token":
        return Refused(error, description, headers=headers)
    challenge = f'DPoP error="{error}", algs="{" ".join(ALGS)}"'
    return Refused("", status=401, headers={**headers, "WWW-Authenticate": challenge})
