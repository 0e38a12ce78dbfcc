"""The tables of the bridge as provider. Codes, tokens and secrets are stored as hashes."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint

from app.adapters.sql.declaration import Base, Column, column

OPTIONAL_OBJECT = JSON(none_as_null=True)


class ClientRow(Base):
    """An app of the vendor's or of a tenant's, or an API credential."""

    __tablename__ = "clients"

    client_id: Column[str] = column(primary_key=True)
    name: Column[str]
    secret_hash: Column[str | None]
    redirect_uris: Column[list[str]]
    grants: Column[list[str]]
    scopes: Column[list[str]]
    trusted: Column[bool]
    tenant_id: Column[str | None] = column(ForeignKey("tenants.id"), index=True)
    status: Column[str]
    next_secret_hash: Column[str | None]
    jwks: Column[dict[str, Any] | None] = column(OPTIONAL_OBJECT)
    expires_iso: Column[bool] = column(server_default="0")
    backchannel_logout_uri: Column[str | None]
    post_logout_redirect_uris: Column[list[str]] = column(server_default="[]")
    made_at: Column[float] = column(server_default="0")
    secret_made_at: Column[float | None]
    next_secret_made_at: Column[float | None]
    last_used_at: Column[float | None]
    signing_alg: Column[str] = column(server_default="RS256")


class ScopeRow(Base):
    """What a client may ask for."""

    __tablename__ = "scopes"

    name: Column[str] = column(primary_key=True)
    description: Column[str]


class SigningKeyRow(Base):
    """A key that the bridge signs with as provider; the private part is sealed."""

    __tablename__ = "signing_keys"
    __table_args__ = (UniqueConstraint("algorithm", "generation"),)

    kid: Column[str] = column(primary_key=True)
    algorithm: Column[str]
    generation: Column[int]
    public: Column[dict[str, Any]]
    private: Column[str]
    made_at: Column[float]
    signs_from: Column[float]
    expires_at: Column[float | None] = column(index=True)


class PushedRequestRow(Base):
    """An authorization request that a client has pushed (RFC 9126); `id` is the hash of its reference."""

    __tablename__ = "pushed_requests"

    id: Column[str] = column(primary_key=True)
    client_id: Column[str] = column(ForeignKey("clients.client_id"))
    parameters: Column[dict[str, Any]]
    expires_at: Column[float] = column(index=True)


class AuthorizationRow(Base):
    """What a person has authorized a client to do."""

    __tablename__ = "authorizations"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
        ForeignKeyConstraint(["tenant_id", "connection_id"], ["connections.tenant_id", "connections.id"]),
        Index(None, "tenant_id", "account_id"),
    )

    id: Column[str] = column(primary_key=True)
    tenant_id: Column[str]
    account_id: Column[str]
    client_id: Column[str] = column(ForeignKey("clients.client_id"), index=True)
    reference: Column[str]
    method: Column[str]
    password_epoch: Column[int]
    auth_time: Column[float]
    scopes: Column[list[str]]
    created_at: Column[float]
    expires_at: Column[float] = column(index=True)
    offline: Column[bool]
    connection_id: Column[str | None]
    amr: Column[list[str]]
    acr: Column[str | None]
    last_used_at: Column[float | None]
    ended_at: Column[float | None]


class AuthorizationCodeRow(Base):
    """A code; it is kept after its use, so that a second use is recognised."""

    __tablename__ = "authorization_codes"

    code_hash: Column[str] = column(primary_key=True)
    authorization_id: Column[str] = column(ForeignKey("authorizations.id", ondelete="CASCADE"), index=True)
    client_id: Column[str]
    redirect_uri: Column[str]
    code_challenge: Column[str]
    nonce: Column[str | None]
    expires_at: Column[float]
    used_at: Column[float | None]


class RefreshTokenRow(Base):
    """A refresh token; a used one is kept as long as its family."""

    __tablename__ = "refresh_tokens"

    token_hash: Column[str] = column(primary_key=True)
    authorization_id: Column[str] = column(ForeignKey("authorizations.id", ondelete="CASCADE"), index=True)
    issued_at: Column[float]
    expires_at: Column[float]
    used_at: Column[float | None]
    retried_at: Column[float | None]


class RevokedTokenRow(Base):
    """An access token that was revoked before its end (RFC 7009), by its `jti`."""

    __tablename__ = "revoked_tokens"

    jti: Column[str] = column(primary_key=True)
    expires_at: Column[float] = column(index=True)


class DeviceCodeRow(Base):
    """A device that waits for its person (RFC 8628)."""

    __tablename__ = "device_codes"

    device_hash: Column[str] = column(primary_key=True)
    user_code: Column[str] = column(unique=True)
    client_id: Column[str] = column(ForeignKey("clients.client_id"))
    scopes: Column[list[str]]
    asked_from: Column[str]
    made_at: Column[float]
    expires_at: Column[float] = column(index=True)
    interval_s: Column[int]
    state: Column[str]
    polled_at: Column[float | None]
    authorization_id: Column[str | None]


class ConsentRow(Base):
    """What a person has allowed a client, so that they are not asked again."""

    __tablename__ = "consents"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),)

    tenant_id: Column[str] = column(primary_key=True)
    account_id: Column[str] = column(primary_key=True)
    client_id: Column[str] = column(ForeignKey("clients.client_id"), primary_key=True)
    scopes: Column[list[str]]
    given_at: Column[float]


class AppLogoutRow(Base):
    """A logout that an app has yet to be told about (OpenID Connect Back-Channel Logout 1.0)."""

    __tablename__ = "app_logouts"

    id: Column[str] = column(primary_key=True)
    client_id: Column[str] = column(ForeignKey("clients.client_id"))
    tenant_id: Column[str]
    account_id: Column[str]
    reference: Column[str]
    made_at: Column[float]
    next_at: Column[float | None] = column(index=True)
    """None once the app has answered, or was given up."""
    attempts: Column[int]
    error: Column[str | None]
    expires_at: Column[float] = column(index=True)
