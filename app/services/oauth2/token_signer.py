"""Issues signed tokens, and opens those that come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.oauth2 import claims
from app.domain.oauth2.authorization import Authorized
from app.domain.oauth2.claims import AccessToken, AccessTokenClaims, IdTokenClaims
from app.domain.oauth2.client import Client
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.oauth2.signing_key import SigningAlg, SigningKey
from app.domain.sessions.session import SessionSummary
from app.domain.tenants.tenant import Tenant
from app.ports.signing_keys import BadToken, Signatures
from app.ports.system import Clock, Randomness
from app.services.oauth2.signing_keys import SigningKeyService

LONGEST_KID = 128


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Whether what a token stands for is still live, it does not know: `Authorizations.live` decides that.

    To be called outside a transaction: the first call of all generates the keys.
    """

    keys: SigningKeyService
    signatures: Signatures
    clock: Clock
    randomness: Randomness
    issuer: str

    def id_token(self, authorized: Authorized, *, nonce: str | None = None, access_token: str | None = None) -> str:
        """`nonce` as the app sent it; `access_token` is what is issued beside it."""
        content = claims.id_token(
            authorized, issuer=self.issuer, now=self.clock.now(), nonce=nonce, access_token=access_token
        )
        return self._rs256(content, claims.ID_TOKEN)

    def access_token(
        self,
        *,
        client: Client,
        scopes: Sequence[str],
        authorized: Authorized | None = None,
        owner: Tenant | None = None,
    ) -> AccessToken:
        """For a person, or, without `authorized`, for the client itself; `owner` is the tenant that owns it."""
        jti = self.randomness.token()
        if authorized is not None:
            jti = f"{authorized.authorization.id}.{jti}"
        content = claims.access_token(
            client_id=client.client_id,
            scopes=scopes,
            authorized=authorized,
            issuer=self.issuer,
            jti=jti,
            now=self.clock.now(),
        )
        if owner is not None:
            content["tenant"] = owner.slug
        value = self._rs256(content, claims.ACCESS_TOKEN)
        return AccessToken(value=value, jti=jti, expires_at=content["exp"], scopes=tuple(scopes))

    def logout_token(self, *, client_id: str, subject: str, sid: str) -> str:
        """Tells an app that a session has ended (OpenID Connect Back-Channel Logout 1.0)."""
        content = claims.logout_token(
            client_id=client_id,
            subject=subject,
            sid=sid,
            issuer=self.issuer,
            jti=self.randomness.token(),
            now=self.clock.now(),
        )
        return self._rs256(content, claims.LOGOUT_TOKEN)

    def identity_jwt(self, found: SessionSummary, audience: str, key: SigningKey) -> str:
        """Tells the app at the host `audience` who makes a request. Valid for a minute."""
        content = claims.identity(found, audience=audience, issuer=self.issuer, now=self.clock.now())
        return self.keys.signed_by(key, content, token_type=claims.IDENTITY)

    def open_access_token(self, token: str) -> AccessTokenClaims:
        """One of ours that has not expired. Raises OAuth2Error `invalid_token`."""
        content = self._opened(token, claims.ACCESS_TOKEN)
        if content["aud"] != self.issuer or content["exp"] <= self.clock.now():
            raise _invalid()
        return claims.read_access_token(content)

    def open_id_token_hint(self, token: str) -> IdTokenClaims:
        """One of ours, even if it has expired (OpenID Connect RP-Initiated Logout 1.0, section 2).

        Raises OAuth2Error `invalid_token`.
        """
        content = self._opened(token, claims.ID_TOKEN)
        return IdTokenClaims(subject=content["sub"], client_id=content["aud"], sid=content["sid"])

    def _rs256(self, content: Mapping[str, Any], token_type: str) -> str:
        return self.keys.signed(content, algorithm=SigningAlg.RS256, token_type=token_type)

    def _opened(self, token: str, token_type: str) -> dict[str, Any]:
        """The claims of a token of this type that we have signed."""
        try:
            header = self.signatures.header(token)
            key = self.keys.verifying(header.kid) if len(header.kid) <= LONGEST_KID else None
            if key is None or header.type != token_type or header.algorithm != SigningAlg.RS256:
                raise _invalid()
            content = self.signatures.verified(token, algorithm=key.algorithm, public=key.public)
        except BadToken:
            raise _invalid() from None
        if content["iss"] != self.issuer:  # a bridge that has moved: its former tokens name its former address
            raise _invalid()
        return content


def _invalid() -> OAuth2Error:
    return OAuth2Error("invalid_token", "The token is malformed, expired, revoked or not of the expected kind.")
