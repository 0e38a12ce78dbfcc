"""Finding accounts among a tenant's many."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.accounts.account import AccountId
from app.domain.accounts.people import PeopleQuery, Place
from app.domain.tenants.tenant import TenantId


class People(Protocol):
    """Searches what `Accounts` stores."""

    def find(
        self, tenant_id: TenantId, query: PeopleQuery, *, most: int, after: Place | None = None
    ) -> Sequence[AccountId]:
        """At most `most`, in the order of the query, starting after `after`.

        Reads the tenant's own accounts at most, however many others there are. Nothing in a part is a pattern.
        """
