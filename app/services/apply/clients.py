"""Client apps and API credentials, by client id, and the scopes that the vendor's APIs offer."""

import hashlib
from dataclasses import replace

from app.domain.errors import Detail, InvalidInput
from app.domain.oauth2.client import Client, ClientId, GrantType, Scope
from app.domain.oauth2.scopes import OWN_SCOPES, STANDARD_SCOPES
from app.domain.tenants.tenant import Status, TenantId
from app.domain.text import Text
from app.ports.repositories import Work
from app.services.apply.run import Run, shown
from app.services.apply.spec import ClientSpec

_KEYS = (
    *("name", "redirect_uris", "grants", "scopes", "trusted", "status", "expires_iso"),
    *("signing_alg", "backchannel_logout_uri", "post_logout_redirect_uris", "jwks"),
)


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
    if before is not None and before.revoked:
        run.note("client", spec.client_id, "was revoked for good; left as it is (use another client_id)")
        return
    client = before or Client(client_id=ClientId(spec.client_id), name=spec.name, made_at=run.now)
    after = replace(client, **{key: getattr(spec, key) for key in _KEYS}, tenant_id=tenant_id)
    after = _with_secret(after, spec.client_secret, now=run.now)
    if GrantType.CLIENT_CREDENTIALS in after.grants and after.public:
        raise InvalidInput(f"{spec.path}.client_secret", Text("is required for the grant client_credentials"))
    tenant = {"tenant": spec.tenant}
    was = client_shown(before) | _slug(run.work, before) if before else None
    becomes = client_shown(after, before) | tenant
    if run.made("client", spec.client_id, tenant_id=tenant_id, before=was, after=becomes):
        run.work.clients.save(after)
        if before and after.status is not Status.ACTIVE:
            run.work.authorizations.end_of_client(after.client_id, at=run.now)


def client_shown(client: Client, before: Client | None = None) -> dict[str, Detail]:
    """For the plan and the audit. The secret only as present, absent or changed since `before`."""
    changed = before is not None and client.secret_hash != before.secret_hash
    secret = "changed" if changed else "set" if client.secret_hash else None
    return shown({"client_secret": secret} | {key: getattr(client, key) for key in _KEYS})


def _with_secret(client: Client, secret: str | None, *, now: float) -> Client:
    """A secret left out stays as it is, and so does one that is already the second of two."""
    if secret is None or _hash(secret) in (client.secret_hash, client.next_secret_hash):
        return client
    return replace(client, secret_hash=_hash(secret), secret_made_at=now)


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


def _slug(work: Work, client: Client) -> dict[str, Detail]:
    tenant = work.tenants.get(client.tenant_id) if client.tenant_id else None
    return {"tenant": tenant.slug if tenant else None}
