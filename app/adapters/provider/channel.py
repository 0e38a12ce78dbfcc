"""The requests of one login to its provider: the connection's bulkhead, and one deadline for all of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from app.adapters.provider.documents import BadDocument, parse_json
from app.adapters.provider.dpop import ProofMaker
from app.domain.connections.connection import ClientAuth
from app.domain.errors import Detail, SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text
from app.ports.outbound import Answer, ClientCertificate, Outbound, OutboundRequest

_OK = 200
_REDIRECTS = range(300, 400)
_SERVER_ERRORS = range(500, 600)


@dataclass(frozen=True, slots=True)
class ProviderChannel:
    """`bulkhead_key` is the connection's id; `deadline` in the clock's monotonic seconds.

    `certificate` is sent with every access token, which may be bound to it (RFC 8705, section 3); `dpop` proves
    possession of the key that it is bound to (RFC 9449).
    """

    outbound: Outbound
    bulkhead_key: str
    deadline: float
    certificate: ClientCertificate | None = None
    dpop: ProofMaker | None = None

    def send(self, request: OutboundRequest, *, endpoint: str) -> Answer:
        """Returns any status. Raises what the outbound port raises; `endpoint` is a word for the trace (`token`)."""
        with self.about(request.url, endpoint=endpoint):
            return self.outbound.send(request, bulkhead_key=self.bulkhead_key, deadline=self.deadline)

    def send_proven(
        self, request: Callable[[], OutboundRequest], *, endpoint: str, access_token: str | None = None
    ) -> Answer:
        """The same with a proof of possession; repeated once if the server asks for its nonce.

        `request` is called for each try, because client credentials in it may be valid only once.
        """
        if self.dpop is None:
            return self.send(request(), endpoint=endpoint)
        first = self.dpop.proven(request(), access_token=access_token)
        answer = self.send(first, endpoint=endpoint)
        if not self.dpop.asked_again(first.url, answer):
            return answer
        again = self.send(self.dpop.proven(request(), access_token=access_token), endpoint=endpoint)
        self.dpop.asked_again(first.url, again)  # the nonce it gives now is for the next request
        return again

    def certificate_expires_at(self, url: str) -> float | None:
        with self.about(url, endpoint="certificate"):
            return self.outbound.certificate_expires_at(url, deadline=self.deadline)

    def read(
        self, url: str, *, endpoint: str, refused: ReasonCode, invalid: ReasonCode, access_token: str | None = None
    ) -> object:
        """GET a JSON document. `refused` is the reason for a status other than 200, `invalid` for other content."""
        answer = self.get(url, endpoint=endpoint, refused=refused, invalid=invalid, access_token=access_token)
        with self.about(url, endpoint=endpoint):
            try:
                return parse_json(answer.body)
            except BadDocument as error:
                raise SsoError(invalid, status=answer.status, error=str(error)) from None

    def get(
        self,
        url: str,
        *,
        endpoint: str,
        refused: ReasonCode,
        invalid: ReasonCode,
        access_token: str | None = None,
        accept: str = "application/json",
    ) -> Answer:
        """The same, for any content."""
        request = OutboundRequest(method="GET", url=url, headers={"Accept": accept})
        if access_token is None:
            answer = self.send(request, endpoint=endpoint)
        else:
            headers = {"Accept": accept, "Authorization": f"Bearer {access_token}"}
            bearing = replace(request, headers=headers, certificate=self.certificate)
            answer = self.send_proven(lambda: bearing, endpoint=endpoint, access_token=access_token)
        with self.about(url, endpoint=endpoint):
            if answer.status in _SERVER_ERRORS:
                raise SsoError(ReasonCode.PROVIDER_ERROR, status=answer.status)
            if answer.status in _REDIRECTS:
                raise SsoError(invalid, status=answer.status, error=Text("a redirect, which is not followed"))
            if answer.status != _OK:
                raise SsoError(refused, status=answer.status)
        return answer

    @contextmanager
    def about(self, url: str, *, endpoint: str, client_auth: ClientAuth | None = None) -> Iterator[None]:
        """Adds the endpoint and its host to every error raised within.

        For a refused client also its authentication method, because the remedy depends on it.
        """
        try:
            yield
        except SsoError as error:
            where: dict[str, Detail] = {"endpoint": endpoint, "host": urlsplit(url).hostname}
            if client_auth is not None and error.code is ReasonCode.CLIENT_REFUSED:
                where["client_auth"] = client_auth.value
            raise SsoError(error.code, **{**where, **error.details}) from None
