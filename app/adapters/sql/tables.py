"""The tables. Times are Unix seconds. A foreign key between two objects of a tenant includes it: no row links two."""

from typing import Any, ClassVar

from sqlalchemy import JSON, Double, ForeignKey, ForeignKeyConstraint, Index, MetaData, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Text that sorts by code point on both databases, whatever the server's locale."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        str: Text().with_variant(Text(collation="C"), "postgresql"),
        float: Double,
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
        dict[str, Any]: JSON,
    }


class TenantRow(Base):
    """A customer."""

    __tablename__ = "tenants"
    __table_args__ = (Index("ix_tenants_lower_name", text("lower(name)"), postgresql_using="hash"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    policy: Mapped[str]
    password_epoch: Mapped[int]
    email_domains: Mapped[list[str]]
    accent: Mapped[str]
    status: Mapped[str]
    idle_s: Mapped[int]
    absolute_s: Mapped[int]
    security: Mapped[dict[str, Any]]
    observing_since: Mapped[float | None]
    planned: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    planned_at: Mapped[float | None] = mapped_column(index=True)
    requested: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    language: Mapped[str] = mapped_column(server_default="en")
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    logo: Mapped[str] = mapped_column(server_default="")
    proven_domains: Mapped[list[str]] = mapped_column(server_default="[]")


class TenantEmailDomainRow(Base):
    """A copy of `tenants.email_domains` and `proven_domains`, for finding a tenant by one of them."""

    __tablename__ = "tenant_email_domains"

    domain: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)


class ConnectionRow(Base):
    """A tenant's link to a provider. `provider` holds the fields of `Provider` by name."""

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("tenant_id", "id"), UniqueConstraint("tenant_id", "name"))

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str]
    provider: Mapped[dict[str, Any]]
    client_secret: Mapped[str | None]
    next_client_secret: Mapped[str | None]
    client_secret_expires: Mapped[str | None]
    private_key: Mapped[str | None]
    certificate: Mapped[str | None]
    certificate_expires_at: Mapped[float | None]
    status: Mapped[str]
    tested_at: Mapped[float | None]
    tested_fingerprint: Mapped[str | None]
    backchannel_at: Mapped[float | None]


class ConnectionKeyRow(Base):
    """A key of the bridge's own for one connection; a replaced key has an end."""

    __tablename__ = "connection_keys"
    __table_args__ = (
        UniqueConstraint("connection_id", "use", "key_type", "generation"),
        ForeignKeyConstraint(["tenant_id", "connection_id"], ["connections.tenant_id", "connections.id"]),
    )

    kid: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    connection_id: Mapped[str]
    use: Mapped[str]
    key_type: Mapped[str]
    generation: Mapped[int]
    public: Mapped[dict[str, Any]]
    private: Mapped[str]
    made_at: Mapped[float]
    expires_at: Mapped[float | None] = mapped_column(index=True)


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

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str]
    username_key: Mapped[str]
    name: Mapped[str]
    email: Mapped[str | None]
    email_key: Mapped[str | None]
    roles: Mapped[list[str]]
    external_id: Mapped[str | None]
    status: Mapped[str]
    last_login_at: Mapped[float | None]
    last_sso_at: Mapped[float | None]
    last_password_at: Mapped[float | None]
    language: Mapped[str | None]
    password_hash: Mapped[str | None]


class IdentityRow(Base):
    """How a person appears at a provider."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("connection_id", "issuer", "subject"),
        ForeignKeyConstraint(["tenant_id", "connection_id"], ["connections.tenant_id", "connections.id"]),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    connection_id: Mapped[str]
    issuer: Mapped[str]
    subject: Mapped[str]
    match_value: Mapped[str]
    created_at: Mapped[float]
    changed_at: Mapped[float]


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

    connection_id: Mapped[str] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    identity_id: Mapped[str] = mapped_column(index=True)
    linked_at: Mapped[float]
    last_used_at: Mapped[float]


class SessionRow(Base):
    """A session. `id` is the hash of the cookie's value."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
        ForeignKeyConstraint(["tenant_id", "connection_id"], ["connections.tenant_id", "connections.id"]),
        ForeignKeyConstraint(["tenant_id", "identity_id"], ["identities.tenant_id", "identities.id"]),
        Index(None, "tenant_id", "account_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    account_id: Mapped[str]
    method: Mapped[str]
    reference: Mapped[str]
    auth_time: Mapped[float]
    created_at: Mapped[float]
    last_seen_at: Mapped[float]
    idle_s: Mapped[int]
    expires_at: Mapped[float] = mapped_column(index=True)
    password_epoch: Mapped[int]
    connection_id: Mapped[str | None] = mapped_column(index=True)
    identity_id: Mapped[str | None] = mapped_column(index=True)
    provider_sid: Mapped[str | None]
    id_token: Mapped[str | None]
    end_session_endpoint: Mapped[str | None]
    amr: Mapped[list[str]]
    acr: Mapped[str | None]
    device: Mapped[str] = mapped_column(server_default="")
    ended_at: Mapped[float | None]


class ConsumedAttemptRow(Base):
    """A consumed login attempt, or another id that may be used only once."""

    __tablename__ = "burned_attempts"

    id: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[float] = mapped_column(index=True)


class ProviderLogoutRow(Base):
    """A logout at a provider; `id` is a hash of the subject or session."""

    __tablename__ = "provider_logouts"

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[float]
    expires_at: Mapped[float] = mapped_column(index=True)
