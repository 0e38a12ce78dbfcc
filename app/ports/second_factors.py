"""Storage for second factors."""

from collections.abc import Collection
from typing import Protocol

from app.domain.accounts.account import AccountId
from app.domain.passwords.second_factor import SecondFactor
from app.domain.tenants.tenant import TenantId


class SecondFactors(Protocol):
    """At most one per account."""

    def get(self, tenant_id: TenantId, account_id: AccountId) -> SecondFactor | None: ...
    def of_tenant(self, tenant_id: TenantId) -> Collection[AccountId]:
        """The accounts that have one."""

    def lock(self, tenant_id: TenantId, account_id: AccountId) -> SecondFactor | None:
        """Read it and lock it against other transactions until this one ends; call this first before using a code."""

    def add(self, factor: SecondFactor) -> bool:
        """False if the account has one already, which stays: a unique row decides every race."""

    def save(self, factor: SecondFactor) -> None:
        """Insert or update."""

    def remove(self, tenant_id: TenantId, account_id: AccountId) -> bool:
        """False if there was none."""
