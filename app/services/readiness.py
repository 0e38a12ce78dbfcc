"""Whether a tenant can be switched to `sso_only` without locking anybody out."""

from collections.abc import Iterator

from app.domain.tenant import Status, Tenant
from app.ports.repositories import Work


def blockers(work: Work, tenant: Tenant) -> Iterator[str]:
    """What stands in the way, each with what to do about it; nothing when the switch is safe."""
    active = [connection for connection in work.connections.of_tenant(tenant.id) if connection.status is Status.ACTIVE]
    if not active:
        yield f"{tenant.slug} has no active connection. Add one with `sso-bridge apply` and sign in through it once."
    elif not any(connection.tested for connection in active):
        names = ", ".join(connection.name for connection in active)
        yield (
            f"Nobody has signed in through the present settings of {names}. "
            "Sign in once with OAuth Login while passwords still work."
        )
