"""`/support/tenants/new` and `/support/tenants/<slug>/edit`: a tenant's details and its first admin."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, request
from wtforms import HiddenField, RadioField, SelectField, StringField

from app.domain.accounts.account import Role
from app.domain.errors import InvalidInput, SsoError
from app.domain.passwords.password_link import LinkKind
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status, Tenant
from app.domain.text import ENGLISH, UTC_ZONE, Text
from app.services.apply.reading import DocumentInvalid
from app.services.connections.set_up import SetUpService
from app.services.passwords.password_links import PasswordLinkService
from app.services.staff.tenant_directory import TenantDirectory
from app.web.consoles.console import Console
from app.web.consoles.console_form import ConsoleForm, stripped
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav, tenant_nav, tenant_url
from app.web.i18n import gettext
from app.web.pages import go
from app.web.readers import NAMES
from app.web.sso_only.switch_words import policy_name

NEW = "new"
"""The URL of the form for a new tenant, so no tenant can have this slug."""
START_POLICIES = (LoginPolicy.PASSWORD, LoginPolicy.SSO_OPTIONAL)
"""`sso_only` is reached by the switch, after someone has proven that it works."""
ADMIN = "admin_"


ACCENT_NAMES = {
    "indigo": Text("indigo"),
    "blue": Text("blue"),
    "teal": Text("teal"),
    "green": Text("green"),
    "amber": Text("amber"),
    "orange": Text("orange"),
    "red": Text("red"),
    "pink": Text("pink"),
    "purple": Text("purple"),
    "slate": Text("slate grey"),
}


class TenantForm(ConsoleForm):
    """What operators may change later."""

    name = StringField(filters=[stripped])
    email_domains = StringField(filters=[stripped])
    accent = RadioField(choices=ACCENT_NAMES, default="indigo", validate_choice=False)
    language = SelectField(choices=NAMES, default=ENGLISH, validate_choice=False)
    time_zone = StringField(filters=[stripped], default=UTC_ZONE)
    status = RadioField(choices={status.value: status.value for status in Status}, validate_choice=False)
    version = HiddenField()

    @classmethod
    def of(cls, tenant: Tenant) -> "TenantForm":
        keys = ("name", "accent", "language", "time_zone", "status", "version")
        domains = " ".join(tenant.email_domains)
        return cls(data={**{key: getattr(tenant, key) for key in keys}, "email_domains": domains})

    def document(self) -> dict[str, object]:
        """The keys of an `apply` file."""
        domains = (self.email_domains.data or "").replace(",", " ").split()
        return {
            "name": self.name.data,
            "email_domains": domains,
            "accent": self.accent.data,
            "language": self.language.data,
            "time_zone": self.time_zone.data or UTC_ZONE,
        }


class NewTenantForm(TenantForm):
    """Also what is set only once: the slug, the login policy, the first admin."""

    slug = StringField(filters=[stripped])
    policy = RadioField(choices={one.value: one.value for one in START_POLICIES}, default=LoginPolicy.PASSWORD.value)
    admin_username = StringField(filters=[stripped])
    admin_name = StringField(filters=[stripped])
    admin_email = StringField(filters=[stripped])
    invite = RadioField(choices={"yes": "yes", "no": "no"}, default="yes")

    def document(self) -> dict[str, object]:
        policy = self.policy.data if self.policy.data in START_POLICIES else LoginPolicy.PASSWORD.value
        admin = self.admin()
        return {**super().document(), "slug": self.slug.data, "policy": policy, "accounts": [admin] if admin else []}

    def admin(self) -> dict[str, object] | None:
        """None if nobody is named."""
        email = {"email": self.admin_email.data} if self.admin_email.data else {}
        if not (self.admin_username.data or self.admin_name.data or email):
            return None
        roles = [Role.TENANT_ADMIN.value]
        return {"username": self.admin_username.data, "name": self.admin_name.data, "roles": roles, **email}


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
        return self._page(None, NewTenantForm())

    def create(self) -> Response:
        form = NewTenantForm(request.form)
        try:
            tenant, invited = self._created(form)
        except DocumentInvalid as invalid:
            return self._refused(None, form, invalid.problems)
        except InvalidInput as invalid:
            return self._refused(None, form, [invalid])
        return go(f"{tenant_url(tenant.slug)}?created={'all' if invited else 'without_mail'}")

    def edit(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        return self._page(tenant, TenantForm.of(tenant))

    def change(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        form = TenantForm(request.form, data={"status": tenant.status})
        document = {**form.document(), "status": form.status.data}
        try:
            self.set_up.change_tenant(slug, document, version=form.version.data or "-", by=self.console.actor())
        except DocumentInvalid as invalid:
            return self._refused(tenant, form, invalid.problems)
        except InvalidInput as invalid:
            return self._refused(tenant, form, [invalid])
        return go(tenant_url(slug))

    def _created(self, form: NewTenantForm) -> tuple[Tenant, bool]:
        """Also tells whether the first admin was invited."""
        if form.slug.data == NEW:
            raise InvalidInput("slug", Text("cannot be “new”"))
        admin, invite = form.admin(), form.invite.data == "yes"
        if admin and invite and not admin.get("email"):
            raise InvalidInput(f"{ADMIN}email", Text("is required to send an invitation"))
        tenant = self.set_up.create_tenant(form.document(), by=self.console.actor())
        return tenant, not (admin and invite) or self._invited(tenant, str(admin["username"]))

    def _invited(self, tenant: Tenant, username: str) -> bool:
        """The tenant is created even if no mail can be sent to this address."""
        account = self.tenant_directory.account(tenant, username)
        links = self.password_links
        try:
            links.send(
                tenant.id,
                account.id,
                LinkKind.INVITATION,
                by=self.console.actor("first admin of a new tenant"),
            )
        except (InvalidInput, SsoError):
            return False
        return True

    def _refused(self, tenant: Tenant | None, form: TenantForm, problems: Iterable[InvalidInput]) -> Response:
        elsewhere = form.refuse(_of_admin(problem) for problem in problems)
        return self._page(tenant, form, elsewhere=elsewhere, status=400)

    def _page(
        self, tenant: Tenant | None, form: TenantForm, *, elsewhere: Sequence[str] = (), status: int = 200
    ) -> Response:
        return self.console.page(
            "support/tenant_form.html",
            support_nav(self.console, "/support/"),
            status=status,
            customer=tenant,
            tabs=tenant_nav(tenant) if tenant else (),
            form=form,
            wrong=status != HTTPStatus.OK,
            elsewhere=elsewhere,
            policies=[(policy, policy_name(policy)) for policy in START_POLICIES],
            back=tenant_url(tenant.slug) if tenant else "/support/",
            disabled_label=gettext("Disabled: no one can sign in, and all sessions end"),
        )


def _of_admin(problem: InvalidInput) -> InvalidInput:
    """The first admin's fields have names of their own."""
    above = "tenants[0].accounts[0]."
    if problem.path.startswith(above):
        return InvalidInput(ADMIN + problem.path.removeprefix(above), problem.problem)
    return problem
