"""Which client a request comes from (RFC 6749, section 2.3; RFC 7523; OpenID Connect Core, section 9)."""

import hashlib
import hmac
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from app.domain.errors import StoreUnavailable
from app.domain.login.login_attempt import attempt_id
from app.domain.oauth2.client import Client
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.tenants.tenant import Status
from app.ports.client_assertions import ClientAssertions
from app.ports.counters import Counters, Limit
from app.ports.repositories import Database
from app.ports.system import Clock
from app.services.oauth2.client_credentials import ClientCredentials
from app.services.oauth2.limits import authentication_limits
from app.services.throttling.throttle import require_room

USED_EVERY_S = 3600
"""`last_used_at` is written at most this often: a busy client does not cause a write per request."""
ROOM_S = 10.0
"""How long a worker believes that a client which has just shown its secret has not failed too often elsewhere."""
MOST_ROOMS = 4096
LONGEST_S = 300
"""How far ahead an assertion may expire."""
LEEWAY_S = 10
"""For clocks that disagree, as FAPI 2.0 (section 5.3.2.1) has it."""
LONGEST_JTI = 255
LATEST = 10**11
"""Beyond it a number is no date."""
UNKNOWN = ""
"""In the place of a name, for clients that do not exist or are disabled."""
_NOBODYS = hashlib.sha256(b"").hexdigest()
"""Compared if there is no client, or it has no such secret: the same work. No secret is empty."""


def secret_hash(secret: str) -> str:
    """As stored: secrets are generated, so that a fast hash does."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class ClientAuthenticator:
    """Asked by every endpoint that clients call: token, revocation, introspection, pushed and device requests."""

    database: Database
    counters: Counters
    assertions: ClientAssertions
    clock: Clock
    issuer: str
    _had_room: dict[tuple[str, str], float] = field(default_factory=dict, repr=False, compare=False)
    """Until when a client at an address need not be looked up among those that have failed too often."""

    def authenticate(self, credentials: ClientCredentials) -> Client:
        """The client, also a public one, which has shown nothing but its id.

        Raises OAuth2Error `invalid_client`: the same for a wrong secret, an unknown and a disabled client; and SsoError
        `throttled` if too many attempts for this client have failed from this address.
        """
        client_id = credentials.client_id or self._asserted(credentials.assertion)
        client = self._active(client_id)
        # Unknown names are counted together: each under its own would fill the counters' store with whatever is sent.
        who = (client.client_id if client else UNKNOWN, credentials.client_ip)
        asked = self._require_room(who)
        if not self._shown(client, credentials) or client is None:
            with suppress(StoreUnavailable):
                self.counters.hit(_limits(who))
            self._had_room.pop(who, None)
            raise OAuth2Error("invalid_client", "The client is unknown, or its authentication failed.")
        if asked:
            self._remember_room(who)
        self._note_use(client)
        return client

    def _require_room(self, who: tuple[str, str]) -> bool:
        """Whether the counters have just said so. Raises SsoError `throttled`."""
        if self.clock.monotonic() < self._had_room.get(who, 0.0):
            return False
        with suppress(StoreUnavailable):
            # Generated secrets are not guessed: apps go on while the counters are away, as logins by SSO do.
            require_room(self.counters, _limits(who))
            return True
        return False

    def _remember_room(self, who: tuple[str, str]) -> None:
        """Only after a success, and until a failure: of guesses, each worker lets one more through at most."""
        if len(self._had_room) >= MOST_ROOMS:
            self._had_room.clear()
        self._had_room[who] = self.clock.monotonic() + ROOM_S

    def _asserted(self, assertion: str | None) -> str | None:
        return self.assertions.unverified_subject(assertion) if assertion else None

    def _active(self, client_id: str | None) -> Client | None:
        """The client, if it and its tenant are active."""
        if not client_id:
            return None
        with self.database.read() as work:
            client = work.clients.get(client_id)
            if client is None or client.status is not Status.ACTIVE:
                return None
            owner = work.tenants.get(client.tenant_id) if client.tenant_id else None
        return client if client.tenant_id is None or (owner and owner.status is Status.ACTIVE) else None

    def _shown(self, client: Client | None, credentials: ClientCredentials) -> bool:
        if credentials.assertion is not None:
            return client is not None and self._assertion_holds(client, credentials.assertion)
        if credentials.secrets:
            return _secret_right(client, credentials.secrets)
        return client is not None and client.public

    def _assertion_holds(self, client: Client, assertion: str) -> bool:
        claims = self.assertions.claims(assertion, client.jwks) if client.jwks else None
        now = self.clock.now()
        if claims is None or not self._meant_for_us(client, claims) or not _timely(claims, now=now):
            return False
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
            return False
        with self.database.write_once() as work:
            return work.attempts.consume(
                attempt_id(f"client assertion/{client.client_id}/{jti}"), expires_at=now + LONGEST_S + 2 * LEEWAY_S
            )

    def _meant_for_us(self, client: Client, claims: Mapping[str, object]) -> bool:
        """A single audience: of several, another could replay it here (the update of RFC 7523; FAPI 2.0)."""
        audience = claims.get("aud")
        named = isinstance(audience, str) and audience in (self.issuer, f"{self.issuer}/oauth2/token")
        return named and claims.get("iss") == claims.get("sub") == client.client_id

    def _note_use(self, client: Client) -> None:
        now = self.clock.now()
        if now - (client.last_used_at or 0.0) >= USED_EVERY_S:
            # If nothing can be written, the client is known all the same.
            with suppress(StoreUnavailable), self.database.write() as work:
                work.clients.used(client.client_id, at=now)


def _limits(who: tuple[str, str]) -> tuple[Limit, ...]:
    client_id, client_ip = who
    return authentication_limits(client_id, client_ip=client_ip)


def _secret_right(client: Client | None, secrets: tuple[str, ...]) -> bool:
    """Every secret against both of the client's, whichever matches."""
    stored = [client.secret_hash, client.next_secret_hash] if client else [None, None]
    matches = [
        hmac.compare_digest(secret_hash(secret), one or _NOBODYS) and one is not None
        for secret in secrets
        for one in stored
    ]
    return any(matches)


def _timely(claims: Mapping[str, object], *, now: float) -> bool:
    expires, begins, issued = (_date(claims.get(name)) for name in ("exp", "nbf", "iat"))
    if expires is None or ("nbf" in claims and begins is None) or ("iat" in claims and issued is None):
        return False
    latest = max(begins or now, issued or now)
    return now - LEEWAY_S < expires <= now + LONGEST_S + LEEWAY_S and latest <= now + LEEWAY_S


def _date(value: object) -> float | None:
    """Seconds; None for what is no number, and for a bool, which Python counts among them."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < LATEST else None
