"""Apps that ask to sign a person out (OpenID Connect RP-Initiated Logout 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from app.domain.oauth2.claims import IdTokenClaims, session_name
from app.domain.oauth2.client import Client
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.sessions.session import SignedIn
from app.domain.tenants.tenant import Status
from app.ports.repositories import Database
from app.services.oauth2.token_signer import TokenSigner


@dataclass(frozen=True, slots=True)
class EndSessionRequest:
    """What an app asks for, as far as it holds."""

    client: Client | None = None
    """The app that its id_token shows it to be."""
    onward: str | None = None
    """Where the person goes afterwards: a URI that the app has registered, with its `state`."""
    sure: bool = False
    """Whether it names the session of this browser, so that the person need not be asked."""


@dataclass(frozen=True, slots=True)
class EndSessionService:
    """Without a valid id_token of the app, anybody may have made the link: then nobody is sent anywhere."""

    database: Database
    token_signer: TokenSigner

    def read(self, parameters: Mapping[str, str], signed_in: SignedIn | None) -> EndSessionRequest:
        """`parameters` of section 2; others are ignored, as that section allows."""
        hint = self._hint(parameters.get("id_token_hint", ""))
        if hint is None or parameters.get("client_id", hint.client_id) != hint.client_id:
            return EndSessionRequest()
        with self.database.read() as work:
            client = work.clients.get(hint.client_id)
        if client is None or client.status is not Status.ACTIVE:
            return EndSessionRequest()
        wanted = parameters.get("post_logout_redirect_uri")
        if wanted is not None and wanted not in client.post_logout_redirect_uris:
            return EndSessionRequest(client)
        onward = None if wanted is None else _with_state(wanted, parameters.get("state"))
        return EndSessionRequest(client, onward, sure=signed_in is not None and _names(hint, signed_in))

    def _hint(self, token: str) -> IdTokenClaims | None:
        try:
            return self.token_signer.open_id_token_hint(token) if token else None
        except OAuth2Error:
            return None


def _names(hint: IdTokenClaims, signed_in: SignedIn) -> bool:
    account_id = signed_in.account.id
    return (hint.subject, hint.sid) == (account_id, session_name(signed_in.session.reference, account_id))


def _with_state(uri: str, state: str | None) -> str:
    if state is None:
        return uri
    parts = urlsplit(uri)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("state", state)]
    return urlunsplit(parts._replace(query=urlencode(query)))
