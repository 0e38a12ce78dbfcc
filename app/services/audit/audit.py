"""The audit log: records changes, each chained to the one before, and detects tampering."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from app.domain.audit.audit import (
    ANY,
    Actor,
    AuditEntry,
    AuditFilter,
    Chain,
    ChainedEntry,
    ChainHead,
    chain_of,
    head_text,
    signed_text,
)
from app.domain.errors import Detail, NotFound
from app.domain.tenants.tenant import TenantId
from app.ports.repositories import Database, Work
from app.ports.sealing import Sealer

SIGNED_FOR = "audit"
SEALED_FOR = "audit-head"
CREATED = "tenant.created"
PAGE = 1000
_UNSIGNED = (
    "the head is not signed: the end was cut off, or an older version wrote it (then run: sso-bridge audit sign-heads)"
)
START = -(2**63)
"""Before every position, including negative ones that someone may have put into the database."""


class Tampering(StrEnum):
    """What `verify` can find."""

    BEFORE_THE_CHAIN = "before_the_chain"
    BEGINNING_GONE = "beginning_gone"
    OUT_OF_PLACE = "out_of_place"
    ALTERED = "altered"
    CUT_OFF = "cut_off"
    HEAD_UNSIGNED = "head_unsigned"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad entry of a chain; `seq` is its expected number."""

    seq: int
    kind: Tampering
    sentence: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """`head` is the last good entry."""

    head: ChainHead
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """`missing_heads` are expected MACs that no entry has; complete only if no chain has a fault."""

    chains: Sequence[ChainReport]
    missing_heads: Sequence[str] = ()

    @property
    def sound(self) -> bool:
        return not self.missing_heads and not any(report.fault for report in self.chains)


@dataclass(frozen=True, slots=True)
class SignedEntries:
    """Entries that continue their chain from `head`, each with the seal that its own head will have."""

    head: ChainHead
    links: Sequence[tuple[ChainedEntry, str]]


