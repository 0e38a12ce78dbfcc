"""The app that waits for a login to end is answered by the login's own transaction (docs/decisions/0030)."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.oauth2.authorization_response import AuthorizationResponse
from app.domain.oauth2.client import Client, ClientId
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.oauth2.pending_authorization import PendingAuthorization
from app.domain.sessions.session import SignedIn
from app.ports.repositories import Work
from app.services.oauth2.authorization_requests import AuthorizationRequests
from app.services.oauth2.authorize import AuthorizeService
from app.services.sessions.sessions import Opened


@dataclass(slots=True)
class OAuth2WaitingApp:
    """The `WaitingApp` of one login: in `pending` the request, in `answered` its answer once there is one."""

    requests: AuthorizationRequests
    authorize: AuthorizeService
    request_for: Callable[[str], PendingAuthorization | None]
    """The request that the browser brings for where the login leads to; None if it leads elsewhere, or has expired."""
    client_ip: str
    pending: PendingAuthorization | None = None
    answered: AuthorizationResponse | None = None

    def expected(self, return_to: str) -> ClientId | None:
        self.pending = self.request_for(return_to)
        return self.pending.request.client_id if self.pending else None

    def answer(self, work: Work, opened: Opened, client: Client | None) -> None:
        if self.pending is None:
            return
        try:
            valid = self.requests.valid_for(self.pending, client)
        except OAuth2Error:  # the person is signed in all the same, and the page that comes next explains it
            return
        # The connection's name is only needed to send somebody to sign in again.
        signed_in = SignedIn(opened.session, opened.account, opened.tenant, connection=None)
        self.answered = self.authorize.answer_login(work, self.pending, valid, signed_in, client_ip=self.client_ip)
