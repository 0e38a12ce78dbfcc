"""What a file asks for. `path` is the place in it, for errors that only the stores can reveal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain.accounts.account import Role
from app.domain.connections.connection import Provider
from app.domain.oauth2.client import GrantType, Scope
from app.domain.oauth2.signing_alg import SigningAlg
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_settings import TenantSecuritySettings
from app.domain.tenants.tenant import Status
from app.domain.text import ENGLISH, UTC_ZONE


class Existing(StrEnum):
    """What a spec means for a tenant that exists already."""

    CHANGE = "change"
    DESCRIBE = "describe"
    """Name, domains, colour and status change; its security settings stay."""
    LEAVE = "leave"
    """It stays as it is; only the objects under it are applied."""
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class ConnectionSpec:
    """A secret of None stays as it is."""

    path: str
    name: str
    provider: Provider
    client_secret: str | None = field(default=None, repr=False)
    next_client_secret: str | None = field(default=None, repr=False)
    client_secret_expires: str | None = None
    private_key: str | None = field(default=None, repr=False)
    certificate: str | None = field(default=None, repr=False)
    certificate_expires_at: float | None = None
    """Of `certificate`, in Unix seconds."""
    status: Status = Status.ACTIVE
    version: str | None = None
    """The version that it was made from; empty if it must not exist yet; None for any version."""


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """`password` is used only when the account is created."""

    username: str
    name: str = ""
    email: str | None = None
    roles: tuple[Role, ...] = (Role.AGENT,)
    external_id: str | None = None
    password: str | None = field(default=None, repr=False)
    status: Status = Status.ACTIVE


@dataclass(frozen=True, slots=True)
class TenantSpec:
    """`policy` is used only when the tenant is created, unless policies are to be set; None leaves it open."""

    path: str
    slug: str
    name: str
    policy: LoginPolicy | None = None
    email_domains: tuple[str, ...] = ()
    accent: str = "indigo"
    language: str = ENGLISH
    time_zone: str = UTC_ZONE
    status: Status = Status.ACTIVE
    demands: TenantSecuritySettings | None = None
    """None for the defaults."""
    connections: tuple[ConnectionSpec, ...] = ()
    accounts: tuple[AccountSpec, ...] = ()
    existing: Existing = Existing.CHANGE
    version: str | None = None
    """The version that it was made from; None for any version."""


@dataclass(frozen=True, slots=True)
class ClientSpec:
    """`tenant` is a slug."""

    path: str
    client_id: str
    name: str
    client_secret: str | None = field(default=None, repr=False)
    redirect_uris: tuple[str, ...] = ()
    grants: tuple[GrantType, ...] = (GrantType.AUTHORIZATION_CODE,)
    scopes: tuple[str, ...] = ("openid",)
    trusted: bool = False
    tenant: str | None = None
    status: Status = Status.ACTIVE
    expires_iso: bool = False
    signing_alg: SigningAlg = SigningAlg.RS256
    backchannel_logout_uri: str | None = None
    post_logout_redirect_uris: tuple[str, ...] = ()
    jwks: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Spec:
    """A whole file. `staff` are accounts of the reserved tenant."""

    tenants: tuple[TenantSpec, ...] = ()
    staff: tuple[AccountSpec, ...] = ()
    scopes: tuple[Scope, ...] = ()
    clients: tuple[ClientSpec, ...] = ()
