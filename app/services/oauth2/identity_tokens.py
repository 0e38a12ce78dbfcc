"""Signed statements about who makes a request, for apps behind a proxy that asks `/forward-auth`."""

from collections import OrderedDict
from dataclasses import dataclass, field, fields
from operator import attrgetter
from threading import Lock

from app.domain.oauth2.signing_alg import SigningAlg
from app.domain.oauth2.signing_key import SigningKey
from app.domain.sessions.session import SessionSummary
from app.ports.system import Clock
from app.services.oauth2.signing_keys import SigningKeyService
from app.services.oauth2.token_signer import TokenSigner

AGAIN_S = 20.0
"""How long one is given again: a page loads with dozens of requests. It has 40 seconds left at least."""
MOST = 4096
"""How many each worker keeps."""

Said = tuple[str, str, object]
"""The key that signed, the audience, and what is said: any change makes another."""
_A_CLICK = {"last_seen_at", "expires_at"}
_facts = attrgetter(*(one.name for one in fields(SessionSummary) if one.name not in _A_CLICK))
"""All of a session but what changes with every click."""


@dataclass(frozen=True, slots=True)
class IdentityTokens:
    """Whether the session is live has been asked for this very request, before."""

    token_signer: TokenSigner
    keys: SigningKeyService
    clock: Clock
    _kept: OrderedDict[Said, tuple[str, float]] = field(default_factory=OrderedDict, repr=False, compare=False)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def of(self, found: SessionSummary, audience: str) -> str:
        """For the app at this host. Raises SsoError if there is no key to sign with."""
        return self._signed(self.keys.present(SigningAlg.ES256), found, audience)

    def without_asking(self, found: SessionSummary, audience: str) -> str | None:
        """The same without asking the database; None if that is due."""
        key = self.keys.if_recent(SigningAlg.ES256)
        return self._signed(key, found, audience) if key else None

    def _signed(self, key: SigningKey, found: SessionSummary, audience: str) -> str:
        now = self.clock.now()
        said = (key.kid, audience, _facts(found))
        token, signed_at = self._kept.get(said, ("", 0.0))
        if 0 <= now - signed_at < AGAIN_S:  # a clock that was set back signs anew
            return token
        token = self.token_signer.identity_jwt(found, audience, key)
        with self._lock:
            self._kept[said] = (token, now)
            self._kept.move_to_end(said)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return token
