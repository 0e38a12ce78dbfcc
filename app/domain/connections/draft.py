"""Settings of a connection that are being worked on. They serve no login until they are activated (rule 23).

A new connection has its draft from the beginning, so its redirect URI can be registered before anything is known about
the provider. It stands as a disabled connection until then.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from app.domain.connections.connection import SECRET_AUTH, TLS_AUTH, Connection, ConnectionId, Provider
from app.domain.text import Text

SENT_SECRETS = ("client_secret", "next_client_secret")
"""The secrets that leave the bridge: whoever answers at the token endpoint can read them."""


class DraftKind(StrEnum):
    """Whether the connection was there before its draft."""

    NEW = "new"
    CHANGE = "change"


class Consequence(StrEnum):
    """What people will notice of a change that passed its test."""

    NEW_IDENTITIES = "new_identities"
    """The issuer changes: everyone is matched to their account again, as at a first login."""
    OTHER_MATCHING = "other_matching"
    """Accounts are found by another value than now."""
    OTHER_CLIENT = "other_client"
    """The provider may give people new subjects for another client, and then asks for consent again."""


@dataclass(frozen=True, slots=True)
class Draft:
    """At most one for each connection, under its id."""

    settings: Connection
    """As the connection would be. Its test is the draft's: settings that were changed since are not tested."""
    base: str
    """The version of the connection that the draft was begun from."""
    kind: DraftKind
    changed_at: float
    changed_by: str

    @property
    def id(self) -> ConnectionId:
        """That of the connection."""
        return self.settings.id

    @property
    def connection(self) -> Connection:
        """For tests and checks, which must not be taken for a login's."""
        return replace(self.settings, is_draft=True)

    @property
    def version(self) -> str:
        """Changes with everything that someone can set."""
        return draft_version(self.settings)

    @property
    def tested(self) -> bool:
        """A test with exactly these settings has passed."""
        return self.settings.tested


@dataclass(frozen=True, slots=True)
class PreviousVersion:
    """The settings that a connection had before the last change of a draft, kept so that they can be restored."""

    settings: Connection
    successor: str
    """The fingerprint of what replaced them. A connection that has changed since has nothing to go back to."""
    replaced_at: float
    replaced_by: str


def draft_version(settings: Connection) -> str:
    """Of a draft, and of the connection that it became."""
    beside = f"{settings.fingerprint} {settings.next_client_secret} {settings.client_secret_expires}"
    return hashlib.sha256(beside.encode()).hexdigest()


def settled(connection: Connection, settings: Connection) -> Connection:
    """`connection` with all that a draft or version can set. Its id, name and status are its own."""
    return replace(
        connection,
        provider=settings.provider,
        client_secret=settings.client_secret,
        next_client_secret=settings.next_client_secret,
        client_secret_expires=settings.client_secret_expires,
        private_key=settings.private_key,
        certificate=settings.certificate,
        certificate_expires_at=settings.certificate_expires_at,
        tested_at=settings.tested_at,
        tested_fingerprint=settings.tested_fingerprint,
    )


def secret_hosts(provider: Provider) -> set[str]:
    """The hosts that decide where the client secret is sent."""
    addresses = (provider.issuer, provider.discovery_url, provider.token_endpoint, provider.par_endpoint)
    return {urlsplit(address).netloc.lower() for address in addresses if address}


def with_kept_secrets(before: Connection, live: Connection, provider: Provider) -> Connection:
    """`before`, a draft's settings, with the secrets that may stay while `provider` becomes what it says.

    A secret must not be sent to a host that it was not given for, where someone could read it. So it is dropped, and
    has to be entered again. If a change is taken back, the connection's own is there again.
    """
    hosts = secret_hosts(provider)
    source = before if hosts <= secret_hosts(before.provider) else None
    if (source is None or source.client_secret is None) and hosts <= secret_hosts(live.provider):
        source = live
    if source is None:
        return replace(before, client_secret=None, next_client_secret=None)
    return replace(before, client_secret=source.client_secret, next_client_secret=source.next_client_secret)


def missing_credentials(connection: Connection) -> Iterator[tuple[str, str]]:
    """Keys that may be left out of a file or form only if they were set before, and why they are needed."""
    provider = connection.provider
    for key in ("private_key", "certificate"):
        if provider.client_auth in TLS_AUTH and getattr(connection, key) is None:
            yield key, Text("is required for client_auth %(client_auth)s", client_auth=str(provider.client_auth))
    if any(name.startswith("HS") for name in provider.signing_algs) and connection.client_secret is None:
        yield "client_secret", Text("is required if signing_algs contains HS256, HS384 or HS512")


def missing_access(settings: Connection, live: Connection) -> Iterator[tuple[str, str]]:
    """What else a draft needs before it can be tested."""
    provider = settings.provider
    if not provider.client_id:
        yield "client_id", Text("is required")
    if provider.client_auth in SECRET_AUTH and settings.client_secret is None:
        dropped = live.client_secret is not None
        yield (
            "client_secret",
            Text("must be entered again because it would be sent to a different host")
            if dropped
            else Text("is required"),
        )


def consequences(live: Connection, settings: Connection) -> list[Consequence]:
    """Of replacing the settings of an active connection by these."""
    found = []
    if (
        settings.identity_issuer != live.identity_issuer
        or settings.provider.subject_claim != live.provider.subject_claim
    ):
        found.append(Consequence.NEW_IDENTITIES)
    if settings.provider.match_by != live.provider.match_by:
        found.append(Consequence.OTHER_MATCHING)
    if settings.provider.client_id != live.provider.client_id:
        found.append(Consequence.OTHER_CLIENT)
    return found
