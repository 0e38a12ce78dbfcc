"""How a check of a connection ended: sealed for the browser that made it, which shows it for minutes.

So its page has an address of its own, without the code and the state of the provider's answer, and what the provider
said of the person is in no address and in no store.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.domain.errors import SsoError
from app.domain.login.login_attempt import Purpose
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import SessionId
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock
from app.services.login.connection_checks import ConnectionCheck
from app.services.sealed_payload import SealedPayload, require_fresh

KEPT_S = 300
NAMES_ROOM = 600
"""Characters for each list of names, and for the value: all of it has to fit into one cookie."""


@dataclass(frozen=True, slots=True)
class StoppedCheck:
    """One that failed. The rest stands in its trace, under the reference."""

    code: ReasonCode
    purpose: Purpose
    reference: str
    return_to: str | None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Either of the two, for whoever has the session `session`."""

    session: SessionId
    ended_at: float
    passed: ConnectionCheck | None = None
    stopped: StoppedCheck | None = None

    @property
    def expires_at(self) -> float:
        return self.ended_at + KEPT_S


CHECK_RESULT = SealedPayload(CheckResult, "check-result-1")


@dataclass(frozen=True, slots=True)
class CheckResultService:
    """Seals and opens them."""

    sealer: Sealer
    clock: Clock

    def passed(self, check: ConnectionCheck, session: SessionId) -> str:
        """For a cookie."""
        short = replace(
            check,
            match_value=check.match_value[: NAMES_ROOM // 2],
            claims=_fitting(check.claims),
            accounts=_fitting(check.accounts),
        )
        return CHECK_RESULT.seal(CheckResult(session, self.clock.now(), passed=short), self.sealer)

    def stopped(self, check: StoppedCheck, session: SessionId) -> str:
        return CHECK_RESULT.seal(CheckResult(session, self.clock.now(), stopped=check), self.sealer)

    def open(self, sealed: str | None, session: SessionId) -> CheckResult | None:
        """None where there is none, or it is another session's or too old."""
        try:
            result = CHECK_RESULT.open(sealed or "", self.sealer)
            require_fresh(result, now=self.clock.now())
        except (SealBroken, SsoError):
            return None
        return result if result.session == session else None


def _fitting(names: Iterable[str]) -> tuple[str, ...]:
    """As many as there is room for."""
    kept: list[str] = []
    room = NAMES_ROOM
    for name in names:
        room -= len(json.dumps(name)) + 1
        if room < 0:
            return (*kept, "…")
        kept.append(name)
    return tuple(kept)
