"""`/support/tenants/<slug>/security`: a tenant's security settings; operators change them."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.tenants.security_settings import TenantSecuritySettings, usual_demands
from app.domain.tenants.tenant import Tenant
from app.services.staff.tenant_directory import TenantDirectory
from app.services.tenants.security_settings import SecuritySettingsRefused, TenantSecurityService
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav, tenant_nav, tenant_url
from app.web.i18n import duration
from app.web.pages import go
from app.web.tenants.security_form import SecurityForm


@dataclass(frozen=True, slots=True)
class SecurityViews:
    """Read-only, for all staff."""

    tenant_directory: TenantDirectory
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_security", self.console, roles=STAFF_ROLES)
        pages.page("/support/tenants/<slug>/security", self.show)
        return pages

    def show(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        return self.console.page(
            "support/security.html",
            support_nav(self.console, "/support/"),
            customer=tenant,
            tabs=tenant_nav(tenant, "security"),
            demands=TenantSecuritySettings.of_tenant(tenant),
            usual=usual_demands(slug),
            duration=duration,
            edit_url=f"{_url(slug)}/edit" if self.console.has(Role.OPERATOR) else None,
            saved="saved" in request.args,
            unchanged="unchanged" in request.args,
        )


@dataclass(frozen=True, slots=True)
class SecurityFormViews:
    """The form, for operators, with a confirmation."""

    tenant_directory: TenantDirectory
    tenant_security: TenantSecurityService
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_security_form", self.console, roles=[Role.OPERATOR])
        pages.form("/support/tenants/<slug>/security/edit", self.edit, self.save)
        return pages

    def edit(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        return self._page(tenant, SecurityForm.of(TenantSecuritySettings.of_tenant(tenant)))

    def save(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        form = SecurityForm(request.form)
        if not form.validate():
            return self._page(tenant, form, status=400)
        try:
            before, after = self.tenant_security.change(
                slug,
                form.wanted(),
                version=form.version.data or "",
                by=self.console.actor(form.reason.data or ""),
            )
        except SecuritySettingsRefused as refused:
            form.refuse_settings(refused.problems)
            return self._page(tenant, form, status=400)
        return go(f"{_url(slug)}?{'unchanged' if before == after else 'saved'}")

    def _page(self, tenant: Tenant, form: SecurityForm, *, status: int = 200) -> Response:
        return self.console.page(
            "support/security_form.html",
            support_nav(self.console, "/support/"),
            status=status,
            customer=tenant,
            tabs=tenant_nav(tenant, "security"),
            form=form,
            back=_url(tenant.slug),
        )


def _url(slug: str) -> str:
    return tenant_url(slug, "security")
