"""What the page of a test shows beside its result: which rules took what, who was meant, what came the last time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.accounts.account import Account, ascii_lower
from app.domain.accounts.email_address import parse_email
from app.domain.connections.at_provider import at_provider
from app.domain.connections.connection import Connection, MatchBy
from app.domain.errors import NotFound
from app.domain.login.claim_verdicts import Judged, judged, match_text
from app.domain.login.received_claims import ReceivedClaims
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.traces.trace import Trace
from app.ports.repositories import Database
from app.services.accounts.matching import accounts_with
from app.services.login.check_results import CheckResult
from app.services.traces.references import LookedUp, ReferenceService
from app.services.traces.traces import DRAFT

FOUND_MOST = 20
_ABOUT_ACCOUNTS = (ReasonCode.ACCOUNT_DISABLED, ReasonCode.HELD_NEW_SUBJECT, ReasonCode.HELD_EMAIL_MOVED)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`known` is what its reference leads to. The rest is empty where that is gone, or the test did not get so far."""

    known: LookedUp
    received: ReceivedClaims
    rules: tuple[Judged, ...] = ()
    at_provider: str | None = None
    """What to change at the provider, to be translated."""
    with_value: Sequence[Account] = ()
    """For a test that stopped at its accounts: those that have the value."""


@dataclass(frozen=True, slots=True)
class CheckDiagnosis:
    """Read-only, and read when the page is shown: nobody who signs in waits for it."""

    database: Database
    references: ReferenceService

    def of(self, result: CheckResult) -> Diagnosis:
        """For whoever may see everything about the tenant of this test."""
        known, received = self._known(result), result.check.received
        connection = self._as_tested(known)
        if known.tenant is None or connection is None:
            return Diagnosis(known, received)
        code, claim = known.trace.reason, str(known.trace.details.get("claim") or "")
        return Diagnosis(
            replace(known, connection=connection),
            received,
            rules=judged(connection.provider, received, email_domains=known.tenant.email_domains),
            at_provider=at_provider(connection.provider, code, claim=claim) if code else None,
            with_value=self._with_value(connection, received) if code in _ABOUT_ACCOUNTS else (),
        )

    def _known(self, result: CheckResult) -> LookedUp:
        try:
            return self.references.look_up(result.check.reference)
        except NotFound:
            code = result.stopped.code if result.stopped else None
            trace = Trace(result.check.reference, result.ended_at, None, None, None, method=Method.SSO, reason=code)
            return LookedUp(trace)

    def _as_tested(self, known: LookedUp) -> Connection | None:
        """With the settings of its draft, where the test was the draft's."""
        connection = known.connection
        if connection is None or not known.trace.details.get(DRAFT):
            return connection
        with self.database.read() as work:
            draft = work.connection_drafts.get(connection.tenant_id, connection.id)
        return draft.connection if draft else connection

    def _with_value(self, connection: Connection, received: ReceivedClaims) -> Sequence[Account]:
        text = match_text(connection.provider, received)
        value = _normalised(connection.provider.match_by, text) if text else None
        if value is None:
            return ()
        with self.database.read() as work:
            return accounts_with(work, connection, value)[:FOUND_MOST]


def _normalised(match_by: MatchBy, text: str) -> str | None:
    """As domain/accounts/matching compares it."""
    if match_by is MatchBy.EMAIL:
        try:
            return parse_email(text).key
        except ValueError:
            return None
    return ascii_lower(text) if match_by is MatchBy.USERNAME else text
