"""A domain that a tenant says is its own, and the DNS record that proves it (docs/rules.md, rule 2)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.tenants.tenant import TenantId

RECORD = "_sso-bridge-challenge"
"""The first label of the record's name: a name that starts with an underscore is no host (RFC 8552)."""
VALUE = "sso-bridge-verification="
NAME_MOST = 253
DAY_S = 86_400
SPREAD_S = 7_200
EXPIRES_AFTER_S = 3 * DAY_S
"""How long a record may be missing before its proof counts as expired: a change of name servers may take two days."""
SEEN_MOST, SEEN_CHARACTERS = 5, 100


class ProofResult(StrEnum):
    """What a look at the record found. Stored, so never renamed."""

    FOUND = "found"
    NO_SUCH_NAME = "no_such_name"
    NO_RECORD = "no_record"
    OTHER_VALUE = "other_value"
    ALIAS = "alias"
    MISPLACED = "misplaced"
    SERVER_FAILED = "server_failed"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    TAKEN = "taken"
    """The record is there, but another tenant has proven the domain."""


@dataclass(frozen=True, slots=True)
class Proof:
    """`seen` are the values (or the place, or the alias) that were found instead, cut to what a page can show."""

    result: ProofResult
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DomainClaim:
    """Times are Unix seconds. `token` is random, and no other claim has it: a copied record proves nothing."""

    tenant_id: TenantId
    domain: str
    """Lower-case A-labels."""
    token: str
    added_at: float
    added_by: str
    proven_at: float | None = None
    checked_at: float | None = None
    result: ProofResult | None = None
    """Of the last check."""
    seen: tuple[str, ...] = ()
    failing_since: float | None = None
    """Of a proven domain: since when its record has not been found."""
    expired_at: float | None = None
    due_at: float | None = None
    """The next check by the worker; None for a domain that is not proven yet."""

    @property
    def proven(self) -> bool:
        return self.proven_at is not None

    @property
    def record_name(self) -> str:
        return f"{RECORD}.{self.domain}"

    @property
    def record_value(self) -> str:
        return f"{VALUE}{self.token}"

    @property
    def names_by_mistake(self) -> tuple[str, ...]:
        """Where the record often ends up: at the domain itself, or with the domain appended once more."""
        names = (self.domain, f"{self.record_name}.{self.domain}")
        return tuple(name for name in names if len(name) <= NAME_MOST)

    def proved_by(self, values: Sequence[str]) -> bool:
        """Some consoles keep the quotes that were pasted."""
        return any(value.strip().strip('"') == self.record_value for value in values)

    def checked(self, proof: Proof, *, at: float) -> "DomainClaim":
        """After a check. A proof that is not confirmed expires after a while, and nothing else happens."""
        looked = replace(self, checked_at=at, result=proof.result, seen=proof.seen)
        if proof.result is ProofResult.FOUND:
            proven_at = at if self.proven_at is None else self.proven_at
            due_at = self._next_check(at)
            return replace(looked, proven_at=proven_at, failing_since=None, expired_at=None, due_at=due_at)
        if not self.proven:
            return looked
        failing_since = at if self.failing_since is None else self.failing_since
        expired = at if self.expired_at is None and at - failing_since >= EXPIRES_AFTER_S else self.expired_at
        return replace(looked, failing_since=failing_since, expired_at=expired, due_at=self._next_check(at))

    def _next_check(self, at: float) -> float:
        """In a day, give or take an hour: domains that were added at once are not checked at once for ever."""
        spread = int.from_bytes(hashlib.sha256(f"{self.token}{at}".encode()).digest()[:4]) % SPREAD_S
        return at + DAY_S - SPREAD_S / 2 + spread


def shown(values: Sequence[str]) -> tuple[str, ...]:
    """What strangers put into DNS, for a page: a few values, cut, without control characters."""
    return tuple(
        "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in value[:SEEN_CHARACTERS])
        for value in values[:SEEN_MOST]
    )
