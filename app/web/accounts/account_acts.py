"""`/support/tenants/<slug>/accounts/<id>/<act>`: support's actions on an account."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Account, AccountId
from app.domain.audit.audit import Actor
from app.domain.errors import NotFound
from app.domain.passwords.password_link import LinkKind
from app.domain.tenants.login_policy import Method, refusal
from app.domain.tenants.tenant import STAFF, Status, Tenant
from app.services.accounts.account_admin import AccountAdmin
from app.services.passwords.password_links import PasswordLinkService
from app.services.passwords.second_factors import SecondFactorService
from app.web.accounts.accounts import account_url
from app.web.consoles.acts import Act, ActPages
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.i18n import gettext

Wording = Callable[[Tenant, Account], Act]
Deed = Callable[["AccountActViews", Tenant, Account, Actor], object]


class Words(NamedTuple):
    """The texts of an action's page."""

    title: str
    consequences: list[str]
    button: str
    danger: bool = True


@dataclass(frozen=True, slots=True)
class AccountActViews:
    """Each action has a page that says what will happen, with a form."""

    second_factors: SecondFactorService
    password_links: PasswordLinkService
    account_admin: AccountAdmin
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_account_acts", self.console, roles=STAFF_ROLES)
        pages.form("/support/tenants/<slug>/accounts/<account_id>/<act>", self.ask, self.carry_out)
        return pages

    def ask(self, slug: str, account_id: str, act: str) -> Response:
        tenant, account, wording, _ = self._found(slug, account_id, act)
        return ActPages(self.console).ask(tenant, wording(tenant, account))

    def carry_out(self, slug: str, account_id: str, act: str) -> Response:
        tenant, account, wording, deed = self._found(slug, account_id, act)
        return ActPages(self.console).carry_out(
            tenant, wording(tenant, account), lambda by: deed(self, tenant, account, by)
        )

    def _found(self, slug: str, account_id: str, act: str) -> tuple[Tenant, Account, Wording, Deed]:
        if act not in ACTS or (slug == STAFF and act in OF_STAFF_PAGE):
            raise NotFound("page", request.path)
        found = self.account_admin.one(slug, AccountId(account_id))
        return found.tenant, found.account, *ACTS[act]


def _disable(tenant: Tenant, account: Account) -> Act:
    consequences = [
        gettext("This person can no longer sign in, with SSO or with a password."),
        gettext("Their sessions end and are not restored when the account is enabled again."),
        gettext("Nothing is deleted."),
    ]
    title, button = gettext("Disable this account"), gettext("Disable")
    return _act("disable", tenant, account, Words(title, consequences, button))


def _enable(tenant: Tenant, account: Account) -> Act:
    consequences = [
        gettext("This person can sign in again, as the tenant's sign-in policy allows."),
        gettext("Previous sessions are not restored."),
    ]
    title, button = gettext("Enable this account"), gettext("Enable")
    return _act("enable", tenant, account, Words(title, consequences, button, danger=False))


def _end_sessions(tenant: Tenant, account: Account) -> Act:
    consequences = [
        gettext("This person is signed out everywhere at their next click."),
        gettext("They can sign in again right away. To keep them out, disable the account."),
    ]
    title, button = gettext("End all sessions of this account"), gettext("End all sessions")
    return _act("sessions", tenant, account, Words(title, consequences, button))


def _reset(tenant: Tenant, account: Account) -> Act:
    consequences = [
        gettext("A link to set a new password is sent to %(email)s.", email=account.email or gettext("their email")),
        gettext("The link works once, within one hour. The current password works until it is used."),
        gettext("You cannot see the link. Anyone who can read that mailbox can use it."),
    ]
    title, button = gettext("Send a password reset link"), gettext("Send link")
    return _act("reset", tenant, account, Words(title, consequences, button, danger=False))


def _invite(tenant: Tenant, account: Account) -> Act:
    goes = gettext("An invitation is sent to %(email)s.", email=account.email or gettext("their email"))
    if refusal(tenant.policy, Method.PASSWORD) is None:
        then = gettext("Its link sets the first password. It works once, within seven days.")
    else:
        then = gettext("It leads to OAuth Login. No password is set, because the tenant does not allow passwords.")
    title, button = gettext("Send an invitation"), gettext("Send invitation")
    return _act("invite", tenant, account, Words(title, [goes, then], button, danger=False))


def _remove_factor(tenant: Tenant, account: Account) -> Act:
    consequences = [
        gettext("This person's authenticator app and recovery codes stop working."),
        gettext("Their password alone signs them in or, if a second factor is required, lets them set up a new one."),
        gettext(
            "Do this only if you are sure who is asking: someone with a stolen password would ask for exactly this."
        ),
    ]
    title, button = gettext("Remove second factor"), gettext("Remove")
    return _act("second-factor", tenant, account, Words(title, consequences, button))


def _act(name: str, tenant: Tenant, account: Account, words: Words) -> Act:
    back = account_url(tenant, account)
    return Act(
        title=words.title,
        about=account.username,
        consequences=words.consequences,
        button=words.button,
        url=f"{back}/{name}",
        back=back,
        done=name,
        tab="accounts",
        danger=words.danger,
    )


def _switch(views: AccountActViews, tenant: Tenant, account: Account, by: Actor, *, status: Status) -> object:
    return views.account_admin.switch(tenant.slug, account.id, status, by=by)


def _send(views: AccountActViews, tenant: Tenant, account: Account, by: Actor, *, kind: LinkKind) -> None:
    views.password_links.send(tenant.id, account.id, kind, by=by)


def _remove(views: AccountActViews, tenant: Tenant, account: Account, by: Actor) -> None:
    views.second_factors.remove(tenant.id, account.id, by=by)


ACTS: dict[str, tuple[Wording, Deed]] = {
    "disable": (_disable, lambda *who: _switch(*who, status=Status.DISABLED)),
    "enable": (_enable, lambda *who: _switch(*who, status=Status.ACTIVE)),
    "sessions": (
        _end_sessions,
        lambda views, tenant, account, by: views.account_admin.end_of_account(tenant.slug, account.id, by=by),
    ),
    "reset": (_reset, lambda *who: _send(*who, kind=LinkKind.RESET)),
    "invite": (_invite, lambda *who: _send(*who, kind=LinkKind.INVITATION)),
    "second-factor": (_remove_factor, _remove),
}
OF_STAFF_PAGE = ("disable", "enable")
"""For staff, `/support/staff` does these, because it makes sure that an operator remains."""
