"""A tenant's logins as its activity pages need them. What they cost does not depend on the number of tenants."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from app.domain.tenants.tenant import TenantId
from app.domain.traces.activity import LoginCount, LoginFilter, ProviderRecord
from app.domain.traces.trace import Trace


class LoginActivity(Protocol):
    """Leaves out requests that belong to no login attempt of ours: anybody can cause those."""

    def page(
        self, tenant_id: TenantId, wanted: LoginFilter, *, most: int, before: tuple[float, str] | None = None
    ) -> Sequence[Trace]:
        """At most `most`, newest first, starting after the time and reference in `before`."""

    def provider_records(self, tenants: Collection[TenantId]) -> Mapping[TenantId, Sequence[ProviderRecord]]:
        """One for each active connection, by name, in one query."""

    def unsuccessful(self, tenants: Collection[TenantId], *, since: float, most: int) -> Mapping[TenantId, int]:
        """How many logins have not succeeded since then, counted up to `most`, in one query."""

    def counted_until(self) -> int | None:
        """Up to where `count` has counted; where it will begin, if it never has; None if there is nothing to count."""

    def count(self, *, until: int, quarters: int) -> bool:
        """Count at most so many quarters of an hour more, up to `until`. Returns whether any are left.

        Workers that do it at once wait for each other, and nothing is counted twice.
        """

    def counts(self, tenant_id: TenantId | None, *, since: int, until: int) -> Sequence[LoginCount]:
        """What `count` has counted; with None, of all tenants together."""

    def not_yet_counted(self, tenant_id: TenantId | None, *, begins_at: int) -> Sequence[LoginCount]:
        """The same for one quarter, counted now."""

    def forget_counts(self, *, before: int, most: int) -> int:
        """Delete at most so many of the older ones. Returns how many."""
