"""`/support/tenants/<slug>/audit` and `/support/audit`: the audit log."""

from dataclasses import dataclass

from flask import Blueprint, Response

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.audit.audit import chain_of
from app.services.audit.audit import AuditService
from app.services.staff.tenant_directory import TenantDirectory
from app.web.audit.audit_page import audit_export, audit_page
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.support.nav import support_nav, tenant_nav, tenant_url

HERE = "/support/audit"


@dataclass(frozen=True, slots=True)
class TenantAuditViews:
    """One tenant's entries, for all staff."""

    tenant_directory: TenantDirectory
    audit: AuditService
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_tenant_audit", self.console, roles=STAFF_ROLES)
        pages.page("/support/tenants/<slug>/audit", self.show, keep=["action", "before"])
        pages.page("/support/tenants/<slug>/audit.jsonl", self.export)
        return pages

    def show(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        return self.console.page(
            "support/audit.html",
            support_nav(self.console, "/support/"),
            customer=tenant,
            tabs=tenant_nav(tenant, "audit"),
            audit=audit_page(self.audit, chain_of(tenant.id), url=tenant_url(slug, "audit")),
        )

    def export(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        return audit_export(self.audit, chain_of(tenant.id), slug=slug)


@dataclass(frozen=True, slots=True)
class BridgeAuditViews:
    """Entries about the whole bridge, for operators."""

    audit: AuditService
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_audit", self.console, roles=[Role.OPERATOR])
        pages.page(HERE, self.show, keep=["action", "before"])
        pages.page(f"{HERE}.jsonl", self.export)
        return pages

    def show(self) -> Response:
        return self.console.page(
            "support/audit.html",
            support_nav(self.console, HERE),
            customer=None,
            audit=audit_page(self.audit, chain_of(None), url=HERE),
        )

    def export(self) -> Response:
        return audit_export(self.audit, chain_of(None), slug=None)
