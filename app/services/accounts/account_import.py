"""Brings a CSV file of people into a tenant: a check that shows each row's fate, then all of it or nothing."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.accounts.account import AccountId
from app.domain.accounts.account_import import (
    UNSETTLED_MOST,
    AccountImport,
    ImportId,
    ImportState,
    RowFate,
    Totals,
)
from app.domain.accounts.people_file import Column, PeopleFile, read_people
from app.domain.audit.audit import Actor
from app.domain.errors import NotFound, Refused
from app.domain.tenants.tenant import STAFF, Tenant
from app.ports.repositories import Database, Work
from app.ports.sealing import Sealer
from app.ports.system import Clock, Randomness
from app.services.accounts.import_plan import counted, plan

KEPT_S = 7 * 86_400.0
_SEALED_FOR = "account import"


class TooManyImports(Refused):
    """So many files of the tenant wait that it cannot have another."""

    def __init__(self) -> None:
        super().__init__(str(UNSETTLED_MOST))


@dataclass(frozen=True, slots=True)
class ImportCheck:
    """`ignored` are the file's headings that mean nothing here. `fates` are in the order of the file."""

    upload: AccountImport
    ignored: Sequence[str] = ()
    fates: Sequence[RowFate] = ()

    @property
    def totals(self) -> Totals:
        return counted(self.fates)


@dataclass(frozen=True, slots=True)
class AccountImportService:
    """Of any tenant but the staff's own, whose accounts operators manage one by one."""

    database: Database
    sealer: Sealer
    clock: Clock
    randomness: Randomness

    def upload(self, tenant: Tenant, content: bytes, *, file_name: str, by: Actor, account: AccountId) -> ImportId:
        """Keep a readable file, to be checked and confirmed, in the place of what `account` has left unconfirmed.

        Raises PeopleFileInvalid, TooManyImports and NotFound.
        """
        if tenant.slug == STAFF:
            raise NotFound("page", tenant.slug)
        file = read_people(content, needs=Column.USERNAME)
        upload = AccountImport(
            id=ImportId(self.randomness.short_id()),
            tenant_id=tenant.id,
            file_name=file_name,
            uploaded_by=by.name,
            account_id=account,
            uploaded_at=self.clock.now(),
            content=self.sealer.seal(zlib.compress(content), purpose=_SEALED_FOR),
            rows=len(file.rows),
        )
        with self.database.write() as work:
            work.account_imports.withdraw(tenant.id, account)
            if work.account_imports.unsettled(tenant.id) >= UNSETTLED_MOST:
                raise TooManyImports
            work.account_imports.add(upload)
        return upload.id

    def check(self, tenant: Tenant, import_id: ImportId, *, account: AccountId) -> ImportCheck:
        """What the import would do now if `account` confirmed it; once someone did, only what came of it."""
        with self.database.read() as work:
            upload = _existing(work, tenant, import_id)
            if upload.content is None or upload.state is not ImportState.CHECKED:
                return ImportCheck(upload)
            file = self.file(upload)
            planned = plan(work, tenant, file, own={upload.account_id, account})
        return ImportCheck(upload, file.ignored, [one.fate for one in planned])

    def confirm(self, tenant: Tenant, import_id: ImportId, *, by: Actor, account: AccountId) -> None:
        """Hand it over to the worker, decided by `account`; a second time changes nothing."""
        with self.database.write() as work:
            _existing(work, tenant, import_id)
            work.account_imports.confirm(tenant.id, import_id, by=by.name, account_id=account)

    def forget_some(self, most: int) -> int:
        with self.database.write(maintenance=True) as work:
            return work.account_imports.forget(before=self.clock.now() - KEPT_S, most=most)

    def file(self, upload: AccountImport) -> PeopleFile:
        """What was uploaded."""
        opened = self.sealer.open(upload.content or "", purpose=_SEALED_FOR)
        return read_people(zlib.decompress(opened), needs=Column.USERNAME)


def _existing(work: Work, tenant: Tenant, import_id: ImportId) -> AccountImport:
    upload = work.account_imports.get(tenant.id, import_id)
    if upload is None:
        raise NotFound("import", import_id)
    return upload
