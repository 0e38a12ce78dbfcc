"""The vendor's apps and API credentials (RFC 6749, section 2), and the scopes that its APIs offer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from app.domain.tenants.tenant import Status, TenantId

ClientId = NewType("ClientId", str)


class Grant(StrEnum):
    """Grant types that a client may use."""

    AUTHORIZATION_CODE = "authorization_code"
    REFRESH_TOKEN = "refresh_token"
    CLIENT_CREDENTIALS = "client_credentials"
    DEVICE_CODE = "device_code"


@dataclass(frozen=True, slots=True)
class Scope:
    """`object:action`, or a plain word; `description` is what a person reads on the consent page."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Client:
    """`secret_hash` is the SHA-256 of a generated secret; None for a public client."""

    client_id: ClientId
    name: str
    secret_hash: str | None = None
    redirect_uris: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = (Grant.AUTHORIZATION_CODE,)
    scopes: tuple[str, ...] = ("openid",)
    trusted: bool = False
    tenant_id: TenantId | None = None
    status: Status = Status.ACTIVE
