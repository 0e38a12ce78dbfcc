"""Sign-out here, then at the provider if it supports it (OpenID Connect RP-Initiated Logout 1.0)."""

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from app.domain.sessions.session import SignedIn
from app.ports.repositories import Database
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Randomness
from app.services.sessions.sessions import ID_TOKEN, SessionService

STATE = "logout-state"
HINT_MOST = 4096
"""The longest id_token that fits into a URL; without it the provider uses `client_id` and its own session."""


@dataclass(frozen=True, slots=True)
class ProviderLogout:
    """Send the browser to `url`; keep `state` to recognise it when it returns."""

    url: str
    state: str


@dataclass(frozen=True, slots=True)
class LogoutService:
    """Ends the session first: whatever the provider does afterwards, it is over here."""

    database: Database
    sessions: SessionService
    sealer: Sealer
    randomness: Randomness
    base_url: str

    def logout(self, signed_in: SignedIn) -> ProviderLogout | None:
        """End the session; returns where to send the browser at the provider, or None."""
        self.sessions.end(signed_in.session.id)
        session = signed_in.session
        if not session.end_session_endpoint or session.connection_id is None:
            return None
        with self.database.read() as work:
            connection = work.connections.get(session.tenant_id, session.connection_id)
        # At a shared desk the next person would find the provider's session open, whatever the connection's setting.
        stays = connection is not None and not connection.provider.provider_logout
        if stays and not signed_in.tenant.security.shared_desk:
            return None
        state = self.randomness.token()
        parameters = {
            "post_logout_redirect_uri": f"{self.base_url}/logged-out",
            "state": state,
            "client_id": connection.provider.client_id if connection else "",
        }
        if session.id_token:
            with suppress(SealBroken):  # its key no longer exists; without a hint the provider asks the person
                hint = self.sealer.open(session.id_token, purpose=ID_TOKEN).decode()
                if len(hint) <= HINT_MOST:
                    parameters["id_token_hint"] = hint
        return ProviderLogout(url=_with(session.end_session_endpoint, parameters), state=state)


def _with(url: str, parameters: dict[str, str]) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *parameters.items()])))
