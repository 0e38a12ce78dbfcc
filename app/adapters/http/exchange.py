"""The account of one request: how much time and how many bytes are left to it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode

_HEAD_BYTES = 65_536
"""Status line and headers together. Honest providers stay under 8 KB."""


@dataclass(slots=True)
class Exchange:
    """One request on its way. `deadline` is in `monotonic` seconds; `received` counts bytes of the answer."""

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
        """Start counting an answer: only its head may come now."""
        self.received = 0
        self.allowance = _HEAD_BYTES

    def expect_body(self) -> None:
        """Let the body come too. Twice the cap leaves room for the framing of chunks and for trailers."""
        self.allowance = self.received + 2 * self.max_bytes + _HEAD_BYTES

    def count(self, received: int) -> None:
        """Book bytes that came. Raises SsoError `answer_too_large`."""
        self.received += received
        if self.received > self.allowance:
            raise self.too_large()

    def too_slow(self) -> SsoError:
        """What to say when the time is over."""
        error = "the response was not completed in time" if self.received else "no response in time"
        return self.failed(ReasonCode.PROVIDER_TIMEOUT, error)

    def too_large(self) -> SsoError:
        """What to say when the server sends on and on."""
        return self.failed(ReasonCode.ANSWER_TOO_LARGE, f"the response is larger than {self.max_bytes // 1024} KB")

    def failed(self, code: ReasonCode, error: str) -> SsoError:
        """An error of this request, for the trace: where, and what in plain words."""
        return SsoError(code, host=self.host, error=error)
