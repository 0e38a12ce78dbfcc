"""The audit entries: added and read, never changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, Connection, Text, bindparam, cast, insert, select, update

from app.adapters.sql.audit.audit_tables import AuditEntryRow, AuditHeadRow
from app.adapters.sql.statements import insert_once, storable
from app.adapters.sql.tables import TenantRow
from app.domain.audit.audit import AuditEntry, Chain, ChainedEntry, ChainHead, chain_of
from app.domain.errors import Detail
from app.domain.tenants.tenant import TenantId

COLUMNS = (
    AuditEntryRow.tenant_id,
    AuditEntryRow.at,
    AuditEntryRow.actor,
    AuditEntryRow.address,
    AuditEntryRow.action,
    AuditEntryRow.subject,
    cast(AuditEntryRow.before, Text),
    cast(AuditEntryRow.after, Text),
    AuditEntryRow.reason,
)
_PLACE = (AuditEntryRow.id, AuditEntryRow.chain, AuditEntryRow.seq, AuditEntryRow.mac)

_AT_ONCE = 500
_ADD = insert(AuditEntryRow)
_OF_CHAIN = select(*COLUMNS).where(AuditEntryRow.chain == bindparam("wanted")).order_by(AuditEntryRow.id)
_PAGE = (
    select(*_PLACE, *COLUMNS)
    .where(AuditEntryRow.chain == bindparam("wanted"), AuditEntryRow.id > bindparam("after", type_=BigInteger))
    .order_by(AuditEntryRow.id)
    .limit(bindparam("most"))
)
_NEWEST = 2**63 - 1
_LATEST = (
    select(*_PLACE, *COLUMNS)
    .where(AuditEntryRow.chain == bindparam("wanted"), AuditEntryRow.id < bindparam("before", type_=BigInteger))
    .order_by(AuditEntryRow.id.desc())
    .limit(bindparam("most"))
)
_LATEST_OF_ACTION = _LATEST.where(AuditEntryRow.action == bindparam("kind"))
_CHAINS = (
    select(AuditHeadRow.chain).union(select(AuditEntryRow.chain), select(TenantRow.id.label("chain"))).order_by("chain")
)
_MAC = select(AuditEntryRow.mac).where(AuditEntryRow.chain == bindparam("wanted"), AuditEntryRow.seq == bindparam("at"))
_SEAL = update(AuditHeadRow).where(AuditHeadRow.chain == bindparam("wanted"))
_HEAD = select(AuditHeadRow.seq, AuditHeadRow.mac, AuditHeadRow.seal).where(AuditHeadRow.chain == bindparam("wanted"))
_LOCKED = _HEAD.with_for_update()
_BEGIN = insert_once(AuditHeadRow)
_GO_ON = update(AuditHeadRow).where(AuditHeadRow.chain == bindparam("wanted"))


def to_domain(values: Sequence[Any]) -> AuditEntry:
    """From the values of `COLUMNS`."""
    tenant_id, at, actor, address, action, subject, before, after, reason = values
    return AuditEntry(
        tenant_id=tenant_id,
        at=at,
        actor=actor,
        address=address,
        action=action,
        subject=subject,
        before=_details(before),
        after=_details(after),
        reason=reason,
    )


def from_domain(link: ChainedEntry) -> Mapping[str, object]:
    entry = link.entry
    return {
        "chain": link.chain,
        "seq": link.seq,
        "mac": link.mac,
        "tenant_id": entry.tenant_id,
        "at": entry.at,
        "actor": entry.actor,
        "address": entry.address,
        "action": entry.action,
        "subject": entry.subject,
        "before": dict(entry.before),
        "after": dict(entry.after),
        "reason": entry.reason,
    }


@dataclass(frozen=True, slots=True)
class SqlAudit:
    """The port `Audit`. `moved` collects the heads of the chains that this transaction has added to.

    `waiting` are entries on their way, with their heads: many at once cost the database a fraction of one by one.
    """

    connection: Connection
    moved: dict[Chain, ChainHead] = field(default_factory=dict)
    waiting: list[tuple[ChainedEntry, ChainHead]] = field(default_factory=list)

    def lock(self, chain: Chain) -> ChainHead:
        if chain in self.moved:
            return self.moved[chain]
        row = self.connection.execute(_LOCKED, {"wanted": chain}).first()
        if row is None:
            self.connection.execute(_BEGIN, {"chain": chain, "seq": 0, "mac": "", "seal": ""})
            row = self.connection.execute(_LOCKED, {"wanted": chain}).one()
        return _head(chain, row)

    def add(self, link: ChainedEntry, *, seal: str) -> None:
        head = ChainHead(link.chain, seq=link.seq, mac=link.mac, seal=seal)
        self.waiting.append((link, head))
        self.moved[link.chain] = head
        if len(self.waiting) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what waits; before anything is read, and before the commit."""
        if self.waiting:
            # Not each chain's last one alone: the tables let a head go on by one entry at a time.
            heads = [
                {"wanted": head.chain, "seq": head.seq, "mac": head.mac, "seal": head.seal} for _, head in self.waiting
            ]
            self.connection.execute(_ADD, [from_domain(link) for link, _ in self.waiting])
            self.connection.execute(_GO_ON, heads)
            self.waiting.clear()

    def seal(self, head: ChainHead) -> None:
        self.connection.execute(_SEAL, {"wanted": head.chain, "seal": head.seal})

    def mac(self, chain: Chain, seq: int) -> str | None:
        self.flush()
        return self.connection.execute(_MAC, {"wanted": chain, "at": seq}).scalar()

    def of_tenant(self, tenant_id: TenantId | None) -> Sequence[AuditEntry]:
        self.flush()
        return [to_domain(row) for row in self.connection.execute(_OF_CHAIN, {"wanted": chain_of(tenant_id)})]

    def chains(self) -> Sequence[Chain]:
        self.flush()
        return [Chain(chain) for chain in self.connection.execute(_CHAINS).scalars()]

    def head(self, chain: Chain) -> ChainHead:
        self.flush()
        row = self.connection.execute(_HEAD, {"wanted": chain}).first()
        return ChainHead(chain) if row is None else _head(chain, row)

    def page(self, chain: Chain, *, after: int, most: int) -> Sequence[ChainedEntry]:
        self.flush()
        rows = self.connection.execute(_PAGE, {"wanted": chain, "after": after, "most": most})
        return [_link(row) for row in rows]

    def latest(
        self, chain: Chain, *, before: int | None = None, action: str | None = None, most: int
    ) -> Sequence[ChainedEntry]:
        self.flush()
        wanted = {"wanted": chain, "before": _NEWEST if before is None else before, "most": most}
        if action is None:
            return [_link(row) for row in self.connection.execute(_LATEST, wanted)]
        if not storable(action):
            return []
        return [_link(row) for row in self.connection.execute(_LATEST_OF_ACTION, {**wanted, "kind": action})]


def _head(chain: Chain, row: Sequence[Any]) -> ChainHead:
    seq, mac, seal = row
    return ChainHead(chain, seq=seq, mac=mac, seal=seal)


def _link(row: Sequence[Any]) -> ChainedEntry:
    position, chain, seq, mac, *values = row
    return ChainedEntry(chain=chain, seq=seq, mac=str(mac), entry=to_domain(values), position=position)


def _details(text: str) -> Mapping[str, Detail]:
    """What was put there by hand may be anything; then it is not what was signed, and is shown as it is."""
    try:
        details = json.loads(text)
    except ValueError:
        details = None
    return details if isinstance(details, dict) else {"unreadable": text}
