"""Where the vendor's own apps stand: the pages of a tenant's apps, about those of no tenant."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from app.domain.tenants.tenant import Tenant
from app.services.oauth2.apps import Owner
from app.web.consoles.nav import support_nav
from app.web.consoles.tenant_console import TenantConsole

APPS = "apps"
_SUPPORT = "/support"


@dataclass(frozen=True, slots=True)
class VendorConsole(TenantConsole):
    """No URL names a tenant. What the views get is the staff's own, whose sessions are let in here."""

    @property
    def name(self) -> str:
        return "vendor"

    def rule(self, rule: str) -> str:
        return f"{_SUPPORT}{rule}"

    def tenant(self, slug: str) -> Tenant:  # noqa: ARG002 - it is always empty
        return self.console.user().signed_in.tenant

    def url(self, tenant: Tenant, *parts: str) -> str:  # noqa: ARG002 - it is about none
        return "/".join([_SUPPORT, *parts])

    def page(
        self,
        template: str,
        tenant: Tenant,
        tab: str,
        *,
        status: int = 200,
        form_targets: Sequence[str] = (),
        **context: object,
    ) -> Response:
        return self.console.page(
            template,
            support_nav(self.console, f"{_SUPPORT}/{tab}"),
            status=status,
            form_targets=form_targets,
            customer=tenant,
            tabs=[],
            staff=True,
            **context,
        )


def of_vendor(place: TenantConsole) -> bool:
    return isinstance(place, VendorConsole)


def owner_of(place: TenantConsole, tenant: Tenant) -> Owner:
    return None if of_vendor(place) else tenant.id
