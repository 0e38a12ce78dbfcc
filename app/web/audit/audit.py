"""The audit log: of a tenant, in both consoles, and of the whole bridge at `/support/audit`."""

from dataclasses import dataclass

from flask import Blueprint, Response

from app.domain.accounts.account import Role
from app.domain.audit.audit import chain_of
from app.domain.tenants.tenant import Tenant
from app.services.audit.audit import AuditService
from app.web.audit.audit_page import FILTERS, audit_as_csv, audit_as_json_lines, audit_page
from app.web.consoles.activity_tabs import ACTIVITY, CHANGES, activity_tabs, activity_url
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.pages import go

HERE = "/support/audit"
KEPT = [*FILTERS, "before"]


@dataclass(frozen=True, slots=True)
class TenantAuditViews:
    """A tenant's own entries, for all staff and for its admins."""

    audit: AuditService
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("changes", self.place)
        pages.page("/activity/changes", self.show, keep=KEPT)
        pages.page("/activity/changes.csv", self.as_csv, keep=FILTERS)
        pages.page("/activity/changes.jsonl", self.as_json_lines, keep=FILTERS)
        pages.page("/activity.jsonl", self.moved)
        return pages

    def show(self, tenant: Tenant) -> Response:
        here = activity_url(self.place, tenant, CHANGES)
        return self.place.page(
            "activity_changes.html",
            tenant,
            ACTIVITY,
            subtabs=activity_tabs(self.place, tenant, CHANGES),
            audit=audit_page(self.audit, chain_of(tenant.id), url=here, slug=tenant.slug),
        )

    def as_csv(self, tenant: Tenant) -> Response:
        return audit_as_csv(self.audit, chain_of(tenant.id), slug=tenant.slug)

    def as_json_lines(self, tenant: Tenant) -> Response:
        return audit_as_json_lines(self.audit, chain_of(tenant.id), slug=tenant.slug)

    def moved(self, tenant: Tenant) -> Response:
        """The address that programs knew before logins had an export too."""
        return go(activity_url(self.place, tenant, "changes.jsonl"))


@dataclass(frozen=True, slots=True)
class BridgeAuditViews:
    """Entries about the whole bridge, for operators."""

    audit: AuditService
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_audit", self.console, roles=[Role.OPERATOR])
        pages.page(HERE, self.show, keep=KEPT)
        pages.page(f"{HERE}.csv", self.as_csv, keep=FILTERS)
        pages.page(f"{HERE}.jsonl", self.as_json_lines, keep=FILTERS)
        return pages

    def show(self) -> Response:
        return self.console.page(
            "support/audit.html",
            support_nav(self.console, HERE),
            audit=audit_page(self.audit, chain_of(None), url=HERE),
        )

    def as_csv(self) -> Response:
        return audit_as_csv(self.audit, chain_of(None), slug=None)

    def as_json_lines(self) -> Response:
        return audit_as_json_lines(self.audit, chain_of(None), slug=None)
