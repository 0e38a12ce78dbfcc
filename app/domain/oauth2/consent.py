"""What a person has allowed an app that is not the vendor's own."""

from collections.abc import Collection
from dataclasses import dataclass

from app.domain.accounts.account import AccountId
from app.domain.oauth2.client import ClientId
from app.domain.tenants.tenant import TenantId


@dataclass(frozen=True, slots=True)
class Consent:
    """One per account and client."""

    tenant_id: TenantId
    account_id: AccountId
    client_id: ClientId
    scopes: tuple[str, ...]
    given_at: float

    def covers(self, scopes: Collection[str]) -> bool:
        return set(scopes) <= set(self.scopes)