@dataclass(frozen=True, slots=True)
class AuditService:
    """The only writer of audit entries."""

    database: Database
    sealer: Sealer

    def record(self, work: Work, entry: AuditEntry) -> None:
        """Call in the transaction that makes the change; the chain's next writer waits until it ends.

        To record in several chains, lock their tenants first, always in the same order, to avoid deadlocks.
        """
        head = work.audit.lock(chain_of(entry.tenant_id))
        self._add(work, self.signed(work, head, [entry]))

    def head(self, work: Work, tenant_id: TenantId) -> ChainHead:
        """Where the tenant's chain ends now, for `signed`."""
        return work.audit.head(chain_of(tenant_id))

    def signed(self, work: Work, head: ChainHead, entries: Iterable[AuditEntry]) -> SignedEntries:
        """The entries as they follow `head`, the end of their chain; stored by `append`."""
        # Tampering stays visible: a new entry does not repair the chain.
        good = head.seq == 0 or self._seal_is_good(work, head)
        found, last = [], head
        for one in entries:
            entry = replace(one, at=float(one.at), before=dict(one.before), after=dict(one.after))
            mac = self.sealer.sign(signed_text(entry, last), purpose=SIGNED_FOR)
            last = ChainHead(head.chain, seq=last.seq + 1, mac=mac)
            link = ChainedEntry(chain=head.chain, seq=last.seq, mac=mac, entry=entry)
            found.append((link, self._seal(last) if good else head.seal))
        return SignedEntries(head, found)

    def append(self, work: Work, signed: SignedEntries) -> bool:
        """What was signed beforehand. False, and nothing is stored, if the chain has gone on since."""
        if work.audit.lock(signed.head.chain) != signed.head:
            return False
        self._add(work, signed)
        return True

    def _add(self, work: Work, signed: SignedEntries) -> None:
        for link, seal in signed.links:
            work.audit.add(link, seal=seal)

    def verify(self, slug: str | None = None, *, heads: Collection[str] = ()) -> Verification:
        """Check all chains, or one tenant's. `heads` are MACs that were once the end of a chain. Raises NotFound.

        Uses constant memory and does not block writers.
        """
        missing = set(heads)
        reports = [self._verify(chain, missing) for chain in self._chains(slug)]
        if any(report.fault for report in reports):
            missing.clear()
        return Verification(chains=tuple(reports), missing_heads=tuple(sorted(missing)))

    def sign_heads(self, *, at: float, by: Actor) -> int:
        """Seal the chains whose only problem is that an older version wrote them. Returns how many there were.

        Leave the decision to someone who can tell: a head whose seal was removed looks the same.
        """
        unsigned = [
            report.head
            for report in self.verify().chains
            if report.fault and report.fault.kind is Tampering.HEAD_UNSIGNED
        ]
        with self.database.write(maintenance=True) as work:
            locked = [work.audit.lock(head.chain) for head in unsigned]
            new = [replace(head, seal=self._seal(head)) for head in locked if not head.seal and head in unsigned]
            for head in new:
                work.audit.seal(head)
            if new:
                after: dict[str, Detail] = {"chains": len(new)}
                self.record(work, by.did("audit.heads_signed", "bridge", tenant_id=None, at=at, after=after))
        return len(new)

    def entries(self, slug: str | None = None, *, since: float | None = None) -> Iterator[ChainedEntry]:
        """Chain by chain, oldest first; with `since`, only what was written then or later. Raises NotFound."""
        for chain in self._chains(slug):
            yield from (link for link in self.of_chain(chain) if since is None or link.entry.at >= since)

    def of_chain(self, chain: Chain, wanted: AuditFilter = ANY) -> Iterator[ChainedEntry]:
        """Oldest first, page by page, in constant memory."""
        position = START
        while page := self._page(chain, wanted, after=position):
            position = page[-1].position
            yield from page

    def latest(
        self, chain: Chain, wanted: AuditFilter = ANY, *, before: int | None = None, most: int
    ) -> Sequence[ChainedEntry]:
        """Newest first, starting before a position."""
        with self.database.read() as work:
            return work.audit.latest(chain, wanted, before=before, most=most)

    def _verify(self, chain: Chain, missing: set[str]) -> ChainReport:
        """Removes the MACs that it meets from `missing`."""
        last, position = ChainHead(chain), START
        while True:
            # The head is read first: all entries up to it are stored by then, and one without a successor is the last.
            with self.database.read() as work:
                head = work.audit.head(chain)
                page = work.audit.page(chain, after=position, most=PAGE)
            for link in page:
                fault = self._fault(link, last)
                if fault is not None:
                    return ChainReport(last, fault)
                last, position = ChainHead(chain, seq=link.seq, mac=link.mac), link.position
                missing.discard(link.mac)
            if not page:
                return ChainReport(last, self._end(last, head))

    def _fault(self, link: ChainedEntry, last: ChainHead) -> Fault | None:
        seq = last.seq + 1
        if link.seq != seq:
            problem = f"found entry {link.seq} where {seq} belongs: entries were removed, added or moved"
            return Fault(seq, Tampering.OUT_OF_PLACE, problem)
        if seq == 1 and link.chain and link.entry.action != CREATED:
            return Fault(
                seq, Tampering.BEGINNING_GONE, "the chain does not start with its creation: earlier entries are gone"
            )
        if not link.mac:
            return Fault(seq, Tampering.BEFORE_THE_CHAIN, "the entry was written before entries were chained")
        if not self.sealer.signed(signed_text(link.entry, last), link.mac, purpose=SIGNED_FOR):
            problem = "the entry or its position was changed, or it is signed with a key that is not configured"
            return Fault(seq, Tampering.ALTERED, problem)
        return None

    def _end(self, last: ChainHead, head: ChainHead) -> Fault | None:
        if last != head:
            problem = (
                f"the chain ends with entry {last.seq}, but its head is {head.seq}: the end was cut off or changed"
            )
            return Fault(last.seq + 1, Tampering.CUT_OFF, problem)
        if last.seq == 0:
            gone = "there are no entries, not even the first one: they were removed"
            return Fault(1, Tampering.BEGINNING_GONE, gone) if last.chain else None
        with self.database.read() as work:
            if self._seal_is_good(work, head):
                return None
        return Fault(last.seq + 1, Tampering.HEAD_UNSIGNED, _UNSIGNED)

    def _seal(self, head: ChainHead) -> str:
        return f"{head.seq}:{self.sealer.sign(head_text(head), purpose=SEALED_FOR)}"

    def _seal_is_good(self, work: Work, head: ChainHead) -> bool:
        """Its entry still exists: as the last one, or followed by entries of an older version."""
        number, _, signature = head.seal.partition(":")
        if not number.isascii() or not number.isdecimal() or not 0 < int(number) <= head.seq:
            return False
        mac = head.mac if int(number) == head.seq else work.audit.mac(head.chain, int(number))
        return self.sealer.signed(
            head_text(ChainHead(head.chain, seq=int(number), mac=mac or "")), signature, purpose=SEALED_FOR
        )

    def _page(self, chain: Chain, wanted: AuditFilter, *, after: int) -> Sequence[ChainedEntry]:
        with self.database.read() as work:
            return work.audit.page(chain, wanted, after=after, most=PAGE)

    def _chains(self, slug: str | None) -> Sequence[Chain]:
        with self.database.read() as work:
            if slug is None:
                return work.audit.chains()
            tenant = work.tenants.by_slug(slug)
        if tenant is None:
            raise NotFound("tenant", slug)
        return [chain_of(tenant.id)]


def exported(link: ChainedEntry, slug: str | None) -> str:
    """One line of JSON (docs/reference.md, Commands); `slug` is the tenant's, None for the whole bridge."""
    return json.dumps({"tenant": slug, "seq": link.seq, "mac": link.mac} | asdict(link.entry), default=repr)
