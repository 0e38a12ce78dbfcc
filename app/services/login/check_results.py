"""How a check of a connection ended: sealed for the browser that made it, which shows it for minutes.

So its page has an address of its own, without the code and the state of the provider's answer, and what the provider
said of the person is in no address and in no store.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, replace
from typing import TypeVar

from app.domain.errors import SsoError
from app.domain.login.login_attempt import Purpose
from app.domain.login.received_claims import ReceivedClaims
from app.domain.login.return_to import ACCOUNT_HOME
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import SessionId
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock
from app.services.login.connection_checks import ConnectionCheck, NotOffered, WouldOpen
from app.services.sealed_payload import SealedPayload, require_fresh

KEPT_S = 300
ROOM = 2900
"""Bytes of a result before it is sealed: all of it has to fit into one cookie."""
ACCOUNTS_ROOM = 400
"""How many of them the accounts of each kind may take."""
VALUE_MOST = 100
"""Characters of the match value."""


@dataclass(frozen=True, slots=True)
class StoppedCheck:
    """One that failed. The rest stands in its trace, under the reference."""

    code: ReasonCode
    purpose: Purpose
    reference: str
    return_to: str | None
    received: ReceivedClaims = field(default_factory=ReceivedClaims)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Either of the two, for its `holder`: a session, or the browser of someone who has none."""

    holder: str
    ended_at: float
    passed: ConnectionCheck | None = None
    stopped: StoppedCheck | None = None

    @property
    def expires_at(self) -> float:
        return self.ended_at + KEPT_S

    @property
    def check(self) -> ConnectionCheck | StoppedCheck:
        """Whichever it is."""
        check = self.passed or self.stopped
        if check is None:
            raise RuntimeError("a result without an end")
        return check

    @property
    def purpose(self) -> Purpose:
        return self.check.purpose

    @property
    def return_to(self) -> str:
        return self.check.return_to or ACCOUNT_HOME


CHECK_RESULT = SealedPayload(CheckResult, "check-result-3")


def holder_of(session: SessionId | None, browser: str) -> str:
    """Who may see a result: this session, or without one this browser."""
    return f"session {session}" if session else f"browser {browser}"


@dataclass(frozen=True, slots=True)
class CheckResultService:
    """Seals and opens them."""

    sealer: Sealer
    clock: Clock

    def passed(self, check: ConnectionCheck, holder: str) -> str:
        """For a cookie."""
        short = replace(
            check,
            match_value=check.match_value[:VALUE_MOST],
            accounts=_fitting(check.accounts),
            others=_fitting(check.others),
        )
        blank = replace(short, received=ReceivedClaims())
        room = self._room(CheckResult(holder, self.clock.now(), passed=blank))
        whole = replace(short, received=short.received.within(room))
        return CHECK_RESULT.seal(CheckResult(holder, self.clock.now(), passed=whole), self.sealer)

    def stopped(self, check: StoppedCheck, holder: str) -> str:
        blank = replace(check, received=ReceivedClaims())
        room = self._room(CheckResult(holder, self.clock.now(), stopped=blank))
        whole = replace(check, received=check.received.within(room))
        return CHECK_RESULT.seal(CheckResult(holder, self.clock.now(), stopped=whole), self.sealer)

    def _room(self, without_claims: CheckResult) -> int:
        """The bytes that are left for claims."""
        return ROOM - CHECK_RESULT.size(without_claims)

    def open(self, sealed: str | None, holder: str) -> CheckResult | None:
        """None where there is none, or it is somebody else's or too old."""
        try:
            result = CHECK_RESULT.open(sealed or "", self.sealer)
            require_fresh(result, now=self.clock.now())
        except (SealBroken, SsoError):
            return None
        return result if result.holder == holder else None


A = TypeVar("A", WouldOpen, NotOffered)


def _fitting(accounts: Sequence[A]) -> tuple[A, ...]:
    """As many as there is room for."""
    kept: list[A] = []
    room = ACCOUNTS_ROOM
    for account in accounts:
        room -= len(json.dumps(astuple(account))) + 1
        if room < 0:
            break
        kept.append(account)
    return tuple(kept)
