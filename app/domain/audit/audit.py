"""What was changed, by whom, when, from where and why. Changes only: logins are recorded as traces.

Each tenant's entries form a chain, and so do those about the whole bridge. Each entry is signed together with the MAC
of the one before, so that someone with the database but without the key cannot edit, move or remove any.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType

from app.domain.accounts.account import Account
from app.domain.errors import Detail
from app.domain.tenants.tenant import Tenant, TenantId

Chain = NewType("Chain", str)
"""A tenant's id; empty for the whole bridge."""

COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`actor` is an account's username with its tenant, or `command line`. `tenant_id` None means the whole bridge."""

    tenant_id: TenantId | None
    at: float
    actor: str
    address: str
    """Where from: a network address, or `command line`."""
    action: str
    """`tenant.policy`, `held.accepted`, …"""
    subject: str
    before: Mapping[str, Detail] = field(default_factory=dict)
    after: Mapping[str, Detail] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, from where and why, in the form the audit records."""

    name: str
    """An account's username with its tenant, or `command line`."""
    client_ip: str = COMMAND_LINE
    reason: str = ""

    def did(
        self,
        action: str,
        subject: str,
        *,
        tenant_id: TenantId | None,
        at: float,
        before: Mapping[str, Detail] | None = None,
        after: Mapping[str, Detail] | None = None,
    ) -> AuditEntry:
        """The audit entry for what they did to `subject`."""
        return AuditEntry(
            tenant_id=tenant_id,
            at=at,
            actor=self.name,
            address=self.client_ip,
            action=action,
            subject=subject,
            before=before or {},
            after=after or {},
            reason=self.reason,
        )


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last entry of a chain: its number, counted from 1, and its MAC."""

    chain: Chain
    seq: int = 0
    mac: str = ""
    seal: str = field(default="", compare=False, repr=False)
    """A signature that this entry was the last when written. An older version may have added entries since."""


@dataclass(frozen=True, slots=True)
class ChainedEntry:
    """An entry at its position in the chain. `mac` is empty if it was written before entries were chained."""

    chain: Chain
    seq: int
    mac: str
    entry: AuditEntry
    position: int = field(default=0, compare=False)
    """Its position among all stored entries, in the order they were written."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to read; None does not matter. `since` is included, `until` is not. Times in Unix seconds."""

    action: str | None = None
    actor: str | None = None
    since: float | None = None
    until: float | None = None


ANY = AuditFilter()


def named(tenant: Tenant, account: Account) -> str:
    """An account, as an actor or a subject: `acme/ada`."""
    return f"{tenant.slug}/{account.username}"


def differing(before: Mapping[str, Detail], after: Mapping[str, Detail]) -> tuple[dict[str, Detail], dict[str, Detail]]:
    """The old and the new values of what has changed; both empty if nothing has."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def chain_of(tenant_id: TenantId | None) -> Chain:
    return Chain(tenant_id or "")


def head_text(head: ChainHead) -> str:
    """The text that a seal signs."""
    return json.dumps([head.chain, head.seq, head.mac], separators=(",", ":"))


def signed_text(entry: AuditEntry, head: ChainHead) -> str:
    """The text that the MAC of `entry` signs; `head` is the entry before it. Unique for each entry and position."""
    return json.dumps(
        [
            head.chain,
            head.seq + 1,
            head.mac,
            entry.tenant_id,
            entry.at,
            entry.actor,
            entry.address,
            entry.action,
            entry.subject,
            entry.before,
            entry.after,
            entry.reason,
        ],
        sort_keys=True,
        separators=(",", ":"),
        default=repr,  # a row that someone edited by hand may hold anything
    )
