"""Storage for what people have allowed apps."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.accounts.account import AccountId
from app.domain.oauth2.client import ClientId
from app.domain.oauth2.consent import Consent
from app.domain.tenants.tenant import TenantId


class Consents(Protocol):
    """At most one per account and client."""

    def get(self, tenant_id: TenantId, account_id: AccountId, client_id: ClientId) -> Consent | None: ...
    def of_account(self, tenant_id: TenantId, account_id: AccountId) -> Sequence[Consent]:
        """The latest first."""

    def save(self, consent: Consent) -> None:
        """Insert or replace."""

    def withdraw(self, tenant_id: TenantId, account_id: AccountId, client_id: ClientId) -> bool:
        """False if there was none."""
