"""A tenant's connections, by name."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from app.domain.connections.connection import SEALED_FOR, SECRETS, Connection, ConnectionId, Provider, Sealed
from app.domain.connections.draft import missing_credentials
from app.domain.errors import ChangedMeanwhile, Detail, InvalidInput
from app.domain.tenants.tenant import Status, Tenant
from app.domain.text import Text
from app.ports.outbound import Outbound
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Randomness
from app.services.apply.plan import ProvisionedConnection
from app.services.apply.run import Run, shown
from app.services.apply.spec import ConnectionSpec

_PROVIDER_KEYS = tuple(field.name for field in fields(Provider))
_CONNECTED_TO = (
    "issuer",
    "discovery_url",
    "token_endpoint",
    "userinfo_endpoint",
    "emails_endpoint",
    "jwks_uri",
    "par_endpoint",
)
"""URLs that the bridge itself calls; the others are for browsers."""


@dataclass(frozen=True, slots=True)
class ConnectionApplier:
    """Seals the secrets; an unchanged secret keeps its seal, so that a passed connection test stays valid."""

    sealer: Sealer
    outbound: Outbound
    randomness: Randomness

    def run(self, run: Run, tenant: Tenant, spec: ConnectionSpec) -> None:
        name = f"{tenant.slug}/{spec.name}"
        found = {connection.name: connection for connection in run.work.connections.of_tenant(tenant.id)}
        before = found.get(spec.name)
        blank = Connection(
            id=ConnectionId(self.randomness.short_id()),
            tenant_id=tenant.id,
            name=spec.name,
            provider=spec.provider,
        )
        _require_version(before, spec)
        _refuse_any(spec, self.unreachable(spec.provider))
        after = self.wanted(before or blank, spec)
        _refuse_any(spec, missing_credentials(after))
        run.connections.append(ProvisionedConnection(tenant.slug, spec.name, after.id, existed=before is not None))
        was = connection_shown(before) if before else None
        shown_after = connection_shown(after, before)
        if not run.made("connection", name, tenant_id=tenant.id, before=was, after=shown_after) and after == before:
            return
        run.work.connections.save(after)
        if after.status is Status.DISABLED and before is not None and before.status is Status.ACTIVE:
            run.work.sessions.end_of_connection(tenant.id, after.id, at=run.now)
            run.work.authorizations.end_of_connection(tenant.id, after.id, at=run.now)

    def unreachable(self, provider: Provider) -> Iterator[tuple[str, str]]:
        """Keys with a literal address that would be refused at every login. Only DNS can tell where a name leads."""
        for key in _CONNECTED_TO:
            url = getattr(provider, key)
            refusal = self.outbound.refusal(url) if url else None
            if refusal:
                yield key, refusal

    def wanted(self, connection: Connection, spec: ConnectionSpec) -> Connection:
        """The connection as the spec wants it; secrets that it leaves out stay."""
        secrets = (connection.client_secret, connection.next_client_secret)
        if not self._promoted(connection, spec):
            secrets = (
                self._sealed(spec.client_secret, connection.client_secret),
                self._sealed(spec.next_client_secret, connection.next_client_secret),
            )
        expires_at = connection.certificate_expires_at if spec.certificate is None else spec.certificate_expires_at
        return replace(
            connection,
            certificate_expires_at=expires_at,
            provider=spec.provider,
            client_secret=secrets[0],
            next_client_secret=secrets[1],
            client_secret_expires=spec.client_secret_expires,
            private_key=self._sealed(spec.private_key, connection.private_key),
            certificate=self._sealed(spec.certificate, connection.certificate),
            status=spec.status,
        )

    def _promoted(self, connection: Connection, spec: ConnectionSpec) -> bool:
        """The file's next secret has taken the place of the other since: applied again, it must not change back."""
        if spec.next_client_secret is None or connection.client_secret is None or connection.next_client_secret:
            return False
        return self._holds(connection.client_secret, spec.next_client_secret)

    def _sealed(self, wanted: str | None, kept: Sealed | None) -> Sealed | None:
        if wanted is None or (kept is not None and self._holds(kept, wanted)):
            return kept
        return Sealed(self.sealer.seal(wanted.encode(), purpose=SEALED_FOR))

    def _holds(self, kept: Sealed, wanted: str) -> bool:
        try:
            return self.sealer.open(kept, purpose=SEALED_FOR) == wanted.encode()
        except SealBroken:
            return False  # its key no longer exists: seal again


def _require_version(before: Connection | None, spec: ConnectionSpec) -> None:
    """A form changes exactly the version that it showed, or nothing."""
    if spec.version is None or spec.version == (before.version if before else ""):
        return
    if not spec.version:
        raise InvalidInput(f"{spec.path}.name", Text("is already used by another connection"))
    raise ChangedMeanwhile("connection", spec.name)


def _refuse_any(spec: ConnectionSpec, problems: Iterator[tuple[str, str]]) -> None:
    for key, problem in problems:
        raise InvalidInput(f"{spec.path}.{key}", problem)


def connection_shown(connection: Connection, before: Connection | None = None) -> dict[str, Detail]:
    """As an audit entry shows it: secrets only as present, absent or changed since `before`."""
    provider = {key: getattr(connection.provider, key) for key in _PROVIDER_KEYS}
    secrets: dict[str, object] = {}
    for key in SECRETS:
        now = getattr(connection, key)
        changed = before is not None and now != getattr(before, key)
        secrets[key] = "changed" if changed else "set" if now else None
    beside = {"client_secret_expires": connection.client_secret_expires, "status": connection.status}
    return shown(provider | secrets | beside)
