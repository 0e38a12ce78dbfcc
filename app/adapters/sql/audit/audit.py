"""The audit entries: added and read. Triggers, made by the migration, refuse to change or delete them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Select,
    Text,
    bindparam,
    cast,
    insert,
    select,
    update,
)

from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor, first_column
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import insert_once, storable
from app.adapters.sql.tables import TenantRow
from app.domain.audit.audit import ANY, AuditEntry, AuditFilter, Chain, ChainedEntry, ChainHead, chain_of
from app.domain.errors import Detail
from app.domain.tenants.tenant import TenantId


class AuditEntryRow(Base):
    """What was changed, by whom; `id` gives the order."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "chain", "id"),
        Index(None, "chain", "at"),
        Index(None, "chain", "actor", "id"),
        Index("uq_audit_entries_chain_seq", "chain", "seq", unique=True),
    )

    id: Column[int] = column(primary_key=True)
    chain: Column[str]
    seq: Column[int]
    mac: Column[str]
    tenant_id: Column[str | None] = column(ForeignKey("tenants.id"))
    at: Column[float]
    actor: Column[str]
    address: Column[str]
    action: Column[str]
    subject: Column[str]
    before: Column[dict[str, Any]]
    after: Column[dict[str, Any]]
    reason: Column[str]


class AuditHeadRow(Base):
    """The last entry of a chain; who adds the next one locks it."""

    __tablename__ = "audit_heads"

    chain: Column[str] = column(primary_key=True)
    seq: Column[int]
    mac: Column[str]
    seal: Column[str]
    """Which entry was the last one, and a signature of that."""


HEAD = RowMapper(ChainHead, AuditHeadRow)
ENTRY = RowMapper(AuditEntry, AuditEntryRow)
# As text: a value edited by hand may be anything.
COLUMNS = [cast(column, Text) if isinstance(column.type, JSON) else column for column in ENTRY.columns]
_PLACE = (AuditEntryRow.id, AuditEntryRow.chain, AuditEntryRow.seq, AuditEntryRow.mac)

_AT_ONCE = 500
_ADD = insert(AuditEntryRow)
_OF_CHAIN = select(*COLUMNS).where(AuditEntryRow.chain == bindparam("wanted")).order_by(AuditEntryRow.id)
_NEWEST = 2**63 - 1
_OLDEST = -_NEWEST - 1
_IN_CHAIN = AuditEntryRow.chain == bindparam("wanted")
_FILTERS = {
    "before": AuditEntryRow.id < bindparam("before", type_=BigInteger),
    "after": AuditEntryRow.id > bindparam("after", type_=BigInteger),
    "action": AuditEntryRow.action == bindparam("action"),
    "actor": AuditEntryRow.actor == bindparam("actor"),
    "since": AuditEntryRow.at >= bindparam("since"),
    "until": AuditEntryRow.at < bindparam("until"),
}


@cache
def listing(conditions: tuple[str, ...], *, newest_first: bool) -> Select[Any]:
    """The statement with these of `_FILTERS`: one for each combination, so that each is compiled once."""
    return (
        select(*_PLACE, *COLUMNS)
        .where(_IN_CHAIN, *(_FILTERS[name] for name in conditions))
        .order_by(AuditEntryRow.id.desc() if newest_first else AuditEntryRow.id)
        .limit(bindparam("most"))
    )


# Entries are written in the order of time: a period is found by its first and its last, and what lies between is read.
_OF_TIME = select(AuditEntryRow.id).where(_IN_CHAIN).limit(1)
FIRST_SINCE = _OF_TIME.where(_FILTERS["since"]).order_by(AuditEntryRow.at, AuditEntryRow.id)
LAST_UNTIL = _OF_TIME.where(_FILTERS["until"]).order_by(AuditEntryRow.at.desc(), AuditEntryRow.id.desc())
_CHAINS = (
    select(AuditHeadRow.chain).union(select(AuditEntryRow.chain), select(TenantRow.id.label("chain"))).order_by("chain")
)
_MAC = select(AuditEntryRow.mac).where(AuditEntryRow.chain == bindparam("wanted"), AuditEntryRow.seq == bindparam("at"))
_SEAL = update(AuditHeadRow).where(AuditHeadRow.chain == bindparam("wanted"))
_HEAD = select(*HEAD.columns).where(AuditHeadRow.chain == bindparam("wanted"))
_LOCKED = _HEAD.with_for_update()
_BEGIN = insert_once(AuditHeadRow)
_GO_ON = update(AuditHeadRow).where(AuditHeadRow.chain == bindparam("wanted"))


def to_domain(values: Sequence[Any]) -> AuditEntry:
    """From the values of `COLUMNS`."""
    entry = ENTRY.to_domain(values)
    return replace(entry, before=_details(entry.before), after=_details(entry.after))


