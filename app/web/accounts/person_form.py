"""`/people/new` and `/people/<id>/edit` of a tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, request
from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField

from app.domain.accounts.account import TENANT_ROLES, Account, AccountId, Role
from app.domain.accounts.account_draft import EXTERNAL_ID_MOST, NAME_MOST, USERNAME_MOST, AccountDraft, FieldProblem
from app.domain.accounts.account_draft import DraftProblem as Is
from app.domain.errors import InvalidInput, NotFound, SsoError
from app.domain.passwords.password_link import LinkKind
from app.domain.tenants.tenant import STAFF, Tenant
from app.services.accounts.account_changes import AccountChanges, AccountRefused, DraftsRefused, Edit, Obstacle
from app.services.accounts.people import PeopleService
from app.services.accounts.person import PersonService
from app.services.passwords.password_links import PasswordLinkService
from app.web.accounts.act_words import obstacle_words
from app.web.consoles.console_form import ConsoleForm, one_line
from app.web.consoles.people_urls import TAB, new_person_url, person_url
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext
from app.web.pages import go, role_name

REFERENCE_MOST = 100


class PersonForm(ConsoleForm):
    """What may be set of an account; no role but those of a tenant is read."""

    username = StringField(filters=[one_line])
    name = StringField(filters=[one_line])
    email = StringField(filters=[one_line])
    external_id = StringField(filters=[one_line])
    roles = SelectMultipleField(choices={role.value: role.value for role in TENANT_ROLES}, validate_choice=False)
    version = HiddenField()
    invite = BooleanField()
    without_admin = BooleanField()

    @classmethod
    def of(cls, draft: AccountDraft, *, version: str = "", invite: bool = False) -> "PersonForm":
        return cls(
            data={
                "username": draft.username,
                "name": draft.name,
                "email": draft.email or "",
                "external_id": draft.external_id or "",
                "roles": [role.value for role in draft.roles],
                "version": version,
                "invite": invite,
            }
        )

    def draft(self) -> AccountDraft:
        return AccountDraft(
            username=self.username.data or "",
            name=self.name.data or "",
            email=self.email.data or None,
            roles=tuple(role for role in TENANT_ROLES if role.value in (self.roles.data or ())),
            external_id=self.external_id.data or None,
        )

    def refuse_draft(self, problems: Sequence[FieldProblem]) -> None:
        for found in problems:
            self.refuse_field(found.field, problem_words(found))


@dataclass(frozen=True, slots=True)
class PersonFormViews:
    """For the tenant's admins, and of staff for operators: see `may_change` in consoles/people_urls.py."""

    people: PeopleService
    person: PersonService
    account_changes: AccountChanges
    password_links: PasswordLinkService
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("person_form", self.place, staff_roles=[Role.OPERATOR])
        pages.form("/people/new", self.new, self.create, keep=["reference"])
        pages.form("/people/<account_id>/edit", self.edit, self.change)
        return pages

    def new(self, tenant: Tenant) -> Response:
        self._require_customer(tenant)
        reference = request.args.get("reference", "")[:REFERENCE_MOST]
        draft = self.people.draft_for(tenant.slug, reference) if reference else AccountDraft("")
        return self._page(tenant, None, PersonForm.of(draft, invite=True), reference=reference)

    def create(self, tenant: Tenant) -> Response:
        self._require_customer(tenant)
        form = PersonForm(request.form)
        try:
            account = self.account_changes.create(tenant.slug, form.draft(), by=self.place.console.actor())
        except DraftsRefused as refused:
            form.refuse_draft(refused.problems[0])
            return self._page(tenant, None, form, status=400)
        done = "created"
        if form.invite.data and account.email:
            done = "invited" if self._invited(tenant, account) else "not_invited"
        return go(f"{person_url(self.place, tenant, account)}?done={done}")

    def edit(self, tenant: Tenant, account_id: str) -> Response:
        self._require_customer(tenant)
        account = self.person.one(tenant.slug, AccountId(account_id)).glance.account
        return self._page(tenant, account, PersonForm.of(AccountDraft.of(account), version=account.version))

    def change(self, tenant: Tenant, account_id: str) -> Response:
        self._require_customer(tenant)
        account = self.person.one(tenant.slug, AccountId(account_id)).glance.account
        form = PersonForm(request.form)
        try:
            self.account_changes.change(
                tenant.slug,
                account.id,
                Edit(form.draft(), form.version.data or "", without_admin=bool(form.without_admin.data)),
                by=self.place.console.actor(),
                acting=self.place.console.user().signed_in.account.id,
            )
        except DraftsRefused as refused:
            form.refuse_draft(refused.problems[0])
            return self._page(tenant, account, form, status=400)
        except AccountRefused as refused:
            form.refuse_field("roles", obstacle_words(refused.why))
            return self._page(tenant, account, form, status=409, last=refused.why is Obstacle.LAST_ADMIN)
        return go(f"{person_url(self.place, tenant, account)}?done=changed")

    def _invited(self, tenant: Tenant, account: Account) -> bool:
        """The account is there even if no mail can be sent to this address."""
        try:
            self.password_links.send(tenant.id, account.id, LinkKind.INVITATION, by=self.place.console.actor())
        except (InvalidInput, SsoError):
            return False
        return True

    def _require_customer(self, tenant: Tenant) -> None:
        if tenant.slug == STAFF:  # /support/staff
            raise NotFound("page", request.path)

    def _page(
        self,
        tenant: Tenant,
        account: Account | None,
        form: PersonForm,
        *,
        reference: str = "",
        status: int = 200,
        last: bool = False,
    ) -> Response:
        here = person_url(self.place, tenant, account) if account else self.place.url(tenant, TAB)
        return self.place.page(
            "person_form.html",
            tenant,
            TAB,
            status=status,
            account=account,
            form=form,
            wrong=status != HTTPStatus.OK,
            last=last,
            reference=reference,
            people_url=self.place.url(tenant, TAB),
            back=here,
            action=f"{here}/edit" if account else new_person_url(self.place, tenant),
            roles=[_role(role, form) for role in TENANT_ROLES],
        )


def problem_words(found: FieldProblem) -> str:
    """What is wrong with a field, and what would be right."""
    most = {"username": USERNAME_MOST, "name": NAME_MOST, "external_id": EXTERNAL_ID_MOST}.get(found.field, 0)
    required = gettext("Select at least one role.") if found.field == "roles" else gettext("Required.")
    return {
        Is.REQUIRED: required,
        Is.TOO_LONG: gettext("Use at most %(most)s characters.", most=str(most)),
        Is.NOT_ONE_LINE: gettext("Use one line without control characters."),
        Is.NOT_AN_EMAIL: gettext("Enter a single plain address, like bob@acme.example."),
        Is.ROLE_NOT_ALLOWED: gettext("This role does not exist here."),
        Is.TAKEN: gettext("Another account already has this username. Capital letters make no difference."),
        Is.REPEATED: gettext("This username appears more than once."),
    }[found.problem]


def _role(role: Role, form: PersonForm) -> dict[str, object]:
    explained = {
        Role.AGENT: gettext("signs in to the apps"),
        Role.SUPERVISOR: gettext("signs in to the apps; what more they may do there, the apps decide"),
        Role.TENANT_ADMIN: gettext("can also manage people and single sign-on here"),
    }
    chosen = role.value in (form.roles.data or ())
    return {"value": role.value, "name": role_name(role), "explained": explained[role], "chosen": chosen}
