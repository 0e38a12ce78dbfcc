"""A tenant's logo. The tenant's row, which every page reads, holds its version; the image is read only to be sent."""

from dataclasses import dataclass, replace

from app.domain.audit.audit import Actor
from app.domain.errors import ChangedMeanwhile, NotFound
from app.domain.tenants.logo import Logo
from app.ports.repositories import Database
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.tenants.named import locked_tenant, tenant_named


@dataclass(frozen=True, slots=True)
class LogoService:
    """Changes are one transaction with one audit entry each."""

    database: Database
    clock: Clock
    audit: AuditService

    def image(self, slug: str, version: str) -> Logo:
        """Raises NotFound if this is not, or no longer, the tenant's logo."""
        with self.database.read() as work:
            tenant = tenant_named(work, slug)
            logo = work.logos.of_tenant(tenant.id) if version and version == tenant.logo else None
        if logo is None:
            raise NotFound("logo", version)
        return logo

    def change(self, slug: str, logo: Logo | None, *, seen: str, by: Actor) -> None:
        """None removes it. `seen` is the version that the form's page showed.

        A form that is sent twice changes nothing the second time. Raises NotFound and ChangedMeanwhile.
        """
        wanted = logo.version if logo else ""
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            if tenant.logo == wanted:
                return
            if tenant.logo != seen:
                raise ChangedMeanwhile("logo", slug)
            if logo:
                work.logos.save(tenant.id, logo)
            else:
                work.logos.remove(tenant.id)
            work.tenants.save(replace(tenant, logo=wanted))
            entry = by.did(
                "tenant.changed",
                tenant.slug,
                tenant_id=tenant.id,
                at=self.clock.now(),
                before={"logo": tenant.logo},
                after={"logo": wanted},
            )
            self.audit.record(work, entry)
