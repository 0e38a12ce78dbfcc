"""Authorization requests: read as they arrive, pushed beforehand (RFC 9126), and kept by the browser, sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.domain.errors import SsoError
from app.domain.login.login_attempt import attempt_id
from app.domain.oauth2.authorization_request import (
    Answerable,
    AuthorizationRequest,
    Parameters,
    parameter,
    parse_authorization_request,
)
from app.domain.oauth2.client import Client
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.oauth2.pending_authorization import PendingAuthorization, RequestId
from app.domain.oauth2.pushed_request import PUSHED_S, REQUEST_URI, PushedRequest, pushed_id
from app.domain.oauth2.redirect_uris import is_registered
from app.domain.oauth2.scopes import require_held
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import Status, TenantId
from app.ports.counters import Counters
from app.ports.logins import Workspace
from app.ports.repositories import Database
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock, Randomness
from app.services.oauth2.limits import pushed_request_limits
from app.services.oauth2.token_signer import TokenSigner
from app.services.sealed_payload import SealedPayload
from app.services.throttling.throttle import count

PENDING = SealedPayload(PendingAuthorization, "pending-authorization-1")
MOST_SEALED = 3000
"""Characters. A browser keeps cookies up to 4 KB, and a proxy a few of them."""
MOST_PUSHED = 12_000
"""Characters: more than any valid request has."""
_UNKNOWN_CLIENT = "client_id is missing or unknown"


class Received(NamedTuple):
    """A valid request."""

    pending: PendingAuthorization
    client: Client
    workspace: Workspace | None = None
    """Where its person has to sign in, if it was read together with the app."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequests:
    """Valid requests only leave it. Nothing is written but what clients push."""

    database: Database
    counters: Counters
    signer: TokenSigner
    sealer: Sealer
    clock: Clock
    randomness: Randomness

    def receive(self, parameters: Parameters, *, signed_in: bool = True) -> Received:
        """A request that a browser brings. Unless somebody may be `signed_in`, the workspace is read with the app.

        Raises Answerable, and OAuth2Error while it is not certain where an answer may go.
        """
        client_id, tenants, workspace = parameter(parameters, "client_id"), parameters.get("tenant", ()), None
        if client_id and len(tenants) == 1 and not signed_in:
            with self.database.read() as work:
                found, workspace = work.logins.for_app(client_id, tenants[0])
            client = _active(found)
        else:
            client = self.active(client_id)
        request_uri = parameter(parameters, "request_uri")
        if request_uri is not None and (key := pushed_id(request_uri)) is not None:
            with self.database.write() as work:
                pushed = work.pushed_requests.take(key)
            if pushed is None or pushed.client_id != client.client_id or pushed.expires_at <= self.clock.now():
                raise OAuth2Error("invalid_request_uri", "request_uri has expired, or has been used")
            parameters = {name: [value] for name, value in pushed.parameters.items()}
        pending = self._pending(parse_authorization_request(parameters, client), client)
        return Received(
            pending, client, workspace if workspace and workspace[0].slug == pending.request.tenant else None
        )

    def push(self, client: Client, parameters: Parameters, *, client_ip: str) -> tuple[str, int]:
        """Keep a valid request of this client, which has been authenticated. Its `request_uri`, and for how long.

        Raises OAuth2Error, and SsoError `throttled`.
        """
        if "request_uri" in parameters:
            raise OAuth2Error("invalid_request", "request_uri must not be pushed (RFC 9126, section 2.1)")
        if parameter(parameters, "client_id") not in (None, client.client_id):
            raise OAuth2Error("invalid_request", "client_id is not that of the client that pushes")
        self._meant_for(parse_authorization_request(parameters, client), client)
        if client.public:
            count(self.counters, pushed_request_limits(client.client_id, client_ip=client_ip))
        request_uri = f"{REQUEST_URI}{self.randomness.token()}"
        given: Mapping[str, str] = {name: values[0] for name, values in parameters.items() if name in KEPT}
        if sum(map(len, given.values())) > MOST_PUSHED:  # some of them may be anything, and are ignored then
            raise OAuth2Error("invalid_request", f"the request has more than {MOST_PUSHED} characters")
        key = pushed_id(request_uri)
        if key is None:
            raise RuntimeError("a request_uri of our own")
        with self.database.write() as work:
            work.pushed_requests.add(PushedRequest(key, client.client_id, given, self.clock.now() + PUSHED_S))
        return request_uri, PUSHED_S

    def active(self, client_id: str | None) -> Client:
        """Raises OAuth2Error, the same for one that is unknown, disabled, or of a disabled tenant."""
        with self.database.read() as work:
            client = work.clients.get(client_id) if client_id else None
        return _active(client)

    def still_valid(self, pending: PendingAuthorization) -> Client:
        """The client, once more: the person may have taken their time. Raises as `receive` does."""
        return self.valid_for(pending, self.active(pending.request.client_id))

    def valid_for(self, pending: PendingAuthorization, client: Client | None) -> Client:
        """The same with the client as it was just read."""
        request, client = pending.request, _active(client)
        if not is_registered(request.reply_to.redirect_uri, client.redirect_uris):
            raise OAuth2Error("invalid_request", "redirect_uri is no longer registered for this client")
        try:
            require_held(request.scopes, client)
        except OAuth2Error as error:
            raise pending.refused(error.code, error.description) from error
        return client

    def seal(self, pending: PendingAuthorization) -> str:
        """The text for a cookie named after the request. Raises Answerable if it does not fit into one."""
        sealed = PENDING.seal(pending, self.sealer)
        if len(sealed) > MOST_SEALED:
            raise pending.refused("invalid_request", "the request is too long: shorten state, or keep it in the app")
        return sealed

    def open(self, request_id: str, sealed: str | None) -> PendingAuthorization:
        """Raises SsoError if this browser brings no such request, or too late."""
        try:
            pending = PENDING.open(sealed or "", self.sealer)
        except SealBroken:
            raise SsoError(ReasonCode.APP_REQUEST_GONE) from None
        if pending.id != request_id or pending.expires_at <= self.clock.now():
            raise SsoError(ReasonCode.APP_REQUEST_GONE, client=pending.request.client_id)
        return pending

    def _pending(self, request: AuthorizationRequest, client: Client) -> PendingAuthorization:
        request, subject = self._meant_for(request, client)
        return PendingAuthorization(
            id=RequestId(attempt_id(self.randomness.token())),
            request=request,
            asked_at=self.clock.now(),
            subject=subject,
        )

    def _meant_for(self, request: AuthorizationRequest, client: Client) -> tuple[AuthorizationRequest, str | None]:
        """With the workspace of a tenant's own client, and the account that `id_token_hint` names."""
        if client.tenant_id is not None:
            slug = self._slug(client.tenant_id)
            if request.tenant not in (None, slug):
                raise OAuth2Error("invalid_request", _UNKNOWN_CLIENT)
            request = replace(request, tenant=slug)
        if request.id_token_hint is None:
            return request, None
        return replace(request, id_token_hint=None), self._hinted(request.id_token_hint, request, client)

    def _hinted(self, id_token: str, request: AuthorizationRequest, client: Client) -> str:
        """The account of an id_token that this client was given."""
        wrong = Answerable(request.reply_to, "invalid_request", "id_token_hint is not an id_token of this client")
        try:
            hinted = self.signer.open_id_token_hint(id_token)
        except OAuth2Error:
            raise wrong from None
        if hinted.client_id != client.client_id:
            raise wrong
        return hinted.subject

    def _slug(self, tenant_id: TenantId) -> str:
        with self.database.read() as work:
            tenant = work.tenants.get(tenant_id)
        if tenant is None or tenant.status is not Status.ACTIVE:
            raise OAuth2Error("invalid_request", _UNKNOWN_CLIENT)
        return tenant.slug


def _active(client: Client | None) -> Client:
    if client is None or client.status is not Status.ACTIVE:
        raise OAuth2Error("invalid_request", _UNKNOWN_CLIENT)
    return client


KEPT = frozenset(
    {
        *("client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method", "prompt", "max_age", "acr_values"),
        *("id_token_hint", "login_hint", "ui_locales", "tenant"),
    }
)
"""Parameters that are read: no others are stored."""
