"""Where clients show who they are."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from app.domain.oauth2.client import Client, ClientId
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.services.oauth2.client_authentication import ClientAuthenticator, secret_hash
from app.services.oauth2.client_credentials import JWT_BEARER, read_credentials
from tests.builders import BASE_URL, World

SECRET = "a secret: with + and % in it"
KEY = ECKey.generate_key("P-256")
RSA = RSAKey.generate_key(2048)
ED = OKPKey.generate_key("Ed25519")
DESK = Client(client_id=ClientId("desk"), name="Desk", secret_hash=secret_hash(SECRET))
PHONE = Client(client_id=ClientId("phone"), name="Phone")
SIGNER = Client(
    client_id=ClientId("signer"),
    name="Signer",
    jwks={"keys": [KEY.as_dict(private=False), RSA.as_dict(private=False), ED.as_dict(private=False)]},
)


@dataclass(frozen=True)
class Door:
    """The authenticator, asked as an endpoint asks it."""

    world: World
    authenticator: ClientAuthenticator

    def knock(self, body: Mapping[str, str], *, basic: str | None = None, client_ip: str = "192.0.2.1") -> Client:
        authorization = f"Basic {base64.b64encode(basic.encode()).decode()}" if basic is not None else None
        return self.authenticator.authenticate(read_credentials(body, authorization=authorization, client_ip=client_ip))

    def refusal(
        self, body: Mapping[str, str], *, basic: str | None = None, client_ip: str = "192.0.2.1"
    ) -> OAuth2Error:
        with pytest.raises(OAuth2Error) as refused:
            self.knock(body, basic=basic, client_ip=client_ip)
        return refused.value

    def asserted(self, assertion: str, **more: str) -> dict[str, str]:
        return {"client_assertion_type": JWT_BEARER, "client_assertion": assertion, **more}

    def claims(self, **changes: object) -> dict[str, object]:
        now = int(self.world.clock.now())
        claims: dict[str, object] = {
            "iss": "signer",
            "sub": "signer",
            "aud": BASE_URL,
            "exp": now + 60,
            "iat": now,
            "jti": self.world.randomness.token(),
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}
