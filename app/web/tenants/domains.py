"""`/domains`: the domains that a tenant proves to be its own, in both consoles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import StringField

from app.domain.errors import NotFound
from app.domain.tenants.domain_claim import DomainClaim
from app.domain.tenants.tenant import Tenant
from app.ports.system import Clock
from app.services.tenants.domains import DomainRefused, DomainService
from app.web.consoles.console_form import ConsoleForm, stripped
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import ago, moment
from app.web.pages import go
from app.web.tenants.domain_words import found, problem

HERE = "/domains"
TAB = "domains"


class DomainForm(ConsoleForm):
    """One domain."""

    domain = StringField(filters=[stripped])


@dataclass(frozen=True, slots=True)
class DomainViews:
    """For a tenant's admins, and for all staff."""

    domains: DomainService
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("domains", self.place)
        pages.page(HERE, self.show)
        pages.form(f"{HERE}/new", self.new, self.add)
        pages.button(f"{HERE}/<domain>/check", self.check, on=HERE)
        pages.form(f"{HERE}/<domain>/remove", self.ask, self.remove)
        return pages

    def show(self, tenant: Tenant) -> Response:
        claims = self.domains.of_tenant(tenant)
        shared = self.domains.listed_elsewhere(tenant) if self.place.console.staff else {}
        set_by_vendor = [{"domain": one, "shared": shared.get(one, ())} for one in tenant.email_domains]
        return self.place.page(
            "domains.html",
            tenant,
            TAB,
            claims=[self._row(tenant, claim, shared.get(claim.domain, ())) for claim in claims],
            set_by_vendor=set_by_vendor,
            any_domain=not tenant.email_domains,
            new_url=self.place.url(tenant, TAB, "new"),
        )

    def new(self, tenant: Tenant) -> Response:
        return self._form(tenant, DomainForm())

    def add(self, tenant: Tenant) -> Response:
        form = DomainForm(request.form)
        try:
            claim = self.domains.add(tenant, form.domain.data or "", by=self.place.console.actor())
        except DomainRefused as refused:
            form.refuse_field("domain", problem(refused))
            return self._form(tenant, form, status=400)
        return go(f"{self.place.url(tenant, TAB)}#{claim.domain}")

    def check(self, tenant: Tenant, domain: str) -> Response:
        claim = self.domains.check(tenant, domain, by=self.place.console.actor())
        return go(f"{self.place.url(tenant, TAB)}#{claim.domain}")

    def ask(self, tenant: Tenant, domain: str) -> Response:
        claim = self.domains.one(tenant, domain)
        return self.place.page(
            "domain_remove.html",
            tenant,
            TAB,
            domain=claim.domain,
            # Proven, and counted by nothing else.
            stops_matching=claim.proven and bool(tenant.email_domains) and claim.domain not in tenant.email_domains,
            proven=claim.proven,
            back=self.place.url(tenant, TAB),
        )

    def remove(self, tenant: Tenant, domain: str) -> Response:
        if not domain.isascii():
            raise NotFound("domain", domain)
        self.domains.remove(tenant, domain, by=self.place.console.actor())
        return go(self.place.url(tenant, TAB))

    def _form(self, tenant: Tenant, form: DomainForm, *, status: int = 200) -> Response:
        return self.place.page(
            "domain_new.html", tenant, TAB, status=status, form=form, back=self.place.url(tenant, TAB)
        )

    def _row(self, tenant: Tenant, claim: DomainClaim, shared: Sequence[str]) -> Mapping[str, object]:
        now = self.clock.now()
        url = self.place.url(tenant, TAB, claim.domain)
        return {
            "claim": claim,
            "found": found(claim),
            "added": moment(claim.added_at),
            "proven": moment(claim.proven_at) if claim.proven_at else None,
            "checked": ago(claim.checked_at, now=now),
            "failing": moment(claim.failing_since) if claim.failing_since else None,
            "shared": shared,
            "check_url": f"{url}/check",
            "remove_url": f"{url}/remove",
        }
