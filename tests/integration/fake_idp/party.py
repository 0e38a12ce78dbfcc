"""A relying party of a few lines, which the provider is tried with."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from joserfc import jwt
from joserfc.jwk import KeySet

from tests.fake_idp import BrowserResponse, FakeProvider
from tests.fake_idp.http_client import Answered, ask
from tests.fake_idp.jws import base64url

CALLBACK = "https://bridge.example/callback/1"
VERIFIER = "v" * 43
CHALLENGE = base64url(hashlib.sha256(VERIFIER.encode()).digest())


@dataclass(frozen=True, slots=True)
class Party:
    """Asks with honest parameters; None leaves one out, anything else takes its place."""

    idp: FakeProvider

    def authorization_url(self, **instead: str | None) -> str:
        honest = {
            "response_type": "code",
            "client_id": "bridge",
            "redirect_uri": CALLBACK,
            "scope": "openid email profile",
            "state": "s-1",
            "nonce": "n-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return f"{self.idp.url('authorize')}?{urlencode(_given(honest, instead))}"

    def authorize(self, **instead: str | None) -> BrowserResponse:
        return self.idp.authorize(self.authorization_url(**instead))

    def code(self, **instead: str | None) -> str:
        return self.authorize(**instead).parameters["code"]

    def redeem(self, code: str, /, **instead: str | None) -> Answered:
        return self.redeem_with({}, code, **instead)

    def redeem_with(self, headers: dict[str, str], code: str, /, **instead: str | None) -> Answered:
        honest = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": "bridge",
            "code_verifier": VERIFIER,
        }
        return ask(self.idp.url("token"), form=_given(honest, instead), headers=headers)

    def tokens(self, **instead: str | None) -> dict[str, Any]:
        """The whole way, for an authorization request with these parameters."""
        answered = self.redeem(self.code(**instead))
        assert answered.status == 200, answered.text
        tokens: dict[str, Any] = answered.json
        return tokens

    def userinfo(self, access_token: str) -> Answered:
        return ask(self.idp.url("userinfo"), headers={"Authorization": f"Bearer {access_token}"})

    def verified(self, token: str, alg: str = "RS256") -> jwt.Token:
        """The token, checked by joserfc against the keys as they are published."""
        keys = KeySet.import_key_set(ask(self.idp.url("jwks")).json)
        return jwt.decode(token, keys, algorithms=[alg])


def basic(client_id: str, secret: str, *, encoded: bool = True) -> dict[str, str]:
    """The header of RFC 6749, section 2.3.1; not `encoded`: as servers take it that do not decode."""
    encode = quote_plus if encoded else str
    pair = f"{encode(client_id)}:{encode(secret)}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def _given(honest: dict[str, str], instead: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**honest, **instead}.items() if value is not None}
