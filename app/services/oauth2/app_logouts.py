"""Tells apps that sessions have ended, in the background (OpenID Connect Back-Channel Logout 1.0, section 2.5)."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

from app.domain.errors import SsoError
from app.domain.oauth2.app_logout import AppLogout, AppLogoutBacklog, next_try_at
from app.domain.oauth2.claims import session_name
from app.domain.oauth2.client import Client, ClientId
from app.domain.tenants.tenant import Status
from app.ports.outbound import Outbound, OutboundRequest
from app.ports.repositories import Database
from app.ports.system import Clock
from app.services.oauth2.token_signer import TokenSigner

ANSWER_S = 5.0
"""How long an app may take to answer."""
LEASE_S = 60
"""How long one worker owns a logout: far longer than a try takes. After a crash another takes it then."""
ROUND_S = 10.0
"""How long one app is served before the others that wait for a thread get their turn."""
AT_ONCE = 16
"""How many apps one worker tells at the same time."""


@dataclass(slots=True)
class AppLogoutService:
    """Each app is told in a thread of its own, so that a slow one holds up neither the others nor other jobs.

    After a failure the app rests: whatever waits for it waits for the next try.
    """

    database: Database
    token_signer: TokenSigner
    outbound: Outbound
    clock: Clock
    _told: dict[ClientId, Future[int]] = field(default_factory=dict, repr=False)
    _threads: ThreadPoolExecutor | None = field(default=None, repr=False)

    def start_due(self) -> None:
        """Begin to tell every app that something is due for. Does not wait. Raises what stopped an earlier round."""
        for client_id in self._due():
            if client_id not in self._told:
                self._threads = self._threads or ThreadPoolExecutor(AT_ONCE, thread_name_prefix="app-logouts")
                self._told[client_id] = self._threads.submit(self._tell, client_id)
        finished = {client_id: told for client_id, told in self._told.items() if told.done()}
        for client_id in finished:
            del self._told[client_id]
        for told in finished.values():
            told.result()

    def tell_due(self) -> int:
        """The same, one app after the other, to the end. Returns how many logouts were accepted."""
        return sum(self._tell(client_id) for client_id in self._due())

    def backlog(self) -> AppLogoutBacklog:
        with self.database.read() as work:
            return work.app_logouts.backlog()

    def _due(self) -> list[ClientId]:
        with self.database.read() as work:
            return list(work.app_logouts.due_clients(now=self.clock.now()))

    def _tell(self, client_id: ClientId) -> int:
        accepted, ends = 0, self.clock.monotonic() + ROUND_S
        while self.clock.monotonic() < ends:
            with self.database.write() as work:
                now = self.clock.now()
                logout = work.app_logouts.claim(client_id, now=now, until=now + LEASE_S)
                client = work.clients.get(client_id)
            if logout is None:
                break
            problem = self._problem(client, logout)
            if problem:
                self._put_off(logout, problem)
                break
            with self.database.write() as work:
                work.app_logouts.accepted(logout)
            accepted += 1
        return accepted

    def _problem(self, client: Client | None, logout: AppLogout) -> str:
        """What went wrong; empty if the app has accepted it, or no longer wants to know."""
        if client is None or client.status is not Status.ACTIVE or client.backchannel_logout_uri is None:
            return ""
        sid = session_name(logout.reference, logout.account_id)
        token = self.token_signer.logout_token(client, subject=logout.account_id, sid=sid)
        request = OutboundRequest(
            "POST",
            client.backchannel_logout_uri,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            body=urlencode({"logout_token": token}).encode(),
        )
        try:
            answer = self.outbound.send(
                request, bulkhead_key=f"app:{client.client_id}", deadline=self.clock.monotonic() + ANSWER_S
            )
        except SsoError as error:
            return f"{error.code.value}: {error.details.get('error', '')}"
        return "" if answer.status in (HTTPStatus.OK, HTTPStatus.NO_CONTENT) else f"it answered {answer.status}"

    def _put_off(self, logout: AppLogout, problem: str) -> None:
        now = self.clock.now()
        next_at = next_try_at(logout, now=now)
        with self.database.write() as work:
            work.app_logouts.failed(logout, next_at=next_at, error=problem)
            work.app_logouts.postpone(logout.client_id, now=now, until=next_at or now + LEASE_S)
