"""Exchanges codes and refresh tokens for tokens (docs/rules.md, rule 28). Every exchange asks the decision point.

What decides a race is a row: whoever reads a code or refresh token to use it has it to itself until the transaction
ends. Tokens are signed after it.
"""

from dataclasses import dataclass, replace

from app.domain.audit.audit import Actor, named
from app.domain.errors import SsoError, StoreUnavailable
from app.domain.oauth2.authorization import (
    OFFLINE_ACCESS,
    AuthorizationCode,
    Authorized,
    RefreshToken,
    token_hash,
)
from app.domain.oauth2.claims import AccessToken
from app.domain.oauth2.client import Client, GrantType
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.oauth2.pkce import verifies
from app.domain.oauth2.scopes import OPENID, STANDARD_SCOPES, parse_scopes, require_held, still_held
from app.ports.repositories import Database, Work
from app.ports.system import Clock, Randomness
from app.services.audit.audit import AuditService
from app.services.oauth2.token_signer import TokenSigner
from app.services.sso_only.enforcement import Enforcement

AT_ONCE_S = 3
"""A refresh token that comes again within this time comes from a parallel request of the same app."""
LOST_ANSWER_S = 30
"""Within this time it may come once more, because the answer got lost on its way."""
USED_EVERY_S = 3600
"""`last_used_at` is written at most this often, and counts from when the person agreed."""
REUSED = "authorization.reused"
"""The audit action."""


@dataclass(frozen=True, slots=True)
class Issued:
    """The answer of the token endpoint (RFC 6749, section 5.1; OpenID Connect Core, section 3.1.3.3)."""

    access_token: AccessToken
    refresh_token: str | None = None
    id_token: str | None = None


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What was stored by the transaction that decided an exchange; tokens are still to be signed."""

    authorized: Authorized
    scopes: tuple[str, ...]
    refresh_token: str | None
    nonce: str | None = None


@dataclass(frozen=True, slots=True)
class CodePresented:
    """As the client sends it. `redirect_uri` must be that of the authorization request."""

    code: str
    redirect_uri: str | None
    verifier: str | None


@dataclass(frozen=True, slots=True)
class TokenService:
    """All methods raise OAuth2Error. `client` has been authenticated."""

    database: Database
    enforcement: Enforcement
    audit: AuditService
    signer: TokenSigner
    clock: Clock
    randomness: Randomness

    def redeem_code(self, client: Client, presented: CodePresented, *, client_ip: str) -> Issued:
        """Each code once; a second time ends what came of the first (RFC 6749, section 4.1.2)."""
        require_grant(client, GrantType.AUTHORIZATION_CODE)
        with self.database.write() as work:
            redeemed = self._used_code(work, client, presented, client_ip=client_ip)
        if redeemed is None:
            raise _reused()
        return self.issued(redeemed)

    def refresh(self, client: Client, presented: str, *, scope: str | None, client_ip: str) -> Issued:
        """Each refresh token once, but for an answer that got lost (docs/decisions/0031)."""
        require_grant(client, GrantType.REFRESH_TOKEN)
        asked, now = parse_scopes(scope), self.clock.now()
        hashed = token_hash(presented)
        with self.database.write() as work:
            found = work.authorizations.of_refresh_token(hashed, client, now=now)
            if found is None or found[0].expires_at <= now:
                raise OAuth2Error(
                    "invalid_grant", "The refresh token is unknown or has expired, or what it was for has ended."
                )
            token, authorized = found
            self._admit(authorized, client, client_ip=client_ip)
            scopes = _narrowed(authorized, asked)
            redeemed = None
            if self._works(work, token, now=now):
                redeemed = self.stored(work, authorized, scopes)
            else:
                self._end_reused(work, authorized, client_ip=client_ip)
        if redeemed is None:
            raise _reused()
        return self.issued(redeemed)

    def of_client(self, client: Client, *, scope: str | None) -> Issued:
        """Client credentials (RFC 6749, section 4.4): what the client itself may do, as far as it asks for it."""
        require_grant(client, GrantType.CLIENT_CREDENTIALS)
        if client.public:
            raise OAuth2Error("unauthorized_client", "A public client has no credentials of its own.")
        asked = parse_scopes(scope)
        require_held(asked, client)
        if of_people := [name for name in asked if name in STANDARD_SCOPES]:
            raise OAuth2Error("invalid_scope", f"These scopes are for signing people in: {' '.join(of_people)}")
        scopes = asked or tuple(name for name in client.scopes if name not in STANDARD_SCOPES)
        if not scopes:
            raise OAuth2Error("invalid_scope", "This client holds no scope of its own.")
        with self.database.read() as work:
            owner = work.tenants.get(client.tenant_id) if client.tenant_id else None
        return Issued(self.signer.access_token(client=client, scopes=scopes, owner=owner))

    def stored(
        self, work: Work, authorized: Authorized, scopes: tuple[str, ...], *, nonce: str | None = None
    ) -> Redeemed:
        """Within the caller's transaction: notes the use and stores a refresh token, if the client uses them.

        What the client may no longer ask for, it no longer gets.
        """
        authorization, now, token = authorized.authorization, self.clock.now(), None
        if now - (authorization.last_used_at or authorization.created_at) >= USED_EVERY_S:
            work.authorizations.used(authorization.id, at=now)
        if GrantType.REFRESH_TOKEN in authorized.client.grants:
            token = self.randomness.token()
            work.authorizations.add_refresh_token(
                RefreshToken(token_hash(token), authorization.id, issued_at=now, expires_at=authorization.expires_at)
            )
        return Redeemed(authorized, _held(authorized, scopes), token, nonce)

    def issued(self, redeemed: Redeemed) -> Issued:
        """Signed, outside any transaction."""
        authorized = redeemed.authorized
        if redeemed.scopes != authorized.authorization.scopes:
            narrowed = replace(authorized.authorization, scopes=redeemed.scopes)
            authorized = replace(authorized, authorization=narrowed)
        access_token = self.signer.access_token(client=authorized.client, scopes=redeemed.scopes, authorized=authorized)
        id_token = None
        if OPENID in redeemed.scopes:
            id_token = self.signer.id_token(authorized, nonce=redeemed.nonce, access_token=access_token.value)
        return Issued(access_token, redeemed.refresh_token, id_token)

    def require(self, authorized: Authorized, client: Client, *, client_ip: str) -> None:
        """Ask the decision point. Where a confidential client calls, the address is not its person's."""
        method = authorized.authorization.method
        try:
            self.enforcement.require(authorized.tenant, method, client_ip=client_ip if client.public else None)
        except StoreUnavailable:
            raise
        except SsoError as error:
            raise OAuth2Error("invalid_grant", f"The tenant's policy refuses it: {error.code.value}") from None

    def _used_code(self, work: Work, client: Client, presented: CodePresented, *, client_ip: str) -> Redeemed | None:
        """None if it had been used before."""
        now = self.clock.now()
        found = work.authorizations.of_code(token_hash(presented.code), client, now=now)
        if found is None:
            raise _unknown_code()
        code, authorized = found
        _require_as_issued(code, client, presented)
        if code.used_at is not None:
            self._end_reused(work, authorized, client_ip=client_ip)
            return None
        if code.expires_at <= now:
            raise _unknown_code()
        self._admit(authorized, client, client_ip=client_ip)
        work.authorizations.use_code(code.code_hash, at=now)
        return self.stored(work, authorized, authorized.authorization.scopes, nonce=code.nonce)

    def _admit(self, authorized: Authorized, client: Client, *, client_ip: str) -> None:
        """Raises OAuth2Error unless the authorization is this client's, and its tenant's policy agrees."""
        if authorized.client.client_id != client.client_id:
            raise OAuth2Error("invalid_grant", "What this was issued for has ended, or it is another client's.")
        self.require(authorized, client, client_ip=client_ip)

    def _works(self, work: Work, token: RefreshToken, *, now: float) -> bool:
        """Whether it works: it is unused, or works once more. Raises OAuth2Error for a parallel request."""
        if token.used_at is None:
            work.authorizations.use_refresh_token(token.token_hash, at=now)
            return True
        if now - (token.retried_at or token.used_at) < AT_ONCE_S:
            raise OAuth2Error(
                "temporarily_unavailable",
                "The refresh token is being used by another request: use that one's answer.",
                retry_after_s=AT_ONCE_S,
            )
        retriable = now - token.used_at < LOST_ANSWER_S
        return retriable and work.authorizations.retry_refresh_token(token.token_hash, at=now)

    def _end_reused(self, work: Work, authorized: Authorized, *, client_ip: str) -> None:
        """Whoever came first, and whoever came second: one of them is a thief (RFC 9700, section 4.14.2)."""
        authorization, now = authorized.authorization, self.clock.now()
        if not work.authorizations.end(authorization.id, at=now):
            return
        entry = Actor(authorized.client.client_id, client_ip).did(
            REUSED,
            named(authorized.tenant, authorized.account),
            tenant_id=authorized.tenant.id,
            at=now,
            before={"client": authorized.client.client_id, "scopes": list(authorization.scopes)},
        )
        self.audit.record(work, entry)


