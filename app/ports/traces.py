"""Storage for traces."""

from collections.abc import Collection, Sequence
from typing import Protocol

from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import TenantId
from app.domain.traces.trace import Trace


class Traces(Protocol):
    """The outcomes of login attempts."""

    def add(self, trace: Trace) -> None:
        """A second trace with the same reference replaces the first, unless the first was a success."""

    def get(self, reference: str) -> Trace | None: ...
    def recent(
        self, tenant_id: TenantId, *, most: int, refused_only: bool = False, before: float | None = None
    ) -> Sequence[Trace]:
        """At most `most`, newest first, that ended before `before`; optionally only the unsuccessful ones."""

    def failing(
        self, *, since: float, reasons: Collection[ReasonCode], most: int
    ) -> Sequence[tuple[TenantId, str, float]]:
        """Tenant, connection and time of the first SSO attempt since then that ended for one of these reasons."""

    def last_signed_in(
        self, tenant_id: TenantId, *, connection: str | None, method: Method, before: float
    ) -> Trace | None:
        """The newest success by this method before that time; with `connection` None, through any connection."""

    def trim(self, *, before: float, uncorrelated_most: int, most: int) -> int:
        """Delete traces older than `before`, and uncorrelated ones beyond the newest `uncorrelated_most`.

        At most `most` of each kind. Returns how many it deleted: fewer than `most` when nothing is left.
        """
