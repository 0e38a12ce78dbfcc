"""`/support/tenants/new` and `/support/tenants/<slug>/edit`: what a tenant is called, and who looks after it first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import Role
from app.domain.errors import InvalidInput, SsoError
from app.domain.passwords.password_link import LinkKind
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import ACCENTS, Status, Tenant
from app.services.apply.reading import DocumentInvalid
from app.services.connections.set_up import SetUpService
from app.services.passwords.password_links import PasswordLinkService
from app.services.staff.tenant_directory import TenantDirectory
from app.web.browser import client_ip
from app.web.console import Console
from app.web.console_pages import ConsolePages
from app.web.i18n import gettext
from app.web.pages import go
from app.web.sso_only.switch_words import policy_name
from app.web.support.nav import support_nav, tenant_nav, tenant_url
from app.web.support.problems import about, by_field

NEW = "new"
"""The address of the form, which therefore none can be called."""
START_POLICIES = (LoginPolicy.PASSWORD, LoginPolicy.SSO_OPTIONAL)
"""`sso_only` comes by the switch, once somebody has proven that it works."""
ADMIN = "admin_"


@dataclass(frozen=True, slots=True)
class TenantFormViews:
    """For operators."""

    password_links: PasswordLinkService
    tenant_directory: TenantDirectory
    set_up: SetUpService
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_tenant_form", self.console, roles=[Role.OPERATOR])
        pages.form("/support/tenants/new", self.new, self.create)
        pages.form("/support/tenants/<slug>/edit", self.edit, self.change)
        return pages

    def new(self) -> Response:
        return self._page(None, {"accent": "indigo"})

    def create(self) -> Response:
        entered = _entered()
        try:
            tenant, invited = self._created(entered)
        except DocumentInvalid as invalid:
            return self._page(None, entered, problems=invalid.problems)
        except InvalidInput as invalid:
            return self._page(None, entered, problems=[invalid])
        return go(f"{tenant_url(tenant.slug)}?created={'all' if invited else 'without_mail'}")

    def edit(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        return self._page(tenant, _present(tenant))

    def change(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        entered = _entered()
        document = {**_document(entered), "status": entered.get("status", tenant.status)}
        try:
            self.set_up.change_tenant(
                slug, document, version=entered.get("version", "-"), actor=self.console.actor(), client_ip=client_ip()
            )
        except DocumentInvalid as invalid:
            return self._page(tenant, entered, problems=invalid.problems)
        except InvalidInput as invalid:
            return self._page(tenant, entered, problems=[invalid])
        return go(tenant_url(slug))

    def _created(self, entered: Mapping[str, str]) -> tuple[Tenant, bool]:
        """And whether nothing is left to be done for its first admin."""
        slug, admin = entered.get("slug", ""), _admin(entered)
        if slug == NEW:
            raise InvalidInput("slug", "cannot be “new”")
        invite = entered.get("invite") == "yes"
        if admin and invite and not admin.get("email"):
            raise InvalidInput(f"{ADMIN}email", "is required to send an invitation")
        policy = entered.get("policy", "")
        document = {
            **_document(entered),
            "slug": slug,
            "policy": policy if policy in START_POLICIES else LoginPolicy.PASSWORD.value,
            "accounts": [admin] if admin else [],
        }
        tenant = self.set_up.create_tenant(document, actor=self.console.actor(), client_ip=client_ip())
        return tenant, not (admin and invite) or self._invited(tenant, str(admin["username"]))

    def _invited(self, tenant: Tenant, username: str) -> bool:
        """The tenant stays made where no mail can go to this address."""
        account = self.tenant_directory.account(tenant, username)
        links = self.password_links
        try:
            links.send(
                tenant.id,
                account.id,
                LinkKind.INVITATION,
                actor=self.console.actor(),
                client_ip=client_ip(),
                reason="first admin of a new tenant",
            )
        except (InvalidInput, SsoError):
            return False
        return True

    def _page(
        self, tenant: Tenant | None, entered: Mapping[str, str], *, problems: Sequence[InvalidInput] = ()
    ) -> Response:
        named = [_of_admin(problem) for problem in problems]
        errors = by_field(named)
        return self.console.page(
            "support/tenant_form.html",
            support_nav(self.console, "/support/"),
            status=400 if problems else 200,
            customer=tenant,
            tabs=tenant_nav(tenant) if tenant else (),
            entered=entered,
            errors=errors,
            elsewhere=[about(one) for one in named if not by_field([one]).keys() & SHOWN],
            accents=ACCENTS,
            policies=[(policy, policy_name(policy)) for policy in START_POLICIES],
            back=tenant_url(tenant.slug) if tenant else "/support/",
            disabled_label=gettext("Disabled: no one can sign in, and all sessions end"),
        )


SHOWN = frozenset({"slug", "name", "email_domains", "accent", "status", "admin_username", "admin_name", "admin_email"})


def _entered() -> dict[str, str]:
    """What stood in the form, without what is not of it."""
    return {
        name: request.form.get(name, "").strip()
        for name in (*SHOWN, "policy", "invite", "version")
        if name in request.form
    }


def _document(entered: Mapping[str, str]) -> dict[str, object]:
    """As an `apply` file says it."""
    return {
        "name": entered.get("name", ""),
        "email_domains": entered.get("email_domains", "").replace(",", " ").split(),
        "accent": entered.get("accent", "indigo"),
    }


def _present(tenant: Tenant) -> dict[str, str]:
    return {
        "slug": tenant.slug,
        "name": tenant.name,
        "email_domains": " ".join(tenant.email_domains),
        "accent": tenant.accent,
        "status": Status(tenant.status).value,
        "version": tenant.version,
    }


def _admin(entered: Mapping[str, str]) -> dict[str, object] | None:
    """None where nobody is named."""
    given = {name: entered.get(ADMIN + name, "") for name in ("username", "name", "email")}
    if not any(given.values()):
        return None
    found: dict[str, object] = {
        "username": given["username"],
        "name": given["name"],
        "roles": [Role.TENANT_ADMIN.value],
    }
    return {**found, "email": given["email"]} if given["email"] else found


def _of_admin(problem: InvalidInput) -> InvalidInput:
    """The fields of the first admin have names of their own."""
    above = "tenants[0].accounts[0]."
    if problem.path.startswith(above):
        return InvalidInput(ADMIN + problem.path.removeprefix(above), problem.problem)
    return problem
