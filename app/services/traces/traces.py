"""Traces: every login attempt explains itself under its reference (docs/reference.md, Traces)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from app.domain.accounts.account import AccountId
from app.domain.accounts.held import HeldLogin, LoginHeld
from app.domain.connections.connection import Connection, Sealed
from app.domain.errors import Detail, NotFound, SsoError, StoreUnavailable
from app.domain.login.login_attempt import Purpose
from app.domain.login.received_claims import ReceivedClaims
from app.domain.reasons import Outcome, reason, remedy, summary
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant
from app.domain.text import Text, joined
from app.domain.traces.trace import CHANNEL, LoginStopped, NobodyFound, Step, Trace
from app.ports.repositories import Database
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock, Randomness

_DONE = {
    Purpose.LOGIN: Text("Signed in"),
    Purpose.TEST: Text("The connection test passed; no session was opened"),
    Purpose.PROVE: Text("The sign-in at the provider leads to the account that checked it; no session was opened"),
    Purpose.REAUTH: Text("The person confirmed who they are at the provider; their session continues"),
}

UNCORRELATED_MOST = 1000
"""How many traces are kept of requests that belong to no login attempt of ours."""
UNCORRELATED_PER_MINUTE = 60
TRIMMED_AT_ONCE = 100
"""How many more one refusal removes: each adds one."""
RATE_LIMITED_PER_MINUTE = 300
"""How many traces a flood of requests can make one worker keep, per tenant and reason."""
DAY_S = 86_400
SOUGHT = "sought"
DRAFT = "draft"
"""The trace detail of a test whose settings were those of a draft."""


@dataclass(slots=True)
class TraceLog:
    """Collects the steps of one attempt. A StepLog for the provider client; `finished` makes the trace of it."""

    clock: Clock
    reference: str
    method: Method
    tenant: Tenant | None = None
    connection: Connection | None = None
    correlated: bool = True
    rate_limited: bool = False
    """Anyone can cause it at no cost, so only a limited number is kept."""
    facts: dict[str, Detail] = field(default_factory=dict)
    """Details that are recorded however the attempt ends: names of claims, the number of candidates."""
    return_to: str | None = None
    purpose: Purpose = Purpose.LOGIN
    sought: Sealed | None = None
    account_id: AccountId | None = None
    claims: ReceivedClaims | None = None
    """What a test has received so far, with values: handed to the tester, and no part of the trace."""
    _hide: tuple[str, ...] = ()
    _done: list[Step] = field(default_factory=list)
    _step: str = "request"
    _note: str = ""
    _at: float = 0.0
    _since: float = 0.0

    def __post_init__(self) -> None:
        self._at, self._since = self.clock.now(), self.clock.monotonic()

    def begin(self, step: str) -> None:
        self._close(ok=True)
        self._step, self._note = step, ""

    def note(self, text: str) -> None:
        self._note = text

    def received(self, claims: ReceivedClaims) -> None:
        self.claims = claims

    @property
    def steps(self) -> tuple[Step, ...]:
        """The completed steps."""
        return tuple(self._done)

    def belongs_to(self, reference: str, *, hide: Sequence[str] = ()) -> None:
        """The request turns out to belong to an attempt of ours, whose secrets the provider's words may repeat."""
        self.reference, self.correlated, self._hide = reference, True, tuple(secret for secret in hide if secret)

    def resume(self, reference: str, steps: Sequence[Step], *, connection: Connection | None = None) -> None:
        """Continue where an earlier request of the same attempt stopped."""
        self.belongs_to(reference)
        self.connection = connection
        self._done[:0] = steps

    def finished(self, code: ReasonCode | None = None, details: Mapping[str, Detail] | None = None) -> Trace:
        """The trace; with a reason, the present step is the failed one."""
        self._close(ok=code is None)
        if self.purpose is not Purpose.LOGIN:
            self.facts["purpose"] = self.purpose.value
        if self.connection is not None and self.connection.is_draft:
            self.facts[DRAFT] = True
        return Trace(
            reference=self.reference,
            at=self._done[-1].at,
            tenant_id=self.tenant.id if self.tenant else None,
            tenant=self.tenant.slug if self.tenant else None,
            connection=self.connection.name if self.connection else None,
            method=self.method,
            reason=code,
            details={name: self._without_secrets(value) for name, value in {**self.facts, **(details or {})}.items()},
            steps=tuple(self._done),
            correlated=self.correlated,
            sought=self.sought,
            account_id=self.account_id,
        )

    def _without_secrets(self, value: Detail) -> Detail:
        if isinstance(value, list):
            return [self._readable(text) for text in value]
        return self._readable(value) if isinstance(value, str) else value

    def _readable(self, text: str) -> str:
        for secret in self._hide:
            text = text.replace(secret, "…")
        return text

    def _close(self, *, ok: bool) -> None:
        now, ticks = self.clock.now(), self.clock.monotonic()
        took_ms = round((ticks - self._since) * 1000)
        self._done.append(Step(step=self._step, at=self._at, took_ms=took_ms, ok=ok, note=self._note))
        self._at, self._since = now, ticks


