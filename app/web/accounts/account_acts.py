"""`/support/tenants/<slug>/accounts/<id>/<act>`: what support does for somebody, or to them."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Account, AccountId
from app.domain.errors import NotFound
from app.domain.passwords.password_link import LinkKind
from app.domain.tenants.login_policy import Method, refusal
from app.domain.tenants.tenant import STAFF, Status, Tenant
from app.services.accounts.account_admin import AccountAdmin, Actor
from app.services.passwords.password_links import PasswordLinkService
from app.services.passwords.second_factors import SecondFactorService
from app.web.accounts.accounts import account_url
from app.web.console import Console
from app.web.console_pages import ConsolePages
from app.web.i18n import gettext
from app.web.support.acts import Act, ActPages

Wording = Callable[[Tenant, Account], Act]
Deed = Callable[["AccountActViews", Tenant, Account, Actor], object]


@dataclass(frozen=True, slots=True)
class AccountActViews:
    """Each is a page that says what will happen, and its form."""

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
        gettext("This person cannot sign in any more, neither by SSO nor with a password, from this moment on."),
        gettext("Their sessions end, and stay ended when the account is enabled again."),
        gettext("Nothing is deleted."),
    ]
    title, button = gettext("Disable this account"), gettext("Disable")
    return _act("disable", tenant, account, title=title, consequences=consequences, button=button)


def _enable(tenant: Tenant, account: Account) -> Act:
    consequences = [
        gettext("This person can sign in again as the tenant's policy allows it."),
        gettext("Sessions from before stay ended."),
    ]
    title, button = gettext("Enable this account"), gettext("Enable")
    return _act("enable", tenant, account, title=title, consequences=consequences, button=button, danger=False)


def _end_sessions(tenant: Tenant, account: Account) -> Act:
    consequences = [
        gettext("This person is signed out everywhere, from the next click on."),
        gettext("They can sign in again at once. To keep them out, disable the account."),
    ]
    title, button = gettext("End all sessions of this account"), gettext("End all sessions")
    return _act("sessions", tenant, account, title=title, consequences=consequences, button=button)


def _reset(tenant: Tenant, account: Account) -> Act:
    consequences = [
        gettext("A link to set a new password goes to %(email)s.", email=account.email or gettext("their email")),
        gettext("It is good for one hour, and once. Until it is used the present password stays."),
        gettext("You never see it: whoever reads that mailbox can use it."),
    ]
    title, button = gettext("Send a link to reset the password"), gettext("Send the link")
    return _act("reset", tenant, account, title=title, consequences=consequences, button=button, danger=False)


def _invite(tenant: Tenant, account: Account) -> Act:
    goes = gettext("An invitation goes to %(email)s.", email=account.email or gettext("their email"))
    if refusal(tenant.policy, Method.PASSWORD) is None:
        then = gettext("Its link sets the first password. It is good for seven days, and once.")
    else:
        then = gettext("It leads to OAuth Login and carries no password: the tenant takes none.")
    title, button = gettext("Send an invitation"), gettext("Send the invitation")
    return _act("invite", tenant, account, title=title, consequences=[goes, then], button=button, danger=False)


def _remove_factor(tenant: Tenant, account: Account) -> Act:
    consequences = [
        gettext("The app and the recovery codes of this person open nothing any more."),
        gettext("From now on the password alone lets them in, or lets them set up a new app where one is demanded."),
        gettext("Do it only where you are sure who is calling: this is what somebody would ask who has the password."),
    ]
    title, button = gettext("Remove the second factor"), gettext("Remove it")
    return _act("second-factor", tenant, account, title=title, consequences=consequences, button=button)


def _act(
    name: str,
    tenant: Tenant,
    account: Account,
    *,
    title: str,
    consequences: list[str],
    button: str,
    danger: bool = True,
) -> Act:
    back = account_url(tenant, account)
    return Act(
        title=title,
        about=account.username,
        consequences=consequences,
        button=button,
        url=f"{back}/{name}",
        back=back,
        done=name,
        tab="accounts",
        danger=danger,
    )


def _switch(views: AccountActViews, tenant: Tenant, account: Account, by: Actor, *, status: Status) -> object:
    return views.account_admin.switch(tenant.slug, account.id, status, by=by)


def _send(views: AccountActViews, tenant: Tenant, account: Account, by: Actor, *, kind: LinkKind) -> None:
    views.password_links.send(tenant.id, account.id, kind, actor=by.name, client_ip=by.client_ip, reason=by.reason)


def _remove(views: AccountActViews, tenant: Tenant, account: Account, by: Actor) -> None:
    views.second_factors.remove(tenant.id, account.id, actor=by.name, client_ip=by.client_ip, reason=by.reason)


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
"""Of staff, `/support/staff` does these: it sees to it that somebody is left."""
