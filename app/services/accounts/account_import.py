"""Brings a CSV file of people into a tenant: a check that shows each row's fate, then all of it or nothing."""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.accounts.account import TENANT_ROLES, Account, AccountId, Role, ascii_lower
from app.domain.accounts.account_draft import AccountDraft, DraftProblem
from app.domain.accounts.account_import import (
    AccountImport,
    Fate,
    ImportId,
    ImportState,
    RowFate,
    RowProblem,
    Totals,
)
from app.domain.accounts.people_file import Column, PeopleFile, Row, read_people
from app.domain.audit.audit import Actor
from app.domain.errors import Detail, NotFound
from app.domain.reasons.reason import N_
from app.domain.tenants.tenant import STAFF, Status, Tenant
from app.ports.repositories import Database, Work
from app.ports.sealing import Sealer
from app.ports.system import Clock, Randomness
from app.services.accounts.account_changes import AccountWriter, Change, Obstacle
from app.services.audit.audit import AuditService

KEPT_S = 7 * 86_400.0
STALE_S = 900.0
"""After so long, another worker takes over: the first one was stopped."""
IMPORTED = "account.imported"
IMPORTED_FROM = N_("imported from %(file)s")
"""The reason in the audit."""
_SEALED_FOR = "account import"
_STATUSES = {status.value: status for status in Status}
_ROLES = {"administrator": Role.TENANT_ADMIN, "admin": Role.TENANT_ADMIN} | {role.value: role for role in TENANT_ROLES}


@dataclass(frozen=True, slots=True)
class Planned:
    """A row with the account as it is, if there is one, and as it would be."""

    fate: RowFate
    draft: AccountDraft
    status: Status
    before: Account | None

    @property
    def is_admin(self) -> bool:
        """Afterwards."""
        return self.status is Status.ACTIVE and Role.TENANT_ADMIN in self.draft.roles

    def refused(self, problem: RowProblem) -> "Planned":
        return replace(self, fate=self.fate._replace(fate=Fate.ERROR, problems=[*self.fate.problems, problem]))


@dataclass(frozen=True, slots=True)
class ImportCheck:
    """`ignored` are the file's headings that mean nothing here. `fates` are in the order of the file."""

    upload: AccountImport
    ignored: Sequence[str] = ()
    fates: Sequence[RowFate] = ()

    @property
    def totals(self) -> Totals:
        return _totals(self.fates)


