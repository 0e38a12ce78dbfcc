"""The worker's part of an import: rows are prepared while others write, and all stored in one short transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account, AccountId, Role
from app.domain.accounts.account_import import AccountImport, Fate, Totals
from app.domain.accounts.people_file import PeopleFile
from app.domain.audit.audit import Actor, AuditEntry
from app.domain.errors import Detail, NotFound
from app.domain.reasons.reason import N_
from app.domain.tenants.tenant import STAFF, Status, Tenant
from app.ports.repositories import AccountRows, Database, Work
from app.ports.system import Clock
from app.services.accounts.account_changes import AccountWriter, Change
from app.services.accounts.account_import import AccountImportService
from app.services.accounts.import_plan import Planned, counted, plan
from app.services.audit.audit import AuditService, SignedEntries

STALE_S = 900.0
"""After so long, another worker takes over: the first one was stopped."""
IMPORTED = "account.imported"
IMPORTED_FROM = N_("imported from %(file)s")
"""The reason in the audit."""
TOLD_EVERY = 1000
"""Rows between two reports of progress."""
TRIES = 3
"""How often rows are prepared again because the tenant was changed meanwhile, before everyone else has to wait."""

Tell = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be stored, and the signed entries that record it."""

    totals: Totals
    accounts: AccountRows | None = None
    switched: Sequence[tuple[Account, Status]] = ()
    entries: SignedEntries | None = None


@dataclass(frozen=True, slots=True)
class ImportRun:
    """What was prepared is stored only if the tenant's audit chain still ends where it did before anything was read.

    Every change of an account has an entry there: so no account has changed either, and the entries follow the last.
    """

    database: Database
    imports: AccountImportService
    writer: AccountWriter
    audit: AuditService
    clock: Clock

    def carry_out_waiting(self) -> int:
        """What was confirmed, one by one. Returns how many."""
        done = 0
        while (claimed := self._claim()) is not None:
            self._carry_out(claimed)
            done += 1
        return done

    def _claim(self) -> AccountImport | None:
        now = self.clock.now()
        with self.database.write() as work:
            return work.account_imports.claim(now=now, stale=now - STALE_S)

    def _carry_out(self, claimed: AccountImport) -> None:
        """All rows, or none where any is wrong by now."""
        file = self.imports.file(claimed)
        for _ in range(TRIES):
            with self.database.read() as work:
                prepared = self._prepared(work, claimed, file, tell=lambda rows: self._tell(claimed, rows))
            with self.database.write(maintenance=True) as work:
                if self._stored(work, claimed, prepared):
                    return
        with self.database.write(maintenance=True) as work:
            work.tenants.lock(claimed.tenant_id)
            self._stored(work, claimed, self._prepared(work, claimed, file, tell=lambda _: None))

    def _tell(self, claimed: AccountImport, rows: int) -> None:
        with self.database.write() as work:
            if not work.account_imports.progress(claimed, rows):
                raise NotFound("import", claimed.id)  # taken over by another worker

    def _prepared(self, work: Work, claimed: AccountImport, file: PeopleFile, *, tell: Tell) -> Prepared:
        tenant = work.tenants.get(claimed.tenant_id)
        if tenant is None:
            raise NotFound("tenant", claimed.tenant_id)
        head = self.audit.head(work, tenant.id)  # first: nothing that is read afterwards is older
        planned = plan(work, tenant, file, own=_deciders(claimed))
        totals = counted(one.fate for one in planned)
        if totals.wrong:
            return Prepared(totals)
        accounts, switched, entries = list[Account](), list[tuple[Account, Status]](), list[AuditEntry]()
        for account, status, entry in self._written(tenant, planned, by=_by(claimed), tell=tell):
            if entry is not None:
                accounts.append(account)
                entries.append(entry)
            if account.status is not status:
                switched.append((account, status))
        return Prepared(totals, work.accounts.rows(accounts), switched, self.audit.signed(work, head, entries))

    def _written(
        self, tenant: Tenant, planned: Sequence[Planned], *, by: Actor, tell: Tell
    ) -> Iterator[tuple[Account, Status, AuditEntry | None]]:
        """Each account as it will be, but for its status, which is switched afterwards; and what is to be recorded."""
        for row, one in enumerate(planned):
            if row % TOLD_EVERY == 0:
                tell(row)
            if one.fate.fate is Fate.CREATE:
                account, entry = self.writer.made(tenant, one.draft, by=by)
                yield account, one.status, entry
            elif one.before is not None:
                account, changed = self.writer.changed(tenant, Change(one.before, one.draft), by=by)
                yield account, one.status, changed
        tell(len(planned))

    def _stored(self, work: Work, claimed: AccountImport, prepared: Prepared) -> bool:
        """False, and nothing is, if the tenant was changed since it was prepared."""
        tenant = work.tenants.lock(claimed.tenant_id)
        if tenant is None:
            raise NotFound("tenant", claimed.tenant_id)
        totals, by = prepared.totals, _by(claimed)
        if not all(_still_may(work, tenant, account) for account in _deciders(claimed)):
            totals = Totals(wrong=claimed.rows or 1)
        if prepared.accounts is not None and prepared.entries is not None and not totals.wrong:
            if not self.audit.append(work, prepared.entries):
                return False
            work.accounts.save_rows(prepared.accounts)
            for account, status in prepared.switched:
                self.writer.switch(work, tenant, account, status, by=by)
            self._record(work, tenant, claimed, totals, by=by)
        if not work.account_imports.settle(claimed, totals, at=self.clock.now()):
            raise NotFound("import", claimed.id)  # taken over by another worker, which has done it
        return True

    def _record(self, work: Work, tenant: Tenant, claimed: AccountImport, totals: Totals, *, by: Actor) -> None:
        shown: dict[str, Detail] = {
            "file": claimed.file_name,
            "uploaded_by": claimed.uploaded_by,
            "created": totals.created,
            "changed": totals.changed,
        }
        entry = by.did(IMPORTED, tenant.slug, tenant_id=tenant.id, at=self.clock.now(), after=shown)
        self.audit.record(work, entry)


def _by(claimed: AccountImport) -> Actor:
    """Whoever confirmed it has decided; an import from before that was kept was its uploader's."""
    return Actor(claimed.confirmed_by or claimed.uploaded_by, "", IMPORTED_FROM % {"file": claimed.file_name})


def _deciders(claimed: AccountImport) -> set[AccountId]:
    return {claimed.account_id, claimed.confirmed_account_id or claimed.account_id}


def _still_may(work: Work, tenant: Tenant, decider: AccountId) -> bool:
    """Whoever was disabled or lost the role while the file waited brings nobody in any more."""
    account, needed = work.accounts.get(tenant.id, decider), Role.TENANT_ADMIN
    staff = work.tenants.by_slug(STAFF) if account is None else None
    if staff is not None:
        account, needed = work.accounts.get(staff.id, decider), Role.OPERATOR
    return account is not None and account.status is Status.ACTIVE and needed in account.roles
