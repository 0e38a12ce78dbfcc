"""The bridge's own keys for each connection: generated once, published, rotated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection, ConnectionId, Sealed
from app.domain.connections.connection_key import (
    OVERLAP_S,
    SLOTS,
    ConnectionKey,
    KeyType,
    KeyUse,
    decrypting,
    entries,
    published,
    signer,
)
from app.domain.errors import ChangedMeanwhile, Detail, NotFound, SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import Status, Tenant
from app.domain.text import Text
from app.ports.connection_keys import MadeKey, PrivateKey
from app.ports.repositories import Database, Work
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.tenants.named import connection_named

SEALED_FOR = "connection-key"


@dataclass(frozen=True, slots=True)
class ConnectionKeyService:
    """Implements the port `ConnectionKeys`, and what administrators do with keys."""

    database: Database
    make_key: Callable[[KeyUse, KeyType], MadeKey]
    sealer: Sealer
    clock: Clock
    audit: AuditService
    _making: Lock = field(default_factory=Lock, repr=False, compare=False)

    def published(self, slug: str, name: str) -> list[Mapping[str, str]]:
        """The public JWKs, newest first. Raises NotFound, also for a disabled tenant."""
        with self.database.read() as work:
            tenant, connection = connection_named(work, slug, name)
        if tenant.status is not Status.ACTIVE:
            raise NotFound("tenant", slug)
        keys = published(self._of(connection), now=self.clock.now())
        return [entry for key in keys for entry in entries(key, connection.provider.encryption_algs)]

    def decrypting(self, connection: Connection) -> Sequence[PrivateKey]:
        opened: list[PrivateKey] = []
        broken: SsoError | None = None
        for key in decrypting(self._of(connection), now=self.clock.now()):
            try:
                opened.append(self._open(key))
            except SsoError as error:
                broken = error  # an old key; newer ones may still decrypt
        if broken is not None and not opened:
            raise broken
        return opened

    def signing(self, connection: Connection, key_type: KeyType) -> PrivateKey:
        key = signer(self._of(connection), key_type, now=self.clock.now())
        if key is None:
            raise SsoError(ReasonCode.MISCONFIGURED, field="private_key", error=Text("no key to sign with"))
        return self._open(key)

    def rotate(self, slug: str, name: str, *, withdraw: bool, by: Actor) -> list[str]:
        """Generate new keys of every kind; returns their ids. Raises NotFound.

        The old ones stay in use for OVERLAP_S, or, with `withdraw`, end at once because they may have leaked.
        """
        with self.database.read() as work:
            _, connection = connection_named(work, slug, name)
        generation = self._of(connection)[0].generation + 1
        return self._made(connection, generation, withdraw=withdraw, by=by)

    def of_connection(self, tenant: Tenant, connection_id: ConnectionId) -> tuple[Connection, Sequence[ConnectionKey]]:
        """The connection and its keys that still work, newest first. Generates none. Raises NotFound."""
        with self.database.read() as work:
            connection = work.connections.get(tenant.id, connection_id)
        if connection is None:
            raise NotFound("connection", connection_id)
        now = self.clock.now()
        return connection, [key for key in self._stored(connection) if key.good(now)]

    def make_new(
        self, tenant: Tenant, connection_id: ConnectionId, *, generation: int, withdraw: bool, by: Actor
    ) -> None:
        """`rotate`, or the first keys, by someone who saw keys up to `generation`; 0 for none.

        Raises NotFound and ChangedMeanwhile.
        """
        connection = self._seen(tenant, connection_id, generation)
        self._made(connection, generation + 1, withdraw=withdraw, by=by)

    def retire_old(self, tenant: Tenant, connection_id: ConnectionId, *, generation: int, by: Actor) -> None:
        """End the keys that `generation`, the newest, has replaced. A second click finds it done. Raises likewise."""
        connection = self._seen(tenant, connection_id, generation)
        old = [key for key in self._stored(connection) if key.generation < generation and key.good(self.clock.now())]
        if not old:
            return
        now = self.clock.now()
        with self.database.write() as work:
            work.connection_keys.retire(connection.tenant_id, connection.id, before=generation, at=now)
            after: dict[str, Detail] = {"kids": [key.kid for key in old]}
            self._record(work, "connection.keys_retired", connection, by, after)

    def _seen(self, tenant: Tenant, connection_id: ConnectionId, generation: int) -> Connection:
        connection, _ = self.of_connection(tenant, connection_id)
        newest = next((key.generation for key in self._stored(connection)), 0)
        if newest != generation:
            raise ChangedMeanwhile("connection keys", connection.name)
        return connection

    def _made(self, connection: Connection, generation: int, *, withdraw: bool, by: Actor) -> list[str]:
        new = self._make(connection, generation)
        now = self.clock.now()
        with self.database.write() as work:
            work.connection_keys.add(new)  # does nothing if a concurrent rotation was faster
            expires_at = now if withdraw else now + OVERLAP_S
            work.connection_keys.retire(connection.tenant_id, connection.id, before=generation, at=expires_at)
            after: dict[str, Detail] = {"generation": generation, "old_keys_until": expires_at}
            self._record(work, "connection.keys_rotated", connection, by, after)
            keys = work.connection_keys.of_connection(connection.tenant_id, connection.id)
        return [key.kid for key in keys if key.generation == generation]

    def _record(self, work: Work, action: str, connection: Connection, by: Actor, after: Mapping[str, Detail]) -> None:
        entry = by.did(action, connection.name, tenant_id=connection.tenant_id, at=self.clock.now(), after=after)
        self.audit.record(work, entry)

    def _of(self, connection: Connection) -> Sequence[ConnectionKey]:
        """Newest first; at least one."""
        known = self._stored(connection)
        if known:
            return known
        # One at a time: many simultaneous requests must not each spend CPU on keys that are then discarded.
        with self._making:
            known = self._stored(connection)
            if not known:
                with_keys = self._make(connection, 1)
                with self.database.write() as work:
                    work.connection_keys.add(with_keys)
                known = self._stored(connection)
        return known

    def _stored(self, connection: Connection) -> Sequence[ConnectionKey]:
        with self.database.read() as work:
            return work.connection_keys.of_connection(connection.tenant_id, connection.id)

    def _make(self, connection: Connection, generation: int) -> list[ConnectionKey]:
        now = self.clock.now()
        made = [(use, key_type, self.make_key(use, key_type)) for use, key_type in SLOTS]
        return [
            ConnectionKey(
                kid=key.private.kid,
                tenant_id=connection.tenant_id,
                connection_id=connection.id,
                use=use,
                key_type=key_type,
                generation=generation,
                public=key.public,
                private=Sealed(self.sealer.seal(key.private.jwk.encode(), purpose=SEALED_FOR)),
                made_at=now,
            )
            for use, key_type, key in made
        ]

    def _open(self, key: ConnectionKey) -> PrivateKey:
        try:
            jwk = self.sealer.open(key.private, purpose=SEALED_FOR).decode()
        except SealBroken:
            raise SsoError(
                ReasonCode.MISCONFIGURED,
                field="private_key",
                error=Text("cannot be decrypted with the configured keys"),
            ) from None
        return PrivateKey(kid=key.kid, key_type=key.key_type, jwk=jwk)
