"""`/support/staff`: the vendor's own people, for operators, with a confirmation."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, request
from wtforms import HiddenField, SelectMultipleField, StringField, ValidationError

from app.domain.accounts.account import STAFF_ROLES, AccountId, Role
from app.domain.errors import InvalidInput
from app.domain.passwords.password_link import LinkKind
from app.domain.tenants.tenant import STAFF, Status
from app.ports.system import Clock
from app.services.passwords.password_links import PasswordLinkService
from app.services.staff.staff import Member, MemberInvalid, StaffRefused, StaffService
from app.web.browser import client_ip
from app.web.consoles.console import Console, NavItem
from app.web.consoles.console_form import ConsoleForm, stripped
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav, tenant_url
from app.web.consoles.problems import sentence
from app.web.consoles.sorting import Sorting
from app.web.i18n import ago, gettext
from app.web.pages import go, role_name

HERE = "/support/staff"
DONE = ("added", "roles", "enabled", "disabled", "invited")
"""The values of the `done` parameter."""
_SORTED_BY: dict[str, Callable[[Member], str | float | bool]] = {
    "name": lambda member: (member.account.name or member.account.username).casefold(),
    "second_factor": lambda member: member.second_factor,
    "last_login": lambda member: member.account.last_login_at or 0,
}

ROLES = SelectMultipleField(choices={role.value: role.value for role in STAFF_ROLES}, validate_choice=False)


class RolesForm(ConsoleForm):
    """What somebody may do from now on, in place of what the page showed; no role but those of staff is read."""

    roles = ROLES
    instead_of = HiddenField()

    @property
    def chosen(self) -> list[Role]:
        return [role for role in STAFF_ROLES if role.value in (self.roles.data or ())]


class MemberForm(ConsoleForm):
    """A new member of staff."""

    username = StringField(filters=[stripped])
    email = StringField(filters=[stripped])
    name = StringField(filters=[stripped])
    roles = ROLES

    def validate_email(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(gettext("Required: the invitation is sent to this address."))


@dataclass(frozen=True, slots=True)
class StaffViews:
    """Roles are changed here; second factors and sessions on the pages of the tenant `staff`."""

    password_links: PasswordLinkService
    staff: StaffService
    clock: Clock
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_staff", self.console, roles=[Role.OPERATOR])
        pages.page(HERE, self.members)
        pages.form(f"{HERE}/new", self.new, self.add)
        pages.form(f"{HERE}/<account_id>", self.member, self.change)
        return pages

    def members(self) -> Response:
        now = self.clock.now()
        sorting = Sorting.read(HERE, request.args, list(_SORTED_BY))
        rows = [
            _row(member, now=now, you=self._is_you(member)) for member in sorting.sort(self.staff.all(), _SORTED_BY)
        ]
        return self.console.page("support/staff.html", self._nav(), rows=rows, sorting=sorting, links=tenant_url(STAFF))

    def new(self) -> Response:
        return self._new_page(MemberForm())

    def add(self) -> Response:
        form = MemberForm(request.form)
        if not form.validate():
            return self._new_page(form, status=400)
        try:
            account = self.staff.add(form.data, by=self.console.user().signed_in, client_ip=client_ip())
        except MemberInvalid as invalid:
            for key, problem in invalid.problems.items():
                form.refuse_field(key, sentence(problem))
            return self._new_page(form, status=400)
        except StaffRefused as refused:
            return self._new_page(form, status=400, problem=gettext(refused.sentence, **refused.values))
        try:
            self._invite(account.id)
        except InvalidInput as no:
            return self._member_page(account.id, problem=sentence(no.problem))
        return go(f"{HERE}/{account.id}?done=added")

    def member(self, account_id: str) -> Response:
        return self._member_page(account_id)

    def change(self, account_id: str) -> Response:
        """The button that was pressed decides; none, or an unknown one, does nothing."""
        acts: dict[str, Callable[[AccountId], object]] = {
            "roles": self._give_roles,
            "disable": lambda one: self._switch(one, Status.DISABLED),
            "enable": lambda one: self._switch(one, Status.ACTIVE),
            "invite": self._invite,
        }
        done = {"roles": "roles", "disable": "disabled", "enable": "enabled", "invite": "invited"}
        act = request.form.get("action", "")
        if act not in acts:
            return self._member_page(account_id)
        try:
            acts[act](AccountId(account_id))
        except StaffRefused as refused:
            return self._member_page(account_id, problem=gettext(refused.sentence, **refused.values))
        except InvalidInput as no:
            return self._member_page(account_id, problem=sentence(no.problem))
        return go(f"{HERE}/{account_id}?done={done[act]}")

    def _give_roles(self, account_id: AccountId) -> object:
        form = RolesForm(request.form)
        return self.staff.give_roles(
            account_id,
            form.chosen,
            by=self.console.user().signed_in,
            client_ip=client_ip(),
            instead_of=(form.instead_of.data or "").split(),
        )

    def _switch(self, account_id: AccountId, status: Status) -> object:
        return self.staff.switch(account_id, status, by=self.console.user().signed_in, client_ip=client_ip())

    def _invite(self, account_id: AccountId) -> None:
        self.password_links.send(
            self.console.user().signed_in.tenant.id,
            account_id,
            LinkKind.INVITATION,
            by=self.console.actor("asked in the console"),
        )

    def _new_page(self, form: MemberForm, *, status: int = 200, problem: str | None = None) -> Response:
        return self.console.page(
            "support/staff_new.html",
            self._nav(),
            status=status,
            form=form,
            wrong=status != HTTPStatus.OK,
            problem=problem,
            roles=_roles(form.roles.data or [Role.SUPPORT.value]),
        )

    def _member_page(self, account_id: str, *, problem: str | None = None) -> Response:
        member = self.staff.one(AccountId(account_id))
        return self.console.page(
            "support/staff_member.html",
            self._nav(),
            status=409 if problem else 200,
            row=_row(member, now=self.clock.now(), you=self._is_you(member)),
            account=member.account,
            roles=_roles([role.value for role in member.account.roles]),
            instead_of=" ".join(member.account.roles),
            problem=problem,
            done=request.args.get("done") if request.args.get("done") in DONE else None,
        )

    def _is_you(self, member: Member) -> bool:
        return member.account.id == self.console.user().signed_in.account.id

    def _nav(self) -> list[NavItem]:
        return support_nav(self.console, HERE)


def _row(member: Member, *, now: float, you: bool) -> dict[str, object]:
    account = member.account
    return {
        "url": f"{HERE}/{account.id}",
        "name": account.name or account.username,
        "username": account.username,
        "email": account.email,
        "roles": [role_name(role) for role in account.roles],
        "active": account.status is Status.ACTIVE,
        "last_login": ago(account.last_login_at, now=now),
        "second_factor": member.second_factor,
        "you": you,
    }


def _roles(chosen: list[str]) -> list[dict[str, object]]:
    explained = {
        Role.SUPPORT: gettext("can switch sign-in policies, look up references and end sessions"),
        Role.OPERATOR: gettext("can also manage staff, tenants, connections and security"),
    }
    return [
        {"value": role.value, "name": role_name(role), "explained": explained[role], "chosen": role.value in chosen}
        for role in STAFF_ROLES
    ]