def from_domain(link: ChainedEntry) -> Mapping[str, object]:
    return {"chain": link.chain, "seq": link.seq, "mac": link.mac, **ENTRY.from_domain(link.entry)}


@dataclass(frozen=True, slots=True)
class SqlAudit:
    """Implements `Audit`. `moved` collects the heads of the chains that this transaction has extended.

    `waiting` are entries still to be written, with their heads: together they cost far less than one by one.
    """

    sql: Executor
    moved: dict[Chain, ChainHead] = field(default_factory=dict)
    waiting: list[tuple[ChainedEntry, ChainHead]] = field(default_factory=list)

    def lock(self, chain: Chain) -> ChainHead:
        if chain in self.moved:
            return self.moved[chain]
        head = self.sql.first(_LOCKED, HEAD.to_domain, wanted=chain)
        if head is None:
            self.sql.changed(_BEGIN, **HEAD.from_domain(ChainHead(chain)))
            (head,) = self.sql.all(_LOCKED, HEAD.to_domain, wanted=chain)
        return head

    def add(self, link: ChainedEntry, *, seal: str) -> None:
        head = ChainHead(link.chain, seq=link.seq, mac=link.mac, seal=seal)
        self.waiting.append((link, head))
        self.moved[link.chain] = head
        if len(self.waiting) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write the waiting entries; called before any read and before the commit."""
        if self.waiting:
            # Not just each chain's last head: the triggers let a head advance by one entry at a time.
            heads = [
                {"wanted": head.chain, "seq": head.seq, "mac": head.mac, "seal": head.seal} for _, head in self.waiting
            ]
            self.sql.each(_ADD, [from_domain(link) for link, _ in self.waiting])
            self.sql.each(_GO_ON, heads)
            self.waiting.clear()

    def seal(self, head: ChainHead) -> None:
        self.sql.changed(_SEAL, wanted=head.chain, seal=head.seal)

    def mac(self, chain: Chain, seq: int) -> str | None:
        self.flush()
        found: str | None = self.sql.value(_MAC, wanted=chain, at=seq)
        return found

    def of_tenant(self, tenant_id: TenantId | None) -> Sequence[AuditEntry]:
        self.flush()
        return self.sql.all(_OF_CHAIN, to_domain, wanted=chain_of(tenant_id))

    def chains(self) -> Sequence[Chain]:
        self.flush()
        return self.sql.all(_CHAINS, first_column)

    def head(self, chain: Chain) -> ChainHead:
        self.flush()
        return self.sql.first(_HEAD, HEAD.to_domain, wanted=chain) or ChainHead(chain)

    def page(self, chain: Chain, wanted: AuditFilter = ANY, *, after: int, most: int) -> Sequence[ChainedEntry]:
        return self._some(chain, wanted, after=after, most=most)

    def latest(
        self, chain: Chain, wanted: AuditFilter = ANY, *, before: int | None = None, most: int
    ) -> Sequence[ChainedEntry]:
        return self._some(chain, wanted, before=_NEWEST if before is None else before, most=most)

    def _some(
        self, chain: Chain, wanted: AuditFilter, *, before: int | None = None, after: int | None = None, most: int
    ) -> Sequence[ChainedEntry]:
        """Newest first with `before`, oldest first with `after`."""
        self.flush()
        if not all(storable(text) for text in (wanted.action, wanted.actor) if text is not None):
            return []
        newest_first = after is None
        if wanted.since is not None:
            first = self.sql.value(FIRST_SINCE, wanted=chain, since=wanted.since)
            after = max(_OLDEST if after is None else after, _NEWEST - 1 if first is None else first - 1)
        if wanted.until is not None:
            last = self.sql.value(LAST_UNTIL, wanted=chain, until=wanted.until)
            before = min(_NEWEST if before is None else before, _OLDEST if last is None else last + 1)
        given = {name: value for name, value in asdict(wanted).items() if value is not None}
        given |= {name: value for name, value in (("before", before), ("after", after)) if value is not None}
        statement = listing(tuple(name for name in _FILTERS if name in given), newest_first=newest_first)
        return self.sql.all(statement, _link, wanted=chain, most=most, **given)


def _link(row: Sequence[Any]) -> ChainedEntry:
    position, chain, seq, mac, *values = row
    return ChainedEntry(chain=chain, seq=seq, mac=str(mac), entry=to_domain(values), position=position)


def _details(stored: object) -> Mapping[str, Detail]:
    """A value edited by hand may be anything; then it is not what was signed, and is shown as it is."""
    try:
        details = json.loads(str(stored))
    except ValueError:
        details = None
    return details if isinstance(details, dict) else {"unreadable": str(stored)}
