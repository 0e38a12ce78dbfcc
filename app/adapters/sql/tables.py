"""The tables. Times are Unix seconds. A foreign key between two objects of a tenant includes it: no row links two."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text

from app.adapters.sql.declaration import Base, Column, column


class TenantRow(Base):
    """A customer."""

    __tablename__ = "tenants"
    __table_args__ = (Index("ix_tenants_lower_name", text("lower(name)"), postgresql_using="hash"),)

    id: Column[str] = column(primary_key=True)
    slug: Column[str] = column(unique=True)
    name: Column[str]
    policy: Column[str]
    password_epoch: Column[int]
    email_domains: Column[list[str]]
    accent: Column[str]
    status: Column[str]
    idle_s: Column[int]
    absolute_s: Column[int]
    security: Column[dict[str, Any]]
    observing_since: Column[float | None]
    planned: Column[dict[str, Any] | None] = column(JSON(none_as_null=True))
    planned_at: Column[float | None] = column(index=True)
    requested: Column[dict[str, Any] | None] = column(JSON(none_as_null=True))
    language: Column[str] = column(server_default="en")
    time_zone: Column[str] = column(server_default="UTC")
    logo: Column[str] = column(server_default="")
    proven_domains: Column[list[str]] = column(server_default="[]")


class TenantEmailDomainRow(Base):
    """A copy of `tenants.email_domains` and `proven_domains`, for finding a tenant by one of them."""

    __tablename__ = "tenant_email_domains"

    domain: Column[str] = column(primary_key=True)
    tenant_id: Column[str] = column(ForeignKey("tenants.id"), primary_key=True)


class ConnectionRow(Base):
    """A tenant's link to a provider. `provider` holds the fields of `Provider` by name."""

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("tenant_id", "id"), UniqueConstraint("tenant_id", "name"))

    id: Column[str] = column(primary_key=True)
    tenant_id: Column[str] = column(ForeignKey("tenants.id"))
    name: Column[str]
    provider: Column[dict[str, Any]]
    client_secret: Column[str | None]
    next_client_secret: Column[str | None]
    client_secret_expires: Column[str | None]
    private_key: Column[str | None]
    certificate: Column[str | None]
    certificate_expires_at: Column[float | None]
    status: Column[str]
    tested_at: Column[float | None]
    tested_fingerprint: Column[str | None]
    backchannel_at: Column[float | None]


class ConnectionKeyRow(Base):
    """A key of the bridge's own for one connection; a replaced key has an end."""

    __tablename__ = "connection_keys"
    __table_args__ = (
        UniqueConstraint("connection_id", "use", "key_type", "generation"),
        ForeignKeyConstraint(["tenant_id", "connection_id"], ["connections.tenant_id", "connections.id"]),
    )

    kid: Column[str] = column(primary_key=True)
    tenant_id: Column[str]
    connection_id: Column[str]
    use: Column[str]
    key_type: Column[str]
    generation: Column[int]
    public: Column[dict[str, Any]]
    private: Column[str]
    made_at: Column[float]
    expires_at: Column[float | None] = column(index=True)


class AccountRow(Base):
    """A person's account. `username_key` and `email_key` are the columns for comparisons."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("tenant_id", "username_key"),
        Index(None, "tenant_id", "email_key"),
        Index(None, "tenant_id", "external_id"),
        # For the search in all tenants.
        Index(None, "username_key"),
        Index(None, "email_key"),
        Index("ix_accounts_name_beginning", text("substr(lower(name), 1, 100)")),
    )

    tenant_id: Column[str] = column(ForeignKey("tenants.id"), primary_key=True)
    id: Column[str] = column(primary_key=True)
    username: Column[str]
    username_key: Column[str]
    name: Column[str]
    email: Column[str | None]
    email_key: Column[str | None]
    roles: Column[list[str]]
    external_id: Column[str | None]
    status: Column[str]
    last_login_at: Column[float | None]
    last_sso_at: Column[float | None]
    last_password_at: Column[float | None]
    language: Column[str | None]
    password_hash: Column[str | None]


class IdentityRow(Base):
    """How a person appears at a provider."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("connection_id", "issuer", "subject"),
        ForeignKeyConstraint(["tenant_id", "connection_id"], ["connections.tenant_id", "connections.id"]),
    )

    tenant_id: Column[str] = column(primary_key=True)
    id: Column[str] = column(primary_key=True)
    connection_id: Column[str]
    issuer: Column[str]
    subject: Column[str]
    match_value: Column[str]
    created_at: Column[float]
    changed_at: Column[float]


class IdentityAccountRow(Base):
    """An account that an identity has opened: one subject per connection, issuer and account.

    This is the primary key, and the only unique one, which makes linking safe in a race: PostgreSQL may report a
    conflict on a second unique key as an error instead of passing it to ON CONFLICT.
    """

    __tablename__ = "identity_accounts"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "identity_id"], ["identities.tenant_id", "identities.id"]),
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
        Index(None, "tenant_id", "account_id"),
    )

    connection_id: Column[str] = column(primary_key=True)
    issuer: Column[str] = column(primary_key=True)
    account_id: Column[str] = column(primary_key=True)
    tenant_id: Column[str]
    identity_id: Column[str] = column(index=True)
    linked_at: Column[float]
    last_used_at: Column[float]


class SessionRow(Base):
    """A session. `id` is the hash of the cookie's value."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
        ForeignKeyConstraint(["tenant_id", "connection_id"], ["connections.tenant_id", "connections.id"]),
        ForeignKeyConstraint(["tenant_id", "identity_id"], ["identities.tenant_id", "identities.id"]),
        Index(None, "tenant_id", "account_id"),
    )

    id: Column[str] = column(primary_key=True)
    tenant_id: Column[str]
    account_id: Column[str]
    method: Column[str]
    reference: Column[str]
    auth_time: Column[float]
    created_at: Column[float]
    last_seen_at: Column[float]
    idle_s: Column[int]
    expires_at: Column[float] = column(index=True)
    password_epoch: Column[int]
    connection_id: Column[str | None]
    identity_id: Column[str | None] = column(index=True)
    provider_sid: Column[str | None]
    id_token: Column[str | None]
    end_session_endpoint: Column[str | None]
    amr: Column[list[str]]
    acr: Column[str | None]
    device: Column[str] = column(server_default="")
    ended_at: Column[float | None]


class ConsumedAttemptRow(Base):
    """A consumed login attempt, or another id that may be used only once."""

    __tablename__ = "burned_attempts"

    id: Column[str] = column(primary_key=True)
    expires_at: Column[float] = column(index=True)


class ProviderLogoutRow(Base):
    """A logout at a provider; `id` is a hash of the subject or session."""

    __tablename__ = "provider_logouts"

    id: Column[str] = column(primary_key=True)
    at: Column[float]
    expires_at: Column[float] = column(index=True)
