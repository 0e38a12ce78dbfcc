"""The types of an `apply` file: its keys, the type of each value, and its default.

Meaning (is it a URL, do the keys fit together?) is checked by the other modules of this folder.
"""

import re
from dataclasses import fields
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.domain.accounts.account import Role
from app.domain.connections.connection import (
    AssertionAlg,
    AssertionAudience,
    ClientAuth,
    ClientAuthEncoding,
    EmailTrust,
    MatchBy,
    Par,
    Profile,
    Protocol,
    Provider,
    ResponseMode,
)
from app.domain.oauth2.client import GrantType
from app.domain.oauth2.signing_alg import SigningAlg
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import TotpRule
from app.domain.tenants.security_settings import TenantSecuritySettings, usual_demands
from app.domain.tenants.tenant import Status
from app.domain.text import ENGLISH, UTC_ZONE, Text

_DEFAULT = Provider()
_USUAL = usual_demands(slug="")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _only_a_day(value: object) -> object:
    """Pydantic would also take a number of seconds, and a point in time."""
    if type(value) is date or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError(Text("must be a date like 2027-01-31"))


# Strict everywhere but here: TOML has no enumerations, so strings are converted.
Word = Field(strict=False)
ClaimValue = str | int | bool
Day = Annotated[date, Field(strict=False), BeforeValidator(_only_a_day)]
"""A TOML date, or its text (`2027-01-31`)."""


class Table(BaseModel):
    """A table of the file. Nothing is converted, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ConnectionTable(Table):
    """`[[tenants.connections]]`."""

    name: str
    protocol: Annotated[Protocol, Word] = _DEFAULT.protocol
    issuer: str | None = None
    client_id: str = ""
    client_secret: str | None = Field(default=None, repr=False)
    next_client_secret: str | None = Field(default=None, repr=False)
    client_secret_expires: Day | None = None
    client_auth: Annotated[ClientAuth, Word] = _DEFAULT.client_auth
    private_key: str | None = Field(default=None, repr=False)
    certificate: str | None = Field(default=None, repr=False)
    scopes: list[str] = list(_DEFAULT.scopes)
    response_mode: ResponseMode = _DEFAULT.response_mode
    pkce: bool = _DEFAULT.pkce
    client_auth_encoding: ClientAuthEncoding = _DEFAULT.client_auth_encoding
    discovery_url: str | None = None
    authorize_params: dict[str, str] = {}
    required_claims: dict[str, ClaimValue] = {}
    email_verified_claim: str = _DEFAULT.email_verified_claim
    emails_endpoint: str | None = None
    signing_algs: list[str] = list(_DEFAULT.signing_algs)
    email_claim: str = _DEFAULT.email_claim
    subject_claim: str = _DEFAULT.subject_claim
    email_trust: EmailTrust = _DEFAULT.email_trust
    match_by: Annotated[MatchBy, Word] = _DEFAULT.match_by
    match_claim: str | None = None
    trusted_audiences: list[str] = []
    status: Annotated[Status, Word] = Status.ACTIVE
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    userinfo_endpoint: str | None = None
    jwks_uri: str | None = None
    jwks: str | None = None
    end_session_endpoint: str | None = None
    provider_logout: bool = _DEFAULT.provider_logout
    prompt: str | None = None
    max_age: int | None = None
    acr_values: list[str] = []
    prompt_values_supported: list[str] = []
    par: Par = _DEFAULT.par
    par_endpoint: str | None = None
    client_assertion_audience: AssertionAudience = _DEFAULT.client_assertion_audience
    client_assertion_alg: AssertionAlg = _DEFAULT.client_assertion_alg
    encryption_algs: list[str] = list(_DEFAULT.encryption_algs)
    dpop: bool = _DEFAULT.dpop
    profile: Profile | None = None
    preset: str | None = None

    def provider(self) -> Provider:
        values: dict[str, Any] = {}
        for field in fields(Provider):
            value = getattr(self, field.name)
            values[field.name] = tuple(value) if isinstance(value, list) else value
        return Provider(**values)


class AccountTable(Table):
    """`[[tenants.accounts]]`."""

    username: str
    email: str | None = None
    name: str = ""
    roles: list[Annotated[Role, Word]] = [Role.AGENT]
    password: str | None = Field(default=None, repr=False)
    external_id: str | None = None
    status: Annotated[Status, Word] = Status.ACTIVE


class StaffTable(AccountTable):
    """`[[staff]]`."""

    roles: list[Annotated[Role, Word]] = [Role.SUPPORT]


class TenantTable(Table):
    """`[[tenants]]`."""

    slug: str
    name: str | None = None
    policy: Annotated[LoginPolicy, Word] | None = None
    email_domains: list[str] = []
    accent: str = "indigo"
    language: str = ENGLISH
    time_zone: str = UTC_ZONE
    status: Annotated[Status, Word] = Status.ACTIVE
    allowed_networks: list[str] = []
    session_idle_minutes: int = _USUAL.session_idle_minutes
    session_absolute_minutes: int = _USUAL.session_absolute_minutes
    totp: Annotated[TotpRule, Word] | None = None
    throttle_failures: int = _USUAL.throttle_failures
    throttle_minutes: int = _USUAL.throttle_minutes
    shared_desk: bool = _USUAL.shared_desk
    connections: list[ConnectionTable] = []
    accounts: list[AccountTable] = []

    def demands(self) -> TenantSecuritySettings:
        return TenantSecuritySettings(
            allowed_networks=tuple(self.allowed_networks),
            session_idle_minutes=self.session_idle_minutes,
            session_absolute_minutes=self.session_absolute_minutes,
            totp=self.totp or usual_demands(self.slug).totp,
            throttle_failures=self.throttle_failures,
            throttle_minutes=self.throttle_minutes,
            shared_desk=self.shared_desk,
        )


class ScopeTable(Table):
    """`[[scopes]]`."""

    name: str
    description: str


class ClientTable(Table):
    """`[[clients]]`."""

    client_id: str
    name: str | None = None
    client_secret: str | None = Field(default=None, repr=False)
    redirect_uris: list[str] = []
    grants: list[Annotated[GrantType, Word]] = [GrantType.AUTHORIZATION_CODE]
    scopes: list[str] = ["openid"]
    trusted: bool = False
    tenant: str | None = None
    status: Annotated[Status, Word] = Status.ACTIVE
    expires_iso: bool = False
    signing_alg: Annotated[SigningAlg, Word] = SigningAlg.RS256
    backchannel_logout_uri: str | None = None
    post_logout_redirect_uris: list[str] = []
    jwks: str | None = None


class ApplyFile(Table):
    """The whole file."""

    tenants: list[TenantTable] = []
    staff: list[StaffTable] = []
    scopes: list[ScopeTable] = []
    clients: list[ClientTable] = []
