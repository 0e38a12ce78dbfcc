"""`/people/<id>/<act>` of a tenant: what staff and the tenant's admins can do to an account."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import AccountId
from app.domain.audit.audit import Actor
from app.domain.errors import NotFound
from app.domain.passwords.password_link import LinkKind
from app.domain.tenants.tenant import STAFF, Status, Tenant
from app.services.accounts.account_admin import AccountAdmin
from app.services.accounts.account_changes import AccountChanges, AccountRefused
from app.services.accounts.person import Person, PersonService
from app.services.passwords.password_links import PasswordLinkService
from app.services.passwords.second_factors import SecondFactorService
from app.web.accounts.act_words import WORDS, Words, obstacle_words, unlink_words
from app.web.consoles.acts import Act, ReasonForm
from app.web.consoles.people_urls import TAB, person_url
from app.web.consoles.tenant_acts import TenantActPages
from app.web.consoles.tenant_console import TenantConsole, TenantPages

Deed = Callable[["AccountActViews", Person, Actor], object]


@dataclass(frozen=True, slots=True)
class AccountActViews:
    """Each action has a page that says what will happen, with a form."""

    second_factors: SecondFactorService
    password_links: PasswordLinkService
    account_admin: AccountAdmin
    account_changes: AccountChanges
    person: PersonService
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("account_acts", self.place)
        pages.form("/people/<account_id>/<act>", self.ask, self.carry_out)
        pages.form("/people/<account_id>/identities/<identity_id>/unlink", self.ask_unlink, self.unlink)
        return pages

    def ask(self, tenant: Tenant, account_id: str, act: str) -> Response:
        person = self._found(tenant, account_id, act)
        return TenantActPages(self.place).ask(tenant, self._act(person, act, WORDS[act](person)))

    def carry_out(self, tenant: Tenant, account_id: str, act: str) -> Response:
        person = self._found(tenant, account_id, act)
        asked = self._act(person, act, WORDS[act](person))
        return self._carried_out(tenant, asked, lambda by: DEEDS[act](self, person, by))

    def ask_unlink(self, tenant: Tenant, account_id: str, identity_id: str) -> Response:
        return TenantActPages(self.place).ask(tenant, self._unlinking(tenant, account_id, identity_id))

    def unlink(self, tenant: Tenant, account_id: str, identity_id: str) -> Response:
        person, linked = self.person.identity(tenant.slug, AccountId(account_id), identity_id)
        return self._carried_out(
            tenant,
            self._unlinking(tenant, account_id, identity_id),
            lambda by: self.account_changes.unlink(tenant.slug, person.glance.account.id, linked.identity.id, by=by),
        )

    def switch(self, person: Person, status: Status, by: Actor) -> None:
        tenant, account = person.glance.tenant, person.glance.account
        acting = self.place.console.user().signed_in.account.id
        self.account_changes.switch(tenant.slug, account.id, status, by=by, acting=acting)

    def release(self, person: Person, by: Actor) -> None:
        """What has ended in the meantime needs no release."""
        self.person.release(person, by=by)

    def _carried_out(self, tenant: Tenant, act: Act, deed: Callable[[Actor], object]) -> Response:
        pages = TenantActPages(self.place)
        try:
            return pages.carry_out(tenant, act, deed)
        except AccountRefused as refused:
            return pages.refused(tenant, act, ReasonForm(request.form), obstacle_words(refused.why))

    def _found(self, tenant: Tenant, account_id: str, act: str) -> Person:
        if act not in DEEDS or (tenant.slug == STAFF and act in OF_STAFF_PAGE):
            raise NotFound("page", request.path)
        return self.person.one(tenant.slug, AccountId(account_id))

    def _unlinking(self, tenant: Tenant, account_id: str, identity_id: str) -> Act:
        person, linked = self.person.identity(tenant.slug, AccountId(account_id), identity_id)
        return self._act(person, "unlinked", unlink_words(linked), f"identities/{identity_id}/unlink")

    def _act(self, person: Person, name: str, words: Words, path: str = "") -> Act:
        back = person_url(self.place, person.glance.tenant, person.glance.account)
        return Act(
            title=words.title,
            about=person.glance.account.username,
            consequences=words.consequences,
            button=words.button,
            url=f"{back}/{path or name}",
            back=back,
            done=DONE.get(name, name),
            tab=TAB,
            danger=words.danger,
        )


def _send(kind: LinkKind) -> Deed:
    return lambda views, person, by: views.password_links.send(
        person.glance.tenant.id, person.glance.account.id, kind, by=by
    )


DEEDS: dict[str, Deed] = {
    "disable": lambda views, person, by: views.switch(person, Status.DISABLED, by),
    "enable": lambda views, person, by: views.switch(person, Status.ACTIVE, by),
    "sessions": lambda views, person, by: views.account_admin.end_of_account(
        person.glance.tenant.slug, person.glance.account.id, by=by
    ),
    "reset": _send(LinkKind.RESET),
    "invite": _send(LinkKind.INVITATION),
    "second-factor": lambda views, person, by: views.second_factors.remove(
        person.glance.tenant.id, person.glance.account.id, by=by
    ),
    "release": lambda views, person, by: views.release(person, by),
}
OF_STAFF_PAGE = ("disable", "enable")
"""For staff, `/support/staff` does these, because it makes sure that an operator remains."""
DONE = {"release": "released"}
