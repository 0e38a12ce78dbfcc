"""Client apps and API credentials, by client id, and the scopes that the vendor's APIs offer."""

import hashlib
from dataclasses import replace

from app.domain.errors import Detail, InvalidInput
from app.domain.oauth2.client import Client, ClientId, GrantType, Scope
from app.domain.oauth2.scopes import OWN_SCOPES, STANDARD_SCOPES
from app.domain.tenants.tenant import TenantId
from app.domain.text import Text
from app.ports.repositories import Work
from app.services.apply.run import Run, shown
from app.services.apply.spec import ClientSpec

_KEYS = ("name", "redirect_uris", "grants", "scopes", "trusted", "status")


def apply_scope(run: Run, scope: Scope) -> None:
    before = {known.name: known for known in run.work.clients.scopes()}.get(scope.name)
    was = {"description": before.description} if before else None
    if run.made("scope", scope.name, tenant_id=None, before=was, after={"description": scope.description}):
        run.work.clients.save_scope(scope)


def apply_client(run: Run, spec: ClientSpec) -> None:
    """Raises InvalidInput if its tenant or a scope does not exist."""
    tenant_id = _tenant(run.work, spec)
    _require_scopes(run.work, spec)
    before = run.work.clients.get(spec.client_id)
    client = before or Client(client_id=ClientId(spec.client_id), name=spec.name)
    after = replace(
        client,
        **{key: getattr(spec, key) for key in _KEYS},
        secret_hash=client.secret_hash if spec.client_secret is None else _hash(spec.client_secret),
        tenant_id=tenant_id,
    )
    if GrantType.CLIENT_CREDENTIALS in after.grants and after.secret_hash is None:
        raise InvalidInput(f"{spec.path}.client_secret", Text("is required for the grant client_credentials"))
    was, becomes = _shown(run.work, before) if before else None, _shown(run.work, after, before)
    if run.made("client", spec.client_id, tenant_id=tenant_id, before=was, after=becomes):
        run.work.clients.save(after)


def _tenant(work: Work, spec: ClientSpec) -> TenantId | None:
    if spec.tenant is None:
        return None
    tenant = work.tenants.by_slug(spec.tenant)
    if tenant is None:
        raise InvalidInput(f"{spec.path}.tenant", Text("tenant %(tenant)s does not exist", tenant=str(spec.tenant)))
    return tenant.id


def _require_scopes(work: Work, spec: ClientSpec) -> None:
    known = STANDARD_SCOPES | OWN_SCOPES | {scope.name for scope in work.clients.scopes()}
    for place, name in enumerate(spec.scopes):
        if name not in known:
            raise InvalidInput(
                f"{spec.path}.scopes[{place}]",
                Text("scope %(name)s does not exist: add it under [[scopes]]", name=str(name)),
            )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _shown(work: Work, client: Client, before: Client | None = None) -> dict[str, Detail]:
    """The secret only as present, absent or changed since `before`; the tenant by its slug."""
    tenant = work.tenants.get(client.tenant_id) if client.tenant_id else None
    changed = before is not None and client.secret_hash != before.secret_hash
    secret = "changed" if changed else "set" if client.secret_hash else None
    fields = {key: getattr(client, key) for key in _KEYS}
    return shown({"client_secret": secret} | fields | {"tenant": tenant.slug if tenant else None})