@dataclass(frozen=True, slots=True)
class AccountImportService:
    """Of any tenant but the staff's own, whose accounts operators manage one by one."""

    database: Database
    writer: AccountWriter
    audit: AuditService
    sealer: Sealer
    clock: Clock
    randomness: Randomness

    def upload(self, tenant: Tenant, content: bytes, *, file_name: str, by: Actor, account: AccountId) -> ImportId:
        """Keep a readable file, to be checked and confirmed. Raises PeopleFileInvalid and NotFound."""
        if tenant.slug == STAFF:
            raise NotFound("page", tenant.slug)
        read_people(content, needs=Column.USERNAME)
        upload = AccountImport(
            id=ImportId(self.randomness.short_id()),
            tenant_id=tenant.id,
            file_name=file_name,
            uploaded_by=by.name,
            account_id=account,
            uploaded_at=self.clock.now(),
            content=self.sealer.seal(zlib.compress(content), purpose=_SEALED_FOR),
        )
        with self.database.write() as work:
            work.account_imports.add(upload)
        return upload.id

    def check(self, tenant: Tenant, import_id: ImportId) -> ImportCheck:
        """What the import would do now; for one that was carried out or stopped, only what came of it."""
        with self.database.read() as work:
            upload = _existing(work, tenant, import_id)
            if upload.content is None or upload.state is not ImportState.CHECKED:
                return ImportCheck(upload)
            file = self._file(upload)
            planned = _plan(work, tenant, file, account=upload.account_id)
        return ImportCheck(upload, file.ignored, [one.fate for one in planned])

    def confirm(self, tenant: Tenant, import_id: ImportId) -> None:
        """Hand it over to the worker; a second time changes nothing."""
        with self.database.write() as work:
            _existing(work, tenant, import_id)
            work.account_imports.confirm(tenant.id, import_id)

    def carry_out_waiting(self) -> int:
        """By the worker: what was confirmed, one by one. Returns how many."""
        done = 0
        while (claimed := self._claim()) is not None:
            self._carry_out(claimed)
            done += 1
        return done

    def forget_old(self) -> int:
        with self.database.write() as work:
            return work.account_imports.forget(before=self.clock.now() - KEPT_S)

    def _claim(self) -> AccountImport | None:
        now = self.clock.now()
        with self.database.write() as work:
            return work.account_imports.claim(now=now, stale=now - STALE_S)

    def _carry_out(self, claimed: AccountImport) -> None:
        """One transaction: all rows, or none where any is wrong by now."""
        by = Actor(claimed.uploaded_by, "", IMPORTED_FROM % {"file": claimed.file_name})
        with self.database.write(maintenance=True) as work:
            tenant = work.tenants.lock(claimed.tenant_id)
            if tenant is None:
                raise NotFound("tenant", claimed.tenant_id)
            planned = _plan(work, tenant, self._file(claimed), account=claimed.account_id)
            totals = _totals([one.fate for one in planned])
            if not _still_may(work, tenant, claimed.account_id):
                totals = Totals(wrong=len(planned))
            if not totals.wrong:
                self._store(work, tenant, planned, by=by)
                self._record(work, tenant, claimed, totals, by=by)
            if not work.account_imports.settle(claimed, totals, at=self.clock.now()):
                raise NotFound("import", claimed.id)  # taken over by another worker, which has done it

    def _store(self, work: Work, tenant: Tenant, planned: Sequence[Planned], *, by: Actor) -> None:
        new = [one for one in planned if one.fate.fate is Fate.CREATE]
        changed = [(one, one.before) for one in planned if one.fate.fate is Fate.CHANGE and one.before is not None]
        created = self.writer.create(work, tenant, [one.draft for one in new], by=by)
        after = self.writer.change(work, tenant, [Change(before, one.draft) for one, before in changed], by=by)
        accounts = [*created, *after]
        for one, account in zip([*new, *(one for one, _ in changed)], accounts, strict=True):
            self.writer.switch(work, tenant, account, one.status, by=by)

    def _record(self, work: Work, tenant: Tenant, claimed: AccountImport, totals: Totals, *, by: Actor) -> None:
        shown: dict[str, Detail] = {
            "file": claimed.file_name,
            "created": totals.created,
            "changed": totals.changed,
        }
        entry = by.did(IMPORTED, tenant.slug, tenant_id=tenant.id, at=self.clock.now(), after=shown)
        self.audit.record(work, entry)

    def _file(self, upload: AccountImport) -> PeopleFile:
        opened = self.sealer.open(upload.content or "", purpose=_SEALED_FOR)
        return read_people(zlib.decompress(opened), needs=Column.USERNAME)


def _still_may(work: Work, tenant: Tenant, uploader: AccountId) -> bool:
    """Whoever was disabled or lost the role while the file waited brings nobody in any more."""
    account, needed = work.accounts.get(tenant.id, uploader), Role.TENANT_ADMIN
    staff = work.tenants.by_slug(STAFF) if account is None else None
    if staff is not None:
        account, needed = work.accounts.get(staff.id, uploader), Role.OPERATOR
    return account is not None and account.status is Status.ACTIVE and needed in account.roles


def _existing(work: Work, tenant: Tenant, import_id: ImportId) -> AccountImport:
    upload = work.account_imports.get(tenant.id, import_id)
    if upload is None:
        raise NotFound("import", import_id)
    return upload


def _plan(work: Work, tenant: Tenant, file: PeopleFile, *, account: AccountId) -> list[Planned]:
    """Each row beside the account of its username; `account` uploaded the file."""
    found = work.accounts.by_usernames(tenant.id, [row.cells[Column.USERNAME] for row in file.rows])
    seen: set[str] = set()
    planned = []
    for row in file.rows:
        key = ascii_lower(row.cells[Column.USERNAME])
        planned.append(_planned(row, found.get(key), repeated=key in seen, own=account))
        seen.add(key)
    return _with_an_admin_left(work, tenant, planned)


