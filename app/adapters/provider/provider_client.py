"""Implements `ProviderClient`: one login's requests to its provider, in order."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from joserfc.errors import JoseError

from app.adapters.provider.authorization import code_of, request_parameters, with_parameters
from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.client_auth import ClientCredentials, require_credentials, signing_key
from app.adapters.provider.document_cache import DocumentCache
from app.adapters.provider.dpop import Nonces, ProofMaker, proof_key
from app.adapters.provider.encryption import imported
from app.adapters.provider.inspection import Inspection
from app.adapters.provider.keys import MOST_DOCUMENTS, KeyRing
from app.adapters.provider.metadata import Metadata, MetadataStore
from app.adapters.provider.oauth2 import OAuth2Protocol, refuse_step_up
from app.adapters.provider.oidc import OidcProtocol
from app.adapters.provider.private_keys import PrivateKeys
from app.adapters.provider.profile import require_profile
from app.adapters.provider.pushed_request import Parameters, PushedRequest, is_pushed
from app.adapters.provider.rehearsal import MADE_UP, Rehearsal
from app.adapters.provider.token_request import AuthorizationGrant, TokenRequest
from app.adapters.provider.trust import Trust
from app.domain.accounts.identity import ExternalIdentity
from app.domain.connections.connection import TLS_AUTH, Connection, Protocol
from app.domain.connections.finding import Finding
from app.domain.errors import SsoError
from app.domain.login.login_attempt import LoginAttempt
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text
from app.ports.connection_keys import ConnectionKeys
from app.ports.outbound import Outbound
from app.ports.provider_client import AuthorizationOptions, AuthorizationResponse, LogoutNotice, StepLog
from app.ports.sealing import Sealer
from app.ports.system import Clock, Randomness

# The errors that a provider's moved or replaced endpoints cause: its metadata is fetched again for the next login.
_MAY_HAVE_MOVED = frozenset(
    {
        ReasonCode.PROVIDER_UNREACHABLE,
        ReasonCode.PROVIDER_TIMEOUT,
        ReasonCode.PROVIDER_TLS,
        ReasonCode.PROVIDER_ERROR,
        ReasonCode.ADDRESS_REFUSED,
        ReasonCode.ANSWER_TOO_LARGE,
        ReasonCode.ANSWER_INVALID,
        ReasonCode.KEYS_UNAVAILABLE,
        ReasonCode.KEY_UNKNOWN,
        ReasonCode.SIGNATURE_INVALID,
        ReasonCode.USERINFO_FAILED,
    }
)


class OAuthProviderClient:
    """Both protocols. Caches metadata and keys in the process; thread-safe.

    `allow_http` (development) accepts http endpoints; the outbound client must allow them too.
    """

    def __init__(
        self,
        *,
        outbound: Outbound,
        sealer: Sealer,
        clock: Clock,
        randomness: Randomness,
        own_keys: ConnectionKeys,
        allow_http: bool = False,
    ) -> None:
        self._outbound = outbound
        self._clock = clock
        self._randomness = randomness
        self._allow_http = allow_http
        self._nonces = Nonces()
        self._metadata = MetadataStore(clock, allow_http=allow_http)
        self._credentials = ClientCredentials(
            sealer=sealer,
            clock=clock,
            randomness=randomness,
            keys=own_keys,
            signing_keys=PrivateKeys(signing_key, clock),
        )
        self._token_request = TokenRequest(self._credentials)
        self._pushed_request = PushedRequest(self._credentials)
        keys: DocumentCache[KeyRing] = DocumentCache(clock, most=MOST_DOCUMENTS)
        trust = Trust(
            credentials=self._credentials,
            provider_keys=keys,
            own_keys=own_keys,
            decryption_keys=PrivateKeys(imported, clock),
            clock=clock,
        )
        self._oidc = OidcProtocol(token_request=self._token_request, trust=trust, clock=clock)
        self._oauth2 = OAuth2Protocol(token_request=self._token_request, trust=trust)

    def authorization_url(
        self,
        connection: Connection,
        attempt: LoginAttempt,
        *,
        redirect_uri: str,
        options: AuthorizationOptions,
        log: StepLog,
        deadline: float,
    ) -> str:
        provider, channel = connection.provider, self._channel(connection, deadline)
        with self._noticing_moves(connection), _providers_bytes():
            require_credentials(connection)
            if provider.protocol is Protocol.OAUTH2:
                refuse_step_up(attempt.step_up)
            metadata = self._metadata_of(connection, channel)
            parameters: Parameters = request_parameters(
                provider,
                attempt,
                redirect_uri=redirect_uri,
                options=options,
                prompts=metadata.prompts,
                locales=metadata.ui_locales,
            )
            if is_pushed(connection, metadata):
                parameters = self._pushed_request.push(
                    connection, attempt, parameters=parameters, metadata=metadata, log=log, channel=channel
                )
            return with_parameters(metadata.authorization_endpoint, parameters)

    def check_response(self, connection: Connection, response: AuthorizationResponse, *, deadline: float) -> str:
        def iss_promised() -> bool:
            return self._metadata.of(connection, self._channel(connection, deadline)).response_iss

        with _providers_bytes():
            return code_of(connection.provider, response, iss_promised=iss_promised)

    def identify(
        self,
        connection: Connection,
        attempt: LoginAttempt,
        *,
        code: str,
        redirect_uri: str,
        log: StepLog,
        deadline: float,
    ) -> ExternalIdentity:
        channel = self._channel(connection, deadline)
        oidc = connection.provider.protocol is Protocol.OIDC
        protocol: OidcProtocol | OAuth2Protocol = self._oidc if oidc else self._oauth2
        with self._noticing_moves(connection), _providers_bytes():
            log.begin("token")
            require_credentials(connection)
            if connection.provider.client_auth in TLS_AUTH:
                channel = replace(channel, certificate=self._credentials.certificate(connection))
            if connection.provider.dpop:
                channel = replace(channel, dpop=self._proofs(connection, attempt.proof_secret))
            metadata = self._metadata_of(connection, channel)
            grant = AuthorizationGrant(attempt, code, redirect_uri)
            return protocol.identify(connection, grant, metadata=metadata, log=log, channel=channel)

    def verify_logout_token(self, connection: Connection, raw: str, *, deadline: float) -> LogoutNotice:
        if connection.provider.protocol is not Protocol.OIDC:
            raise SsoError(
                ReasonCode.TOKEN_TYPE_REFUSED, error=Text("a plain OAuth 2.0 server does not send logout tokens")
            )
        channel = self._channel(connection, deadline)
        with _providers_bytes():
            metadata = self._metadata.of(connection, channel)
            return self._oidc.logout_notice(connection, raw, metadata=metadata, channel=channel)

    def inspect(self, connection: Connection, *, deadline: float, redirect_uri: str | None = None) -> Sequence[Finding]:
        channel = self._channel(connection, deadline)
        metadata = MetadataStore(self._clock, allow_http=self._allow_http)
        with _providers_bytes():
            inspection = Inspection(
                connection=connection,
                metadata=metadata,
                channel=channel,
                now=self._clock.now,
                own_certificate_expires_at=partial(self._credentials.certificate_expires_at, connection),
                rehearsal=self._rehearsal(connection, redirect_uri, channel) if redirect_uri else None,
            )
            return list(inspection.findings())

    def _rehearsal(self, connection: Connection, redirect_uri: str, channel: ProviderChannel) -> Rehearsal | None:
        try:
            require_credentials(connection)
        except SsoError:
            return None  # the other findings say what is missing
        if connection.provider.dpop:
            channel = replace(channel, dpop=self._proofs(connection, MADE_UP))
        return Rehearsal(
            connection=connection,
            redirect_uri=redirect_uri,
            pushed_request=self._pushed_request,
            token_request=self._token_request,
            channel=channel,
        )

    @contextmanager
    def _noticing_moves(self, connection: Connection) -> Iterator[None]:
        try:
            yield
        except SsoError as error:
            if error.code in _MAY_HAVE_MOVED:
                self._metadata.distrust(connection.provider)
            raise

    def _metadata_of(self, connection: Connection, channel: ProviderChannel) -> Metadata:
        """For a login, which needs more than a logout does. What is missing is looked up again soon."""
        metadata = self._metadata.of(connection, channel)
        try:
            require_profile(connection, metadata)
        except SsoError:
            self._metadata.distrust(connection.provider)
            raise
        return metadata

    def _proofs(self, connection: Connection, secret: str) -> ProofMaker:
        if not secret:
            raise SsoError(
                ReasonCode.ATTEMPT_EXPIRED, error=Text("the attempt started before DPoP was enabled in the connection")
            )
        return ProofMaker(
            key=proof_key(secret),
            bulkhead_key=connection.bulkhead_key,
            nonces=self._nonces,
            clock=self._clock,
            randomness=self._randomness,
        )

    def _channel(self, connection: Connection, deadline: float) -> ProviderChannel:
        return ProviderChannel(outbound=self._outbound, bulkhead_key=connection.bulkhead_key, deadline=deadline)


@contextmanager
def _providers_bytes() -> Iterator[None]:
    """The last barrier: what a provider sends never causes a 500, even where no check of ours foresaw it."""
    try:
        yield
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError, JoseError) as error:
        # Without its cause: the exception's text may contain what the provider sent.
        raise SsoError(ReasonCode.ANSWER_INVALID, error=type(error).__name__) from None