def require_grant(client: Client, grant: GrantType) -> None:
    """Raises OAuth2Error unless the client is registered for it (ASVS 10.4.4)."""
    if grant not in client.grants:
        raise OAuth2Error("unauthorized_client", f"This client may not use the grant {grant.value}.")


def _require_as_issued(code: AuthorizationCode, client: Client, presented: CodePresented) -> None:
    """Raises OAuth2Error. Whatever has become of the code."""
    if code.client_id != client.client_id:
        raise _unknown_code()
    if presented.redirect_uri != code.redirect_uri:
        raise OAuth2Error("invalid_grant", "redirect_uri differs from that of the authorization request.")
    if not verifies(presented.verifier, code.code_challenge):
        raise OAuth2Error("invalid_grant", "code_verifier does not match code_challenge.")


def _unknown_code() -> OAuth2Error:
    return OAuth2Error(
        "invalid_grant", "The code is unknown, expired or for another client, or what it was for has ended."
    )


def _reused() -> OAuth2Error:
    return OAuth2Error("invalid_grant", "It has been used before, so what was issued for it has been revoked.")


def _held(authorized: Authorized, scopes: tuple[str, ...]) -> tuple[str, ...]:
    """The client's scopes may have been changed since."""
    found = still_held(scopes, authorized.client)
    if not found or (authorized.authorization.offline and OFFLINE_ACCESS not in authorized.client.scopes):
        raise OAuth2Error("invalid_grant", "The client may no longer have what the person has agreed to.")
    return found


def _narrowed(authorized: Authorized, asked: tuple[str, ...]) -> tuple[str, ...]:
    """Fewer scopes than the person has agreed to, never others (RFC 6749, section 6)."""
    granted = authorized.authorization.scopes
    if beyond := [name for name in asked if name not in granted]:
        raise OAuth2Error("invalid_scope", f"Not granted by the person: {' '.join(beyond)[:200]}")
    return asked or granted
