"""Request bodies, read on the event loop: a slow one holds no thread, and no place for long."""

import asyncio
from asyncio import Timeout
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple

from granian._granian import RSGIHTTPProtocol as HTTPProtocol
from granian.rsgi import Scope

from app.web.server.limits import Limits, is_upload

GRACE_S = 5.0
LEAST_BYTES_PER_S = 2_000
TOTAL_S = 15.0
UPLOAD_S = 120.0
"""A file of 8 MB by a line that takes 0.6 Mbit/s."""
AT_ONCE = 256
UPLOADS_AT_ONCE = 4
"""Each may be held in memory whole."""
UPLOADS_OF_ONE_ADDRESS = 2
"""Nobody alone takes all places."""
OF_ONE_ADDRESS = 32
HONEST_S = 1.0
"""Many people behind one address may send at the same moment: nobody counts as slow before this."""


class Body(NamedTuple):
    """If the body is larger than allowed, `size` exceeds the length of `content`, and nothing of it was kept."""

    size: int
    content: bytes


NO_BODY = Body(0, b"")


class Allowed(NamedTuple):
    """How much of a body is read, and for how long."""

    most_bytes: int
    most_s: float


@dataclass(slots=True)
class Sending:
    """A body on its way."""

    client_ip: str
    since: float
    upload: bool
    received: int = 0

    def rate(self, now: float) -> float:
        """Bytes a second."""
        return self.received / max(now - self.since, 1e-3)


class BodyRefused(Exception):
    """Its text is sent to the client."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(slots=True)
class Bodies:
    """The bodies being sent to one worker.

    Each gets `GRACE_S` seconds, more for what has arrived by then, and `TOTAL_S` at most, a file `UPLOAD_S`. Places are
    limited, in total and per address whose bodies are slow: if all are taken, a new body gets the place of the one that
    has taken longest, because an honest body takes milliseconds. A file may honestly take seconds: its place goes to a
    new one only if it is the slowest, and once it is whole it stays until it is answered.
    """

    limits: Limits
    _sending: dict[Timeout, Sending] = field(default_factory=dict, init=False)
    _answering: list[str] = field(default_factory=list, init=False)
    """The addresses whose files are whole, and in memory."""

    @asynccontextmanager
    async def whole(self, scope: Scope, request: HTTPProtocol, client_ip: str) -> AsyncIterator[Body]:
        """The body, until its request is answered. Raises BodyRefused if it is too slow or breaks off."""
        if not is_upload(scope.path):
            yield await self._read(scope, request, client_ip, upload=False)
            return
        body = await self._read(scope, request, client_ip, upload=True)
        self._answering.append(client_ip)
        try:
            yield body
        finally:
            self._answering.remove(client_ip)

    async def _read(self, scope: Scope, request: HTTPProtocol, client_ip: str, *, upload: bool) -> Body:
        allowed = Allowed(self.limits.upload, UPLOAD_S) if upload else Allowed(self.limits.most, TOTAL_S)
        announced = scope.headers.get("content-length")
        if "transfer-encoding" in scope.headers:
            announced = None
        elif announced is None or int(announced) == 0:
            return NO_BODY
        elif int(announced) > allowed.most_bytes:
            return Body(int(announced), b"")
        try:
            async with self._place(client_ip, upload=upload) as patience:
                content, whole = await self._received(request, patience, allowed)
        except TimeoutError as error:
            message = "The body of this request was sent too slowly. Send it again."
            raise BodyRefused(HTTPStatus.REQUEST_TIMEOUT, message) from error
        if not whole or (announced is not None and len(content) != int(announced)):
            raise BodyRefused(HTTPStatus.BAD_REQUEST, "The body of this request broke off. Send it again.")
        return Body(len(content), content)

    async def _received(
        self,
        request: Any,  # noqa: ANN401 - as granian has it
        patience: Timeout,
        allowed: Allowed,
    ) -> tuple[bytes, bool]:
        """What arrived, up to one byte more than allowed, and whether it was complete.

        granian gives an empty chunk at the end, and another if the connection broke.
        """
        began, content, ends = asyncio.get_running_loop().time(), bytearray(), 0
        async for chunk in request:
            if patience not in self._sending:  # its place was just given to another
                raise TimeoutError
            content += chunk[: allowed.most_bytes + 1 - len(content)]
            self._sending[patience].received = len(content)
            ends += not chunk
            if len(content) > allowed.most_bytes:
                return bytes(content), True
            patience.reschedule(began + allowance_s(len(content), most_s=allowed.most_s))
        return bytes(content), ends <= 1

    @asynccontextmanager
    async def _place(self, client_ip: str, *, upload: bool) -> AsyncIterator[Timeout]:
        if upload:
            self._make_room_for_upload(client_ip)
        self._make_room(client_ip)
        async with asyncio.timeout(GRACE_S) as patience:
            self._sending[patience] = Sending(client_ip, asyncio.get_running_loop().time(), upload)
            try:
                yield patience
            finally:
                self._sending.pop(patience, None)

    def _make_room(self, client_ip: str) -> None:
        patient = asyncio.get_running_loop().time() - HONEST_S
        same = [(place, one.since) for place, one in self._sending.items() if one.client_ip == client_ip]
        crowded = len(same) >= OF_ONE_ADDRESS and same[0][1] <= patient
        if crowded or len(self._sending) >= AT_ONCE:
            self._take(same[0][0] if crowded else next(iter(self._sending)))

    def _make_room_for_upload(self, client_ip: str) -> None:
        """Raises BodyRefused if all are whole, or have only just begun."""
        uploads = [(place, one) for place, one in self._sending.items() if one.upload]
        addresses = [*(one.client_ip for _, one in uploads), *self._answering]
        crowded = addresses.count(client_ip) >= UPLOADS_OF_ONE_ADDRESS
        if not crowded and len(addresses) < UPLOADS_AT_ONCE:
            return
        now = asyncio.get_running_loop().time()
        slow = [
            (one.rate(now), place)
            for place, one in uploads
            if one.since <= now - HONEST_S and (not crowded or one.client_ip == client_ip)
        ]
        if not slow:
            message = "Too many files are being uploaded. Try again in a moment."
            raise BodyRefused(HTTPStatus.SERVICE_UNAVAILABLE, message)
        self._take(min(slow, key=lambda found: found[0])[1])

    def _take(self, place: Timeout) -> None:
        del self._sending[place]
        with suppress(RuntimeError):  # it had timed out already
            place.reschedule(0.0)


def allowance_s(received: int, *, most_s: float) -> float:
    """How long a body may take after this many bytes: bytes buy time, up to the limit."""
    return min(most_s, GRACE_S + received / LEAST_BYTES_PER_S)
