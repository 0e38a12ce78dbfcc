"""What is known of a token at this moment: introspection, revocation and userinfo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.oauth2.authorization import AuthorizationId, Authorized, RefreshToken, token_hash
from app.domain.oauth2.claims import AccessTokenClaims, person
from app.domain.oauth2.client import Client
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.oauth2.scopes import OPENID, ROLES, still_held
from app.domain.tenants.tenant import Status, TenantId
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.oauth2.token_signer import TokenSigner

Claims = Mapping[str, Any]
INACTIVE: Claims = {"active": False}
"""All that is said of a token that is unknown, expired, revoked, or none of the client's business (RFC 7662, 2.2)."""


@dataclass(frozen=True, slots=True)
class UserInfo:
    """The answer to `client`, for whom the token was issued."""

    claims: Claims
    client: Client


@dataclass(frozen=True, slots=True)
class TokenInspection:
    """A signed token says what was true when it was issued; these methods ask what is."""

    database: Database
    signer: TokenSigner
    clock: Clock

    def introspect(self, client: Client, token: str) -> Claims:
        """RFC 7662. For confidential clients: the vendor's ask about all access tokens, a tenant's about its tenant's.

        Refresh tokens are shown only to the client that holds them.
        """
        if client.public:
            raise OAuth2Error("invalid_client", "A public client may not introspect tokens.")
        try:
            claims = self.signer.read_access_token(token)
        except OAuth2Error:
            return self._refresh_token(client, token)
        with self.database.read() as work:
            if claims.authorization_id is None:
                return self._of_client(work, client, claims)
            authorized = self._authorized(work, claims.authorization_id, claims)
        if authorized is None or not _may_ask(client, authorized.tenant.id):
            return INACTIVE
        return {"active": True, "token_type": "Bearer", **claims.claims, **_now(authorized, claims)}

    def revoke(self, client: Client, token: str) -> None:
        """RFC 7009: its own tokens. A refresh token ends the authorization with all that was issued under it.

        Also one that has been used: whoever signs out after an answer was lost has no other.

        Revoking what is unknown or over already is no error. Raises OAuth2Error for another client's token.
        """
        now = self.clock.now()
        with self.database.read() as work:
            found = self._stored_refresh_token(work, token)
        if found is not None:
            _require_own(client, found[1].client.client_id)
            with self.database.write() as work:
                work.authorizations.end(found[0].authorization_id, at=now)
            return
        try:
            claims = self.signer.open_access_token(token)
        except OAuth2Error:
            return
        _require_own(client, claims.client_id)
        with self.database.write() as work:
            work.authorizations.revoke_access_token(claims.jti, expires_at=claims.expires_at)

    def userinfo(self, token: str) -> UserInfo:
        """OpenID Connect Core, section 5.3. Raises OAuth2Error `invalid_token` or `insufficient_scope`."""
        claims = self.signer.read_access_token(token)
        if claims.authorization_id is None or OPENID not in claims.scopes:
            raise OAuth2Error("insufficient_scope", "The token was not issued with the scope openid.")
        with self.database.read() as work:
            authorized = self._authorized(work, claims.authorization_id, claims)
        if authorized is None:
            raise OAuth2Error("invalid_token", "The token has been revoked, or what it was issued for has ended.")
        scopes = still_held(claims.scopes, authorized.client)
        return UserInfo(person(authorized.account, authorized.tenant, scopes), authorized.client)

    def _authorized(
        self, work: Work, authorization_id: AuthorizationId, claims: AccessTokenClaims
    ) -> Authorized | None:
        """What the token stands for, if that lives, and neither the token was revoked nor its key withdrawn."""
        now = self.clock.now()
        return work.authorizations.of_access_token(authorization_id, jti=claims.jti, kid=claims.kid, now=now)

    def _refresh_token(self, client: Client, token: str) -> Claims:
        with self.database.read() as work:
            found = self._stored_refresh_token(work, token)
        if found is None or found[0].used_at is not None or found[1].client.client_id != client.client_id:
            return INACTIVE
        stored, authorized = found
        return {
            "active": True,
            "token_type": "refresh_token",
            "client_id": authorized.client.client_id,
            "sub": authorized.account.id,
            "tenant": authorized.tenant.slug,
            "scope": " ".join(authorized.authorization.scopes),
            "iat": int(stored.issued_at),
            "exp": int(stored.expires_at),
        }

    def _stored_refresh_token(self, work: Work, token: str) -> tuple[RefreshToken, Authorized] | None:
        """One whose authorization lives, be it used or not."""
        now = self.clock.now()
        stored = work.authorizations.refresh_token(token_hash(token))
        if stored is None or stored.expires_at <= now:
            return None
        authorized = work.authorizations.live(stored.authorization_id, now=now)
        return (stored, authorized) if authorized else None

    def _of_client(self, work: Work, client: Client, claims: AccessTokenClaims) -> Claims:
        """Nobody stands behind it but the client that it was issued to."""
        if not work.authorizations.access_token_stands(claims.jti, kid=claims.kid, now=self.clock.now()):
            return INACTIVE
        issued_to = work.clients.get(claims.client_id)
        if issued_to is None or issued_to.status is not Status.ACTIVE or not _may_ask(client, issued_to.tenant_id):
            return INACTIVE
        owner = work.tenants.get(issued_to.tenant_id) if issued_to.tenant_id else None
        if issued_to.tenant_id is not None and (owner is None or owner.status is not Status.ACTIVE):
            return INACTIVE
        scope = " ".join(still_held(claims.scopes, issued_to))
        return {"active": True, "token_type": "Bearer", **claims.claims, "scope": scope}


def _may_ask(client: Client, tenant_id: TenantId | None) -> bool:
    return client.tenant_id is None or client.tenant_id == tenant_id


def _now(authorized: Authorized, claims: AccessTokenClaims) -> Claims:
    """What may have changed since it was issued."""
    scopes = still_held(claims.scopes, authorized.client)
    roles = {"roles": [role.value for role in authorized.account.roles] if ROLES in scopes else []}
    was_told = {"scope": " ".join(scopes)} | (roles if ROLES in claims.scopes else {})
    return {"username": authorized.account.username, **was_told}


def _require_own(client: Client, client_id: str) -> None:
    if client.client_id != client_id:
        raise OAuth2Error("invalid_grant", "The token was issued to another client.")
