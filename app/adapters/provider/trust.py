"""What the tokens of a connection are opened and verified with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.client_auth import ClientCredentials
from app.adapters.provider.document_cache import DocumentCache
from app.adapters.provider.encryption import decrypt, is_encrypted
from app.adapters.provider.id_token import Expected
from app.adapters.provider.keys import InlineKeys, KeyRing, KeySource, RemoteKeys
from app.adapters.provider.metadata import Metadata
from app.adapters.provider.userinfo_token import userinfo_claims
from app.domain.connections.connection import Connection, Provider
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.connection_keys import ConnectionKeys, PrivateKey
from app.ports.system import Clock


@dataclass(frozen=True, slots=True)
class Trust:
    """Shared by all logins of the process."""

    credentials: ClientCredentials
    provider_keys: DocumentCache[KeyRing]
    own_keys: ConnectionKeys
    clock: Clock

    def decrypted(self, connection: Connection, raw: str) -> str:
        """The signed token in an encrypted one; a token that is not encrypted as it is. Raises SsoError."""
        if not is_encrypted(raw):
            return raw
        allowed = connection.provider.encryption_algs
        plain = decrypt(raw, self._own_keys_of(connection), allowed=allowed, endpoint="token")
        try:
            return plain.decode("ascii")
        except UnicodeDecodeError:
            raise SsoError(
                ReasonCode.ANSWER_INVALID, endpoint="token", error="its encrypted content is not a token"
            ) from None

    def keys(
        self, provider: Provider, metadata: Metadata, channel: ProviderChannel, *, strangers: bool = False
    ) -> KeySource:
        """Those of the provider. `strangers`: anybody may have sent the token."""
        if metadata.jwks_uri is None or (provider.jwks and not provider.jwks_uri):
            return InlineKeys(provider.jwks or "")
        return RemoteKeys(self.provider_keys, metadata.jwks_uri, channel, strangers)

    def client_secret(self, connection: Connection) -> Callable[[], bytes]:
        """Opened when it is asked for; empty where there is none."""

        def client_secret() -> bytes:
            return self.credentials.client_secret(connection).encode() if connection.client_secret else b""

        return client_secret

    def expected(self, provider: Provider) -> Expected:
        """Of a token that belongs to no particular login."""
        return Expected(
            issuer=provider.issuer or "",
            client_id=provider.client_id,
            now=self.clock.now(),
            nonce="",
            access_token="",
            signing_algs=provider.signing_algs,
            trusted_audiences=provider.trusted_audiences,
            encryption_algs=provider.encryption_algs,
        )

    def userinfo_token(
        self, connection: Connection, metadata: Metadata, channel: ProviderChannel
    ) -> Callable[[bytes], dict[str, object]]:
        """What reads a userinfo answer that is a token."""

        def claims(body: bytes) -> dict[str, object]:
            return userinfo_claims(
                body,
                self.expected(connection.provider),
                own_keys=self._own_keys_of(connection),
                client_secret=self.client_secret(connection),
                keys=self.keys(connection.provider, metadata, channel),
            )

        return claims

    def _own_keys_of(self, connection: Connection) -> Callable[[], Sequence[PrivateKey]]:
        return lambda: self.own_keys.decrypting(connection)
