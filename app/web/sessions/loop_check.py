"""Session checks answered on the event loop: without a thread, because apps ask with every click (docs/decisions/0035).

It asks the store in its own way; what it answers is said in check_answers.py, beside this. Whatever is unusual it
leaves to session_check.py, in a thread.
"""

import select
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from granian._granian import RSGIHeaders as Headers
from granian.rsgi import Scope

from app.domain.sessions.session import SessionSummary, unseen
from app.ports.loop_sessions import LoopSessions, NotOnLoop
from app.ports.system import Clock
from app.services.sessions.clicks import Clicks
from app.web.server.environ import host_of, trusted_hops
from app.web.server.on_loop import Response
from app.web.sessions.check_answers import METHODS, PATHS, Asked
from app.web.sessions.session_check import SessionCheck

LONGEST_TEXT = 8192
"""Of cookies and query together: parsing 64 KB takes the loop some 15 ms. Ours stay below (web/site/cookies.py)."""
LONGEST_ADDRESS = 64
"""Of what a proxy writes: a log line must fit into a pipe at once (PIPE_BUF)."""

_log = structlog.get_logger("front")


def log_room() -> select.poll:
    """Whether a log line can be written without waiting: a log that nobody reads must not stop the event loop."""
    room = select.poll()
    room.register(sys.stderr.fileno(), select.POLLOUT)
    return room


@dataclass(frozen=True, slots=True)
class LoopCheck:
    """The server's `OnLoop`. Belongs to the event loop of one worker."""

    check: SessionCheck
    sessions: LoopSessions
    clicks: Clicks
    clock: Clock
    log_room: select.poll = field(default_factory=log_room)

    async def answer(self, scope: Scope, headers: Headers) -> Response | None:
        """None: a thread has to answer."""
        path = scope.path
        if path not in PATHS:
            return None
        asked = self._asked(scope, path, headers.items())
        if asked is None:
            return None
        try:
            line = self.check.request_log.line(asked.headers.get("x-request-id"))
            found = await self._found(asked)
            if not self.log_room.poll(0):  # asked after every wait: many may go on in the same turn of the loop
                return None
            said = self.check.answers.answer(asked, found, self._sign)
            finished = self.check.finished(asked, said, line)
        except NotOnLoop:
            return None
        except Exception:  # noqa: BLE001 - the thread answers, or fails in its turn and tells the visitor so
            _log.exception("loop_check_failed")
            return None
        return Response(said.status.value, finished, b"" if asked.method == "HEAD" else said.body)

    def close(self) -> None:
        self.sessions.close()
        self.clicks.close()

    def _asked(self, scope: Scope, path: str, headers: Sequence[tuple[str, str]]) -> Asked | None:
        """None if it has a body, a header twice, or another method."""
        named = dict(headers)
        if len(named) != len(headers) or "transfer-encoding" in named or named.get("content-length", "0") != "0":
            return None
        method, query, address = scope.method, scope.query_string, self._client_ip(scope, named)
        short = len(query) + len(named.get("cookie", "")) <= LONGEST_TEXT
        if method not in METHODS or address is None or not query.isascii() or not short:
            return None
        return Asked(method, path, query, named, address)

    def _client_ip(self, scope: Scope, named: dict[str, str]) -> str | None:
        """As werkzeug's ProxyFix says it in a thread; None where that would take a closer look."""
        forwarded = named.get("x-forwarded-for")
        if forwarded is None or not (hops := trusted_hops(forwarded, self.check.answers.options.trusted_proxies)):
            return host_of(scope.client)
        plain = all(hops) and '"' not in forwarded and len(hops[0]) <= LONGEST_ADDRESS
        return hops[0] if plain else None

    async def _found(self, asked: Asked) -> SessionSummary | None:
        """Raises NotOnLoop, also where a click has to be written first."""
        session = self.check.answers.session_of(asked)
        if session is None:
            return None
        now = self.clock.now()
        found = await self.sessions.summary(session, now=now)
        if found is not None and unseen(found.last_seen_at, now=now) and not self.clicks.note(found, now=now):
            raise NotOnLoop
        return found

    def _sign(self, found: SessionSummary, audience: str) -> str:
        """Raises NotOnLoop if the keys have to be read."""
        signed = self.check.identities.without_asking(found, audience)
        if signed is None:
            raise NotOnLoop
        return signed
