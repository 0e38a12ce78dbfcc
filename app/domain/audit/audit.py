"""What was changed, by whom, when, from where and why. Changes only: logins are traces.

Entries of a tenant form a chain, those of the bridge as a whole another: each is signed together with the MAC of the
one before, so that none can be edited, moved or taken out by whoever has the database but not the key.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType

from app.domain.accounts.account import Account
from app.domain.errors import Detail
from app.domain.tenants.tenant import Tenant, TenantId

Chain = NewType("Chain", str)
"""A tenant's id; empty for the bridge as a whole."""

COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`actor` is an account's username with its tenant, or `command line`. `tenant_id` None: the bridge as a whole."""

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
    """Who does something, from where and why: as the audit writes it."""

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
        """The entry about what they did to `subject`."""
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
    """Signed: which entry was the last when it was made. The last one still, unless an older version went on."""


@dataclass(frozen=True, slots=True)
class ChainedEntry:
    """An entry in its place. `mac` is empty where it was written before entries were chained."""

    chain: Chain
    seq: int
    mac: str
    entry: AuditEntry
    position: int = field(default=0, compare=False)
    """Of what is stored, in the order of writing."""


def named(tenant: Tenant, account: Account) -> str:
    """An account, as an actor or a subject: `acme/ada`."""
    return f"{tenant.slug}/{account.username}"


def differing(before: Mapping[str, Detail], after: Mapping[str, Detail]) -> tuple[dict[str, Detail], dict[str, Detail]]:
    """Both sides of what has changed; empty where nothing has."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def chain_of(tenant_id: TenantId | None) -> Chain:
    return Chain(tenant_id or "")


def head_text(head: ChainHead) -> str:
    """What the signature in a seal is made of."""
    return json.dumps([head.chain, head.seq, head.mac], separators=(",", ":"))


def signed_text(entry: AuditEntry, head: ChainHead) -> str:
    """What the MAC of `entry` is made of, where `head` is the entry before it. One text for one entry and place."""
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
        default=repr,  # whoever edits a database may put anything there
    )
