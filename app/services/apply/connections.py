"""A tenant's connections, by name."""

from dataclasses import dataclass, fields, replace

from app.domain.connections.connection import SEALED_FOR, SECRETS, TLS_AUTH, Connection, ConnectionId, Provider, Sealed
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
        self._require_reachable(spec)
        after = self._wanted(before or blank, spec)
        _require_credentials(after, spec)
        run.connections.append(ProvisionedConnection(tenant.slug, spec.name, after.id, existed=before is not None))
        was = _shown(before) if before else None
        if not run.made("connection", name, tenant_id=tenant.id, before=was, after=_shown(after, before)):
            return
        run.work.connections.save(after)
        if after.status is Status.DISABLED and before is not None and before.status is Status.ACTIVE:
            run.work.sessions.end_of_connection(tenant.id, after.id, at=run.now)

    def _require_reachable(self, spec: ConnectionSpec) -> None:
        """Only DNS can tell where a name leads; a literal address would be refused at every login."""
        for key in _CONNECTED_TO:
            url = getattr(spec.provider, key)
            refusal = self.outbound.refusal(url) if url else None
            if refusal:
                raise InvalidInput(f"{spec.path}.{key}", refusal)

    def _wanted(self, connection: Connection, spec: ConnectionSpec) -> Connection:
        return replace(
            connection,
            provider=spec.provider,
            client_secret=self._sealed(spec.client_secret, connection.client_secret),
            private_key=self._sealed(spec.private_key, connection.private_key),
            certificate=self._sealed(spec.certificate, connection.certificate),
            status=spec.status,
        )

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


def _require_credentials(connection: Connection, spec: ConnectionSpec) -> None:
    """The keys that a file may leave out only if an earlier one has set them."""
    provider = connection.provider
    for key in ("private_key", "certificate"):
        if provider.client_auth in TLS_AUTH and getattr(connection, key) is None:
            raise InvalidInput(
                f"{spec.path}.{key}",
                Text("is required for client_auth %(client_auth)s", client_auth=str(provider.client_auth)),
            )
    if any(name.startswith("HS") for name in provider.signing_algs) and connection.client_secret is None:
        raise InvalidInput(
            f"{spec.path}.client_secret", Text("is required if signing_algs contains HS256, HS384 or HS512")
        )


def _shown(connection: Connection, before: Connection | None = None) -> dict[str, Detail]:
    """Secrets only as present, absent or changed since `before`."""
    provider = {key: getattr(connection.provider, key) for key in _PROVIDER_KEYS}
    secrets: dict[str, object] = {}
    for key in SECRETS:
        now = getattr(connection, key)
        changed = before is not None and now != getattr(before, key)
        secrets[key] = "changed" if changed else "set" if now else None
    return shown(provider | secrets | {"status": connection.status})
