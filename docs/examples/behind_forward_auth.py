"""An app behind a proxy that asks `/forward-auth`. It goes by the signed identity: it need not trust its network.

pip install joserfc
BRIDGE=https://login.vendor.example AUDIENCE=wiki.vendor.example python behind_forward_auth.py
"""

import json
import os
import time
import urllib.request
from collections.abc import Iterable
from wsgiref.simple_server import make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

KEYS_KEPT_S = 300


class Identities:
    """Verifies `X-Auth-JWT`. Fetches the bridge's keys every five minutes, and when a token does not fit them."""

    def __init__(self, bridge: str, audience: str) -> None:
        self.bridge, self.audience = bridge, audience
        self.keys = KeySet([])
        self.fetched_at = float("-inf")

    def of(self, token: str) -> dict[str, object]:
        """Who makes the request. Raises PermissionError."""
        if time.monotonic() - self.fetched_at > KEYS_KEPT_S:
            self.fetch()
        try:
            return self.verified(token)
        except PermissionError:
            if time.monotonic() - self.fetched_at < 1:
                raise
        self.fetch()  # a new key, or a token that is not the bridge's
        return self.verified(token)

    def verified(self, token: str) -> dict[str, object]:
        rules = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.bridge},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
        )
        try:
            read = jwt.decode(token, self.keys, algorithms=["ES256"])
            rules.validate(read.claims)
        except (JoseError, ValueError) as error:
            raise PermissionError(str(error)) from error
        if read.header.get("typ") != "identity+jwt":
            raise PermissionError("not an identity token")  # the bridge signs others for other readers
        return read.claims

    def fetch(self) -> None:
        with urllib.request.urlopen(f"{self.bridge}/oauth2/jwks", timeout=5) as answer:
            self.keys = KeySet.import_key_set(json.load(answer))
        self.fetched_at = time.monotonic()


class Wiki:
    """Greets whoever makes the request."""

    def __init__(self, identities: Identities) -> None:
        self.identities = identities

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            person = self.identities.of(environ.get("HTTP_X_AUTH_JWT", ""))
        except PermissionError:
            start_response("401 Unauthorized", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"Nobody has told this app who you are."]
        start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
        return [f"Hello {person['username']} of {person['tenant']}".encode()]


if __name__ == "__main__":
    app = Wiki(Identities(os.environ["BRIDGE"], os.environ["AUDIENCE"]))
    with make_server("127.0.0.1", 9000, app) as server:
        server.serve_forever()
