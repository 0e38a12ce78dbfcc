"""The keys with which a connection's tokens are decrypted and verified."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.client_auth import ClientCredentials
from app.adapters.provider.document_cache import DocumentCache
from app.adapters.provider.encryption import OwnKey, decrypt, is_encrypted
from app.adapters.provider.id_token import Expected
from app.adapters.provider.keys import InlineKeys, KeyRing, KeySource, RemoteKeys
from app.adapters.provider.metadata import Metadata
from app.adapters.provider.private_keys import PrivateKeys
from app.adapters.provider.userinfo_token import ENDPOINT as USERINFO
from app.adapters.provider.userinfo_token import userinfo_claims
from app.domain.connections.connection import Connection, Provider
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text
from app.ports.connection_keys import ConnectionKeys
from app.ports.system import Clock


@dataclass(frozen=True, slots=True)
class Trust:
    """Shared by all logins of the process."""

    credentials: ClientCredentials
    provider_keys: DocumentCache[KeyRing]
    own_keys: ConnectionKeys
    decryption_keys: PrivateKeys[OwnKey]
    clock: Clock

    def decrypted(self, connection: Connection, raw: str) -> str:
        """The signed token in an encrypted one; an unencrypted token unchanged. Raises SsoError."""
        if not is_encrypted(raw):
            return raw
        plain = self._decrypt(connection, raw, endpoint="token")
        try:
            return plain.decode("ascii")
        except UnicodeDecodeError:
            raise SsoError(
                ReasonCode.ANSWER_INVALID, endpoint="token", error=Text("its encrypted content is not a token")
            ) from None

    def keys(
        self, provider: Provider, metadata: Metadata, channel: ProviderChannel, *, strangers: bool = False
    ) -> KeySource:
        """The provider's keys. `strangers`: anyone may have sent the token."""
        if metadata.jwks_uri is None or (provider.jwks and not provider.jwks_uri):
            return InlineKeys(provider.jwks or "")
        return RemoteKeys(self.provider_keys, metadata.jwks_uri, channel, strangers)

    def client_secret(self, connection: Connection) -> Callable[[], bytes]:
        """Unsealed on demand; empty if there is none."""

        def client_secret() -> bytes:
            return self.credentials.client_secret(connection).encode() if connection.client_secret else b""

        return client_secret

    def expected(self, provider: Provider) -> Expected:
        """For a token that belongs to no particular login."""
        return Expected(
            issuer=provider.issuer or "",
            client_id=provider.client_id,
            now=self.clock.now(),
            nonce="",
            access_token="",
            signing_algs=provider.signing_algs,
            trusted_audiences=provider.trusted_audiences,
        )

    def userinfo_token(
        self, connection: Connection, metadata: Metadata, channel: ProviderChannel
    ) -> Callable[[bytes], dict[str, object]]:
        """Reads a userinfo response that is itself a token."""

        def claims(body: bytes) -> dict[str, object]:
            return userinfo_claims(
                body,
                self.expected(connection.provider),
                decrypt=partial(self._decrypt, connection, endpoint=USERINFO),
                client_secret=self.client_secret(connection),
                keys=self.keys(connection.provider, metadata, channel),
            )

        return claims

    def _decrypt(self, connection: Connection, raw: str, *, endpoint: str) -> bytes:
        return decrypt(
            raw,
            lambda: self.own_keys.decrypting(connection),
            allowed=connection.provider.encryption_algs,
            endpoint=endpoint,
            read=lambda key: self.decryption_keys.of(key.kid, key.jwk.encode()),
        )
