"""What is answered on the event loop, before a request is given a thread."""

from typing import NamedTuple, Protocol

from granian._granian import RSGIHeaders as Headers
from granian.rsgi import Scope


class Response(NamedTuple):
    """Complete, with the headers that every response has."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class OnLoop(Protocol):
    """Never waits but for what the loop wakes it for."""

    async def answer(self, scope: Scope, headers: Headers) -> Response | None:
        """None: a thread has to answer."""

    def close(self) -> None: ...
