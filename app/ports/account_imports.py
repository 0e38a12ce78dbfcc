"""Files of people that wait for their confirmation, or for the worker."""

from typing import Protocol

from app.domain.accounts.account import AccountId
from app.domain.accounts.account_import import AccountImport, ImportId, Totals
from app.domain.tenants.tenant import TenantId


class AccountImports(Protocol):
    """Uploads of all tenants."""

    def add(self, upload: AccountImport) -> None: ...
    def get(self, tenant_id: TenantId, import_id: ImportId) -> AccountImport | None: ...
    def unsettled(self, tenant_id: TenantId) -> int:
        """How many of a tenant's are neither done nor stopped."""

    def withdraw(self, tenant_id: TenantId, account_id: AccountId) -> int:
        """Delete what this account has uploaded and nobody has confirmed. Returns how many there were."""

    def confirm(self, tenant_id: TenantId, import_id: ImportId, *, by: str, account_id: AccountId) -> bool:
        """Hand it over to the worker; False unless it was only checked so far."""

    def claim(self, *, now: float, stale: float) -> AccountImport | None:
        """Take the oldest that waits, or that a worker took before `stale` and never finished."""

    def progress(self, claimed: AccountImport, prepared: int) -> bool:
        """How many rows are ready. False if another worker has taken it since."""

    def settle(self, claimed: AccountImport, totals: Totals, *, at: float) -> bool:
        """It is done, or stopped if rows are wrong; its content is dropped.

        False if another worker has taken it since.
        """

    def forget(self, *, before: float, most: int) -> int:
        """Delete at most so many of those that were uploaded before that time. Returns how many."""
