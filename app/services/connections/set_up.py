"""What operators set up in the console, by the rules of `sso-bridge apply`: tenants and their connections."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from app.domain.audit.audit import Actor
from app.domain.connections.connection import SECRET_AUTH, Connection, Provider
from app.domain.connections.draft import SENT_SECRETS, secret_hosts
from app.domain.connections.finding import Finding, Level
from app.domain.errors import InvalidInput
from app.domain.tenants.tenant import STAFF, Status, Tenant
from app.domain.text import Text
from app.ports.repositories import Database, Work
from app.services.apply.reading import Document, DocumentReader
from app.services.apply.service import ApplyService
from app.services.apply.spec import ConnectionSpec, Existing, Spec, TenantSpec
from app.services.tenants.named import connection_named, tenant_named

CHECK_S = 15.0
"""How long a check of a provider may take."""

Changes = Mapping[str, object]
"""Keys of an `apply` file with new values; None for the key's default, or its preset's."""


@dataclass(frozen=True, slots=True)
class SetUpService:
    """Starts from the present state: a key that is not named stays as it is, unlike in a file."""

    database: Database
    reader: DocumentReader
    applier: ApplyService

    @property
    def presets(self) -> Mapping[str, Document]:
        return self.reader.presets

    def create_tenant(self, document: Document, *, by: Actor) -> Tenant:
        """`document` is one of `[[tenants]]`. Never changes an existing one. Raises DocumentInvalid, InvalidInput."""
        (wanted,) = self.reader.spec({"tenants": [document]}).tenants
        self._apply(replace(wanted, existing=Existing.REFUSE), by=by)
        return self._tenant(wanted.slug)

    def change_tenant(self, slug: str, document: Document, *, version: str, by: Actor) -> Tenant:
        """Change name, email domains, colour and status, based on `version`; everything else stays.

        Raises NotFound, DocumentInvalid, InvalidInput and ChangedMeanwhile.
        """
        tenant = self._tenant(slug)
        (wanted,) = self.reader.spec({"tenants": [{**document, "slug": slug}]}).tenants
        if tenant.slug == STAFF and wanted.status is not Status.ACTIVE:
            raise InvalidInput("status", Text("must be active: no one could sign in to enable it again"))
        described = replace(
            wanted, existing=Existing.DESCRIBE, policy=None, connections=(), accounts=(), version=version
        )
        self._apply(described, by=by)
        return self._tenant(slug)

    def save_connection(self, slug: str, name: str, changes: Changes, *, version: str, by: Actor) -> Connection:
        """`version` is the version that the changes are based on; empty for a new connection.

        Raises NotFound, DocumentInvalid, InvalidInput, and ChangedMeanwhile if the version is no longer current.
        """
        tenant, spec = self._connection_spec(slug, name, changes)
        if version:
            self._require_secret_again(tenant, spec)
        only_this = TenantSpec(
            path="tenants[0]",
            slug=slug,
            name=tenant.name,
            connections=(replace(spec, version=version),),
            existing=Existing.LEAVE,
        )
        self._apply(only_this, by=by)
        with self.database.read() as work:
            return connection_named(work, slug, name)[1]

    def _connection_spec(self, slug: str, name: str, changes: Changes) -> tuple[Tenant, ConnectionSpec]:
        with self.database.read() as work:
            tenant = tenant_named(work, slug)
            stored = _named(work, tenant, name)
        document = with_changes(connection_document(stored) if stored else {"name": name}, changes)
        (only_tenant,) = self.reader.spec({"tenants": [{"slug": slug, "connections": [document]}]}).tenants
        (spec,) = only_tenant.connections
        return tenant, spec

    def _require_secret_again(self, tenant: Tenant, spec: ConnectionSpec) -> None:
        """A stored secret must not be sent to a host that it was not given for, where someone could read it."""
        with self.database.read() as work:
            stored = _named(work, tenant, spec.name)
        if stored is None or secret_hosts(spec.provider) <= secret_hosts(stored.provider):
            return
        for key in SENT_SECRETS:
            if getattr(stored, key) is not None and getattr(spec, key) is None:
                raise InvalidInput(
                    f"{spec.path}.{key}", Text("must be entered again because it would be sent to a different host")
                )

    def _tenant(self, slug: str) -> Tenant:
        with self.database.read() as work:
            return tenant_named(work, slug)

    def _apply(self, spec: TenantSpec, *, by: Actor) -> None:
        self.applier.apply(Spec(tenants=(spec,)), by=by)


def access_details(connection: Connection) -> Iterator[Finding]:
    """What the customer has not sent yet; empty if it is complete."""
    auth = connection.provider.client_auth
    if not connection.provider.client_id:
        text, advice = "client_id is missing", "Tenant admin: send the client ID."
        yield Finding("credentials", Level.WRONG, text, advice, "client_id_missing")
    elif auth in SECRET_AUTH and connection.client_secret is None:
        text = f"client_secret is missing but required by {auth}"
        advice = "Tenant admin: send the client secret over a secure channel."
        yield Finding("credentials", Level.WRONG, text, advice, "client_secret_missing")


def connection_document(connection: Connection) -> dict[str, object]:
    """A connection in the form of an `apply` file, without its secrets, which stay where they are."""
    document: dict[str, object] = {"name": connection.name, "status": connection.status}
    if connection.client_secret_expires:
        document["client_secret_expires"] = connection.client_secret_expires
    for field in fields(Provider):
        value = getattr(connection.provider, field.name)
        if isinstance(value, tuple):
            value = list(value)
        if value is not None:
            document[field.name] = value
    return document


def with_changes(document: Mapping[str, object], changes: Changes) -> dict[str, object]:
    """A key that becomes None is left out: it has its default, or its preset's."""
    return {key: value for key, value in {**document, **changes}.items() if value is not None}


def _named(work: Work, tenant: Tenant, name: str) -> Connection | None:
    found = {connection.name: connection for connection in work.connections.of_tenant(tenant.id)}
    return found.get(name)
