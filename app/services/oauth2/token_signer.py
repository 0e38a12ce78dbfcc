"""Issues signed tokens, and opens those that come back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.oauth2 import claims
from app.domain.oauth2.authorization import Authorized
from app.domain.oauth2.claims import AccessToken, AccessTokenClaims, IdTokenClaims
from app.domain.oauth2.client import Client
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.oauth2.signing_key import SigningKey
from app.domain.sessions.session import SessionSummary
from app.domain.tenants.tenant import Tenant
from app.ports.signing_keys import BadToken, Signatures
from app.ports.system import Clock, Randomness
from app.services.oauth2.signing_keys import SigningKeyService

LONGEST_KID = 128
KeyWithId = Callable[[str], SigningKey | None]


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
        return self.keys.signed(content, algorithm=authorized.client.signing_alg, token_type=claims.ID_TOKEN)

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
        value = self.keys.signed(content, algorithm=client.signing_alg, token_type=claims.ACCESS_TOKEN)
        return AccessToken(value=value, jti=jti, expires_at=content["exp"], scopes=tuple(scopes))

    def logout_token(self, client: Client, *, subject: str, sid: str) -> str:
        """Tells an app that a session has ended (OpenID Connect Back-Channel Logout 1.0)."""
        content = claims.logout_token(
            client_id=client.client_id,
            subject=subject,
            sid=sid,
            issuer=self.issuer,
            jti=self.randomness.token(),
            now=self.clock.now(),
        )
        return self.keys.signed(content, algorithm=client.signing_alg, token_type=claims.LOGOUT_TOKEN)

    def identity_jwt(self, found: SessionSummary, audience: str, key: SigningKey) -> str:
        """Tells the app at the host `audience` who makes a request. Valid for a minute."""
        content = claims.identity(found, audience=audience, issuer=self.issuer, now=self.clock.now())
        return self.keys.signed_by(key, content, token_type=claims.IDENTITY)

    def open_access_token(self, token: str) -> AccessTokenClaims:
        """One of ours that has not expired, by a key that is still good. Raises OAuth2Error `invalid_token`."""
        return self._access_token(token, self.keys.verifying)

    def read_access_token(self, token: str) -> AccessTokenClaims:
        """The same, but its key may have been withdrawn: for whoever then asks the database about `kid` and `jti`."""
        return self._access_token(token, self.keys.with_id)

    def open_id_token_hint(self, token: str) -> IdTokenClaims:
        """One of ours, even if it has expired (OpenID Connect RP-Initiated Logout 1.0, section 2).

        Raises OAuth2Error `invalid_token`.
        """
        _, content = self._verified(token, claims.ID_TOKEN, self.keys.verifying)
        return IdTokenClaims(subject=content["sub"], client_id=content["aud"], sid=content["sid"])

    def _access_token(self, token: str, key_with_id: KeyWithId) -> AccessTokenClaims:
        kid, content = self._verified(token, claims.ACCESS_TOKEN, key_with_id)
        if content["aud"] != self.issuer or content["exp"] <= self.clock.now():
            raise _invalid()
        return claims.read_access_token(content, kid=kid)

    def _verified(self, token: str, token_type: str, key_with_id: KeyWithId) -> tuple[str, dict[str, Any]]:
        """The key's id and the claims of a token of this type that we have signed."""
        try:
            header = self.signatures.header(token)
            key = key_with_id(header.kid) if len(header.kid) <= LONGEST_KID else None
            if key is None or header.type != token_type or header.algorithm != key.algorithm:
                raise _invalid()
            content = self.signatures.verified(token, algorithm=key.algorithm, public=key.public)
        except BadToken:
            raise _invalid() from None
        if content["iss"] != self.issuer:  # a bridge that has moved: its former tokens name its former address
            raise _invalid()
        return key.kid, content


def _invalid() -> OAuth2Error:
    return OAuth2Error("invalid_token", "The token is malformed, expired, revoked or not of the expected kind.")
