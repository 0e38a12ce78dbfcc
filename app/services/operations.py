"""What operations watch: mail and logouts that wait, late switches, failing providers, secrets that expire."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.connections.expiry import DAY_S
from app.domain.errors import StoreUnavailable
from app.ports.repositories import Database
from app.ports.system import Clock
from app.services.mail.notice_jobs import AT_ONCE, PROVIDER_FAILURES
from app.services.mail.outbox import OutboxService
from app.services.oauth2.app_logouts import AppLogoutService
from app.services.sso_only.switching import SwitchService

FAILING_S = 300
"""How far back a provider counts as failing."""
FRESH_S = 15
"""How long the numbers stand, however often they are asked for."""


@dataclass(slots=True)
class OperationsService:
    """A handful of numbers without a tenant or a person in them. Each is read by an index."""

    database: Database
    outbox: OutboxService
    switching: SwitchService
    app_logouts: AppLogoutService
    clock: Clock
    _numbers: Mapping[str, float] = field(default_factory=dict)
    _until: float = float("-inf")

    def numbers(self) -> Mapping[str, float]:
        """By name (web/site/metrics.py). Empty while the database is away; without a name whose number is not there."""
        if self.clock.monotonic() < self._until:
            return self._numbers
        try:
            self._numbers = self._read()
        except StoreUnavailable:
            return {}
        self._until = self.clock.monotonic() + FRESH_S
        return self._numbers

    def _read(self) -> Mapping[str, float]:
        now = self.clock.now()
        backlog, app_logouts = self.outbox.backlog(), self.app_logouts.backlog()
        with self.database.read() as work:
            failing = work.traces.failing(since=now - FAILING_S, reasons=PROVIDER_FAILURES, most=AT_ONCE)
            secret_at, certificate_at = work.connections.next_expiries()
        numbers = {
            "outbox_waiting": float(backlog.waiting),
            "outbox_given_up": float(backlog.given_up),
            "outbox_oldest_seconds": 0.0 if backlog.oldest_at is None else max(0.0, now - backlog.oldest_at),
            "app_logouts_waiting": float(app_logouts.waiting),
            "app_logouts_given_up": float(app_logouts.given_up),
            "switches_overdue": float(self.switching.overdue()),
            "providers_failing": float(len(failing)),
        }
        if secret_at is not None:
            numbers["client_secret_expires_days"] = (secret_at - now) / DAY_S
        if certificate_at is not None:
            numbers["certificate_expires_days"] = (certificate_at - now) / DAY_S
        return numbers
