"""The remaining time and bytes of one request."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.error_words import RESPONSE_TOO_LARGE
from app.domain.text import Text

_HEAD_BYTES = 65_536
"""Status line and headers together. Well-behaved providers stay under 8 KB."""


@dataclass(slots=True)
class Exchange:
    """One request. `deadline` is in `monotonic` seconds; `received` counts the response's bytes."""

    host: str
    deadline: float
    monotonic: Callable[[], float]
    max_bytes: int
    received: int = 0
    allowance: int = _HEAD_BYTES

    def left(self) -> float:
        """Seconds until the deadline, more than 0. Raises SsoError `provider_timeout`."""
        left = self.deadline - self.monotonic()
        if left <= 0:
            raise self.too_slow()
        return left

    def begin(self) -> None:
        """Start counting a response: at first only its head is allowed."""
        self.received = 0
        self.allowance = _HEAD_BYTES

    def expect_body(self) -> None:
        """Allow the body too. Twice the cap leaves room for chunk framing and trailers."""
        self.allowance = self.received + 2 * self.max_bytes + _HEAD_BYTES

    def count(self, received: int) -> None:
        """Count received bytes. Raises SsoError `answer_too_large`."""
        self.received += received
        if self.received > self.allowance:
            raise self.too_large()

    def too_slow(self) -> SsoError:
        """The error after the deadline."""
        error = Text("the response was not completed in time") if self.received else Text("no response in time")
        return self.failed(ReasonCode.PROVIDER_TIMEOUT, error)

    def too_large(self) -> SsoError:
        """The error for a server that sends too much."""
        return self.failed(ReasonCode.ANSWER_TOO_LARGE, Text(RESPONSE_TOO_LARGE, kb=str(self.max_bytes // 1024)))

    def failed(self, code: ReasonCode, error: str) -> SsoError:
        """An error of this request for the trace: where, and what in plain words."""
        return SsoError(code, host=self.host, error=error)