def _with_an_admin_left(work: Work, tenant: Tenant, planned: list[Planned]) -> list[Planned]:
    """If the file takes away the last active administrator, the rows that do so are wrong."""
    after = {one.before.id: one for one in planned if one.before is not None}
    admins = {admin.id for admin in work.readiness.admins(tenant.id, Role.TENANT_ADMIN)}
    if not admins or not admins <= after.keys() or any(one.is_admin for one in planned):
        return planned
    problem = RowProblem(Column.ROLES, Obstacle.LAST_ADMIN)
    return [one.refused(problem) if one.before is not None and one.before.id in admins else one for one in planned]


def _planned(row: Row, before: Account | None, *, repeated: bool, own: AccountId) -> Planned:
    draft, problems = _drafted(row, before)
    status = _status(row, before, problems)
    if repeated:
        problems.append(RowProblem(Column.USERNAME, DraftProblem.REPEATED))
    if before is not None and before.id == own:
        problems += _against_oneself(before, draft, status)
    changed = list(_differences(draft, status, before))
    if problems:
        fate = Fate.ERROR
    elif before is None:
        fate = Fate.CREATE
    else:
        fate = Fate.CHANGE if changed else Fate.SKIP
    shown = RowFate(row.line, row.cells[Column.USERNAME], fate, changed if before else (), problems)
    return Planned(shown, draft, status, before)


def _drafted(row: Row, before: Account | None) -> tuple[AccountDraft, list[RowProblem]]:
    """A column that the file does not have stays as it is; an empty cell empties the field."""
    cells, problems = row.cells, list[RowProblem]()
    draft = AccountDraft(cells[Column.USERNAME]) if before is None else AccountDraft.of(before)
    roles = draft.roles
    if cells.get(Column.ROLES):
        words = ascii_lower(cells[Column.ROLES]).replace(",", " ").replace(";", " ").split()
        if unknown := [word for word in words if word not in _ROLES]:
            problems.append(RowProblem(Column.ROLES, DraftProblem.ROLE_NOT_ALLOWED))
        known = dict.fromkeys(_ROLES[word] for word in words if word not in unknown)
        roles = tuple(role for role in TENANT_ROLES if role in known) or draft.roles
    draft = AccountDraft(
        draft.username,
        cells.get(Column.NAME, draft.name),
        cells.get(Column.EMAIL, draft.email) or None,
        roles,
        cells.get(Column.EXTERNAL_ID, draft.external_id) or None,
    )
    problems += [RowProblem(one.field, one.problem) for one in draft.problems(TENANT_ROLES)]
    return draft, problems


def _status(row: Row, before: Account | None, problems: list[RowProblem]) -> Status:
    text = ascii_lower(row.cells.get(Column.STATUS, ""))
    if text and text not in _STATUSES:
        problems.append(RowProblem(Column.STATUS, DraftProblem.NOT_A_STATUS))
    return _STATUSES.get(text, before.status if before else Status.ACTIVE)


def _against_oneself(before: Account, draft: AccountDraft, status: Status) -> Iterator[RowProblem]:
    """Whoever uploads a file stays an administrator, so that the tenant keeps one."""
    if Role.TENANT_ADMIN in before.roles and Role.TENANT_ADMIN not in draft.roles:
        yield RowProblem(Column.ROLES, Obstacle.OWN_ROLE)
    if status is not Status.ACTIVE:
        yield RowProblem(Column.STATUS, Obstacle.OWN_ACCOUNT)


def _differences(draft: AccountDraft, status: Status, before: Account | None) -> Iterator[str]:
    if before is None:
        return
    present = AccountDraft.of(before)
    for column in (Column.EMAIL, Column.NAME, Column.ROLES, Column.EXTERNAL_ID):
        if getattr(draft, column) != getattr(present, column):
            yield column
    if status is not before.status:
        yield Column.STATUS


def _totals(fates: Sequence[RowFate]) -> Totals:
    counted = Counter(fate.fate for fate in fates)
    return Totals(counted[Fate.CREATE], counted[Fate.CHANGE], counted[Fate.SKIP], counted[Fate.ERROR])
