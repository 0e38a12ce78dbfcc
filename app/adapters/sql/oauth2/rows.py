"""The tables of the bridge as provider. Codes, tokens and secrets are stored as hashes."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.adapters.sql.tables import Base

OPTIONAL_OBJECT = JSON(none_as_null=True)


class ClientRow(Base):
    """An app of the vendor's or of a tenant's, or an API credential."""

    __tablename__ = "clients"

    client_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    secret_hash: Mapped[str | None]
    redirect_uris: Mapped[list[str]]
    grants: Mapped[list[str]]
    scopes: Mapped[list[str]]
    trusted: Mapped[bool]
    tenant_id: Mapped[str | None] = mapped_column(ForeignKey("tenants.id"), index=True)
    status: Mapped[str]
    next_secret_hash: Mapped[str | None]
    jwks: Mapped[dict[str, Any] | None] = mapped_column(OPTIONAL_OBJECT)
    expires_iso: Mapped[bool] = mapped_column(server_default="0")
    backchannel_logout_uri: Mapped[str | None]
    post_logout_redirect_uris: Mapped[list[str]] = mapped_column(server_default="[]")
    made_at: Mapped[float] = mapped_column(server_default="0")
    secret_made_at: Mapped[float | None]
    next_secret_made_at: Mapped[float | None]
    last_used_at: Mapped[float | None]
    signing_alg: Mapped[str] = mapped_column(server_default="RS256")


class ScopeRow(Base):
    """What a client may ask for."""

    __tablename__ = "scopes"

    name: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str]


class SigningKeyRow(Base):
    """A key that the bridge signs with as provider; the private part is sealed."""

    __tablename__ = "signing_keys"
    __table_args__ = (UniqueConstraint("algorithm", "generation"),)

    kid: Mapped[str] = mapped_column(primary_key=True)
    algorithm: Mapped[str]
    generation: Mapped[int]
    public: Mapped[dict[str, Any]]
    private: Mapped[str]
    made_at: Mapped[float]
    signs_from: Mapped[float]
    expires_at: Mapped[float | None] = mapped_column(index=True)


class PushedRequestRow(Base):
    """An authorization request that a client has pushed (RFC 9126); `id` is the hash of its reference."""

    __tablename__ = "pushed_requests"

    id: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"))
    parameters: Mapped[dict[str, Any]]
    expires_at: Mapped[float] = mapped_column(index=True)


class AuthorizationRow(Base):
    """What a person has authorized a client to do."""

    __tablename__ = "authorizations"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
        ForeignKeyConstraint(["tenant_id", "connection_id"], ["connections.tenant_id", "connections.id"]),
        Index(None, "tenant_id", "account_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    account_id: Mapped[str]
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"), index=True)
    reference: Mapped[str]
    method: Mapped[str]
    password_epoch: Mapped[int]
    auth_time: Mapped[float]
    scopes: Mapped[list[str]]
    created_at: Mapped[float]
    expires_at: Mapped[float] = mapped_column(index=True)
    offline: Mapped[bool]
    connection_id: Mapped[str | None] = mapped_column(index=True)
    amr: Mapped[list[str]]
    acr: Mapped[str | None]
    last_used_at: Mapped[float | None]
    ended_at: Mapped[float | None]


class AuthorizationCodeRow(Base):
    """A code; it is kept after its use, so that a second use is recognised."""

    __tablename__ = "authorization_codes"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    authorization_id: Mapped[str] = mapped_column(ForeignKey("authorizations.id", ondelete="CASCADE"), index=True)
    client_id: Mapped[str]
    redirect_uri: Mapped[str]
    code_challenge: Mapped[str]
    nonce: Mapped[str | None]
    expires_at: Mapped[float]
    used_at: Mapped[float | None]


class RefreshTokenRow(Base):
    """A refresh token; a used one is kept as long as its family."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    authorization_id: Mapped[str] = mapped_column(ForeignKey("authorizations.id", ondelete="CASCADE"), index=True)
    issued_at: Mapped[float]
    expires_at: Mapped[float]
    used_at: Mapped[float | None]
    retried_at: Mapped[float | None]


class RevokedTokenRow(Base):
    """An access token that was revoked before its end (RFC 7009), by its `jti`."""

    __tablename__ = "revoked_tokens"

    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[float] = mapped_column(index=True)


class DeviceCodeRow(Base):
    """A device that waits for its person (RFC 8628)."""

    __tablename__ = "device_codes"

    device_hash: Mapped[str] = mapped_column(primary_key=True)
    user_code: Mapped[str] = mapped_column(unique=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"))
    scopes: Mapped[list[str]]
    asked_from: Mapped[str]
    made_at: Mapped[float]
    expires_at: Mapped[float] = mapped_column(index=True)
    interval_s: Mapped[int]
    state: Mapped[str]
    polled_at: Mapped[float | None]
    authorization_id: Mapped[str | None]


class ConsentRow(Base):
    """What a person has allowed a client, so that they are not asked again."""

    __tablename__ = "consents"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),)

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"), primary_key=True)
    scopes: Mapped[list[str]]
    given_at: Mapped[float]


class AppLogoutRow(Base):
    """A logout that an app has yet to be told about (OpenID Connect Back-Channel Logout 1.0)."""

    __tablename__ = "app_logouts"

    id: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"))
    tenant_id: Mapped[str]
    account_id: Mapped[str]
    reference: Mapped[str]
    made_at: Mapped[float]
    next_at: Mapped[float | None] = mapped_column(index=True)
    """None once the app has answered, or was given up."""
    attempts: Mapped[int]
    error: Mapped[str | None]
    expires_at: Mapped[float] = mapped_column(index=True)