@dataclass(slots=True)
class TraceService:
    """Keeps traces and explains them."""

    database: Database
    clock: Clock
    randomness: Randomness
    sealer: Sealer
    _minute_ends: float = 0.0
    _this_minute: dict[tuple[str | None, ReasonCode], int] = field(default_factory=dict)

    @contextmanager
    def attempt(
        self,
        method: Method,
        tenant: Tenant | None = None,
        connection: Connection | None = None,
        *,
        purpose: Purpose = Purpose.LOGIN,
        correlated: bool = True,
        rate_limited: bool = False,
    ) -> Iterator[TraceLog]:
        """An attempt that begins now, under a reference of its own, and ends as `ending` says."""
        log = TraceLog(self.clock, self.randomness.reference(), method, tenant, connection, correlated, rate_limited)
        log.purpose = purpose
        with self.ending(log):
            yield log

    @contextmanager
    def ending(self, log: TraceLog) -> Iterator[None]:
        """Within this block an SsoError, and any bug of ours, ends the attempt: recorded, raised as LoginStopped."""
        try:
            yield
        except SsoError as error:
            held = error.held if isinstance(error, LoginHeld) else None
            if error.account_id is not None:
                log.account_id = AccountId(error.account_id)
            if isinstance(error, NobodyFound):
                log.sought = Sealed(self.sealer.seal(error.value.encode(), purpose=SOUGHT))
            raise self.stopped(log, error.code, error.details, held=held) from error
        except Exception as error:
            raise self.stopped(log, ReasonCode.INTERNAL, {"error": type(error).__name__}) from error

    def refused(self, error: SsoError, *, method: Method, reference: str) -> None:
        """Record why a request was refused that belongs to no attempt."""
        with suppress(LoginStopped), self.ending(TraceLog(self.clock, reference, method, correlated=False)):
            raise error

    def stopped(
        self, log: TraceLog, code: ReasonCode, details: Mapping[str, Detail], *, held: HeldLogin | None = None
    ) -> LoginStopped:
        """The end of an attempt, recorded, to be raised."""
        trace = log.finished(code, details)
        rate_limited = log.rate_limited or not trace.correlated
        most = RATE_LIMITED_PER_MINUTE if trace.correlated else UNCORRELATED_PER_MINUTE
        if not rate_limited or self._allowed(trace.tenant, code, most=most):
            self._record(trace, held)
        return LoginStopped(trace, code, log.tenant, return_to=log.return_to, purpose=log.purpose, claims=log.claims)

    def _record(self, trace: Trace, held: HeldLogin | None) -> None:
        try:
            with self.database.write() as work:
                work.traces.add(trace)
                if held is not None:
                    work.held.add(held)
                if not trace.correlated:
                    work.traces.trim(before=0.0, uncorrelated_most=UNCORRELATED_MOST, most=TRIMMED_AT_ONCE)
        except StoreUnavailable:
            return  # the person sees the refusal all the same

    def forget_some(self, most: int, *, days: int) -> int:
        """Delete at most so many older traces of each kind. Returns how many there were."""
        before = self.clock.now() - days * DAY_S
        with self.database.write(maintenance=True) as work:
            return work.traces.trim(before=before, uncorrelated_most=UNCORRELATED_MOST, most=most)

    def get(self, reference: str) -> Trace:
        """Find by the reference as typed. Raises NotFound."""
        wanted = as_written(reference)
        with self.database.read() as work:
            trace = work.traces.get(wanted)
        if trace is None:
            raise NotFound("trace", reference.strip().upper())
        return trace

    def sought(self, trace: Trace) -> str | None:
        """The whole value that no account has; None if there is none, or its key no longer exists."""
        try:
            return self.sealer.open(trace.sought, purpose=SOUGHT).decode() if trace.sought else None
        except SealBroken:
            return None

    def _allowed(self, tenant: str | None, code: ReasonCode, *, most: int) -> bool:
        """Counted by tenant and reason, so that a flood of one kind does not hide others."""
        now = self.clock.monotonic()
        if now >= self._minute_ends:
            self._minute_ends, self._this_minute = now + 60, {}
        count = self._this_minute.get((tenant, code), 0) + 1
        self._this_minute[tenant, code] = count
        return count <= most


def as_written(reference: str) -> str:
    """Accepts a reference as typed or read out over a telephone: no hyphens, lower case, O for 0, I or L for 1."""
    plain = "".join(character for character in reference.upper() if character.isalnum())
    plain = plain.translate(str.maketrans("OIL", "011"))
    return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"


def explain(trace: Trace) -> dict[str, object]:
    """The object described in docs/reference.md, Traces."""
    return {
        "reference": trace.reference,
        "tenant": trace.tenant,
        "connection": trace.connection,
        "method": trace.method.value,
        "outcome": (reason(trace.reason).outcome if trace.reason else Outcome.SIGNED_IN).value,
        "reason": trace.reason.value if trace.reason else None,
        "summary": _refused(trace, trace.reason) if trace.reason else _done(trace),
        "remedy": remedy(trace.reason, trace.details) if trace.reason else "",
        "details": dict(trace.details),
        "steps": [
            {"step": step.step, "at": step.at, "took_ms": step.took_ms, "ok": step.ok, "note": step.note}
            for step in trace.steps
        ],
    }


def _refused(trace: Trace, code: ReasonCode) -> Text:
    channel = trace.details.get(CHANNEL)
    if not channel:
        return summary(code, trace.details)
    lead = Text("The provider's %(channel)s logout was refused, and no one was signed out: ", channel=str(channel))
    return summary(code, trace.details, lead=lead)


def _done(trace: Trace) -> Text:
    parts = [_DONE[trace.purpose]]
    if trace.details.get("own_account") is False:
        parts.append(Text("; it did not lead to the tester's own account"))
    if trace.details.get("would_be_refused"):
        parts.append(Text("; under sso_only it would have been refused"))
    return joined(*parts, ".")
