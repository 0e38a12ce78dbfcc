"""Storage for the logouts that apps have yet to be told about."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.oauth2.app_logout import AppLogout, AppLogoutBacklog
from app.domain.oauth2.client import ClientId


class AppLogouts(Protocol):
    """`Sessions` writes them, in the statement after the one that ends a session."""

    def add(self, logout: AppLogout) -> None:
        """For an app that is signed out while the session goes on. Once for each id."""

    def due_clients(self, *, now: float) -> Sequence[ClientId]:
        """The clients that something is due for."""

    def claim(self, client_id: ClientId, *, now: float, until: float) -> AppLogout | None:
        """Take the one that has been due longest and count one more try; nobody else gets it before `until`."""

    def accepted(self, logout: AppLogout) -> bool:
        """Remove a claimed one; False if another worker has claimed it since."""

    def failed(self, logout: AppLogout, *, next_at: float | None, error: str) -> bool:
        """Store the result of a failed try; False likewise. `next_at` None: no further try."""

    def postpone(self, client_id: ClientId, *, now: float, until: float) -> None:
        """Postpone everything that is due for this client to `until`."""

    def backlog(self) -> AppLogoutBacklog: ...
