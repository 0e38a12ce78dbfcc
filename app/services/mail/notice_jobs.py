"""What the worker finds out by itself: held logins, providers that have begun to fail, what expires. No login waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nextafter

from app.domain.accounts.held import HeldLogin, HeldLoginId
from app.domain.connections.connection import Connection
from app.domain.connections.expiry import WARN_DAYS, expiries
from app.domain.mail.notice import NoticeKind
from app.domain.mail.notice_mails import NoticeMails, topic
from app.domain.reasons import remedy, summary
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status, TenantId
from app.domain.traces.trace import Trace
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.jobs import Job
from app.services.mail.notices import NoticeService

PROVIDER_FAILURES = (
    ReasonCode.PROVIDER_UNREACHABLE,
    ReasonCode.PROVIDER_TIMEOUT,
    ReasonCode.PROVIDER_TLS,
    ReasonCode.PROVIDER_ERROR,
    ReasonCode.DISCOVERY_INVALID,
    ReasonCode.ISSUER_MISMATCH,
    ReasonCode.KEYS_UNAVAILABLE,
    ReasonCode.ENDPOINT_MISSING,
    ReasonCode.CLIENT_REFUSED,
)
"""They stop everyone, not one person."""
LOOK_BACK_S = 900
"""Longer than the job's interval, so that a worker that was away for minutes misses nothing."""
HELD_BACK_S = 86_400
AGAIN_S = 6 * 3600
"""A provider that comes and goes is reported once in this time."""
AT_ONCE = 200
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class NoticeJobs:
    """Every job does no harm if it runs twice at once. None reads more than what happened lately, or expires soon."""

    database: Database
    notices: NoticeService
    mails: NoticeMails
    clock: Clock

    def jobs(self) -> tuple[Job, ...]:
        """For the worker, with their intervals."""
        return (
            Job("notices of held logins", every_s=30, run=self.held_logins),
            Job("notices of failing providers", every_s=60, run=self.failing_providers),
            Job("notices of expiry", every_s=3600, run=self.expiries),
        )

    def held_logins(self) -> int:
        """Returns how many mails it wrote, like the others."""
        with self.database.read() as work:
            waiting = work.held.waiting(after=(self.clock.now() - HELD_BACK_S, HeldLoginId("")), most=AT_ONCE)
        return sum(self._held(held) for held in waiting)

    def failing_providers(self) -> int:
        """The first failure after a success. Whoever never worked is being set up, and sees it on the page."""
        since = self.clock.now() - LOOK_BACK_S
        with self.database.read() as work:
            found = work.traces.failing(since=since, reasons=PROVIDER_FAILURES, most=AT_ONCE)
        return sum(self._failing(*one) for one in found)

    def expiries(self) -> int:
        """30, 14 and 3 days ahead, once each."""
        now = self.clock.now()
        with self.database.read() as work:
            found = work.connections.expiring(before=now + WARN_DAYS[0] * DAY_S)
        return sum(self._expires(connection) for connection in found)

    def _held(self, held: HeldLogin) -> int:
        with self.database.write() as work:
            tenant = work.tenants.get(held.tenant_id)
            if tenant is None:
                return 0
            return self.notices.send(work, tenant, self.mails.held(tenant, held_id=held.id, reference=held.reference))

    def _failing(self, tenant_id: TenantId, connection: str, first_at: float) -> int:
        with self.database.write() as work:
            tenant = work.tenants.get(tenant_id)
            known = work.connections.named(tenant_id, connection)
            good = work.traces.last_signed_in(tenant_id, connection=connection, method=Method.SSO, before=inf)
            bad = _first_failure(work, tenant_id, connection, since=max(first_at, good.at if good else inf))
            if tenant is None or known is None or known.status is not Status.ACTIVE or good is None or bad is None:
                return 0
            about = topic(NoticeKind.PROVIDER_FAILING, tenant, connection)
            if bad.reason is None or work.notices.told_since(about, since=self.clock.now() - AGAIN_S):
                return 0
            notice = self.mails.failing(
                tenant,
                connection,
                good=good.reference,
                good_at=good.at,
                reference=bad.reference,
                story=(summary(bad.reason, bad.details), remedy(bad.reason, bad.details)),
            )
            return self.notices.send(work, tenant, notice)

    def _expires(self, connection: Connection) -> int:
        sent = 0
        with self.database.write() as work:
            tenant = work.tenants.get(connection.tenant_id)
            for expiry in expiries(connection, now=self.clock.now()):
                if tenant is None or expiry.warning is None or expiry.replaced or expiry.days_left < 0:
                    continue
                notice = self.mails.expires(
                    tenant,
                    connection,
                    credential=expiry.credential.value,
                    at=expiry.at,
                    days=expiry.warning,
                )
                sent += self.notices.send(work, tenant, notice)
        return sent


def _first_failure(work: Work, tenant_id: TenantId, connection: str, *, since: float) -> Trace | None:
    """The first failure of this kind since then."""
    if since == inf:
        return None
    recent: Sequence[Trace] = work.traces.recent(tenant_id, most=AT_ONCE, refused_only=True)
    found = [
        trace
        for trace in recent
        if trace.connection == connection and trace.at >= nextafter(since, 0) and trace.reason in PROVIDER_FAILURES
    ]
    return found[-1] if found else None
