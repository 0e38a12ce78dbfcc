"""`/notices`: who gets which mail about a tenant, in both consoles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import HiddenField, SelectField, TextAreaField

from app.domain.mail.notice import ADDRESSES_MOST, AddressesRefused, Audience, NoticeKind, NoticeSetting, version
from app.domain.tenants.tenant import STAFF, Tenant
from app.services.mail.notices import NoticeService
from app.web.consoles.console_form import ConsoleForm
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext
from app.web.pages import go

TAB = "notices"
TYPED_MOST = 4000


@dataclass(frozen=True, slots=True)
class NoticeViews:
    """For a tenant's admins, and for all staff; on the page of the staff's own tenant, what the staff itself gets."""

    notices: NoticeService
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("notices", self.place)
        pages.form(f"/{TAB}", self.show, self.save)
        return pages

    def show(self, tenant: Tenant) -> Response:
        settings = self.notices.settings(tenant)
        return self._page(tenant, settings, _form(tenant, settings), saved="saved" in request.args)

    def save(self, tenant: Tenant) -> Response:
        settings = self.notices.settings(tenant)
        form = _form(tenant, settings, posted=True)
        if not form.validate():
            return self._page(tenant, settings, form, status=400)
        wanted = [_wanted(form, setting.kind) for setting in settings]
        try:
            self.notices.save(tenant, wanted, was=form["version"].data or "", by=self.place.console.actor())
        except AddressesRefused as refused:
            form.refuse_field(_named(refused, wanted), gettext(refused.sentence, **refused.values))
            return self._page(tenant, settings, form, status=400)
        return go(f"{self.place.url(tenant, TAB)}?saved")

    def _page(
        self,
        tenant: Tenant,
        settings: Sequence[NoticeSetting],
        form: ConsoleForm,
        *,
        status: int = 200,
        saved: bool = False,
    ) -> Response:
        return self.place.page(
            "notices.html",
            tenant,
            TAB,
            status=status,
            form=form,
            rows=[_row(form, setting.kind) for setting in settings],
            version=version(settings),
            saved=saved,
            of_staff=tenant.slug == STAFF,
            most=ADDRESSES_MOST,
        )


def _form(tenant: Tenant, settings: Sequence[NoticeSetting], *, posted: bool = False) -> ConsoleForm:
    """Two fields for each kind."""
    fields: dict[str, object] = {"version": HiddenField()}
    known: dict[str, str] = {}
    for setting in settings:
        kind = setting.kind.value
        fields[kind] = SelectField(choices=_choices(tenant))
        fields[f"{kind}_addresses"] = TextAreaField()
        known |= {kind: setting.audience.value, f"{kind}_addresses": "\n".join(setting.addresses)}
    made: ConsoleForm = type("NoticeForm", (ConsoleForm,), fields)(request.form if posted else None, data=known)
    return made


def _choices(tenant: Tenant) -> dict[str, str]:
    everyone = gettext("All staff") if tenant.slug == STAFF else gettext("All administrators")
    return {
        Audience.ADMINS.value: everyone,
        Audience.ADDRESSES.value: gettext("These addresses"),
        Audience.NOBODY.value: gettext("No one"),
    }


def _wanted(form: ConsoleForm, kind: NoticeKind) -> NoticeSetting:
    typed = str(form[f"{kind.value}_addresses"].data or "")[:TYPED_MOST]
    found = dict.fromkeys(one for one in typed.replace(",", " ").replace(";", " ").split() if one)
    return NoticeSetting(kind, Audience(form[kind.value].data), tuple(found))


def _named(refused: AddressesRefused, wanted: Sequence[NoticeSetting]) -> str:
    """The field with what was refused."""
    address = refused.values.get("address")
    of_addresses = [one for one in wanted if one.audience is Audience.ADDRESSES]
    found = next(
        (one for one in of_addresses if address in one.addresses or (address is None and _wrong_size(one))),
        of_addresses[0],
    )
    return f"{found.kind.value}_addresses"


def _wrong_size(setting: NoticeSetting) -> bool:
    return not 0 < len(setting.addresses) <= ADDRESSES_MOST


def _row(form: ConsoleForm, kind: NoticeKind) -> Mapping[str, object]:
    title, when = {
        NoticeKind.SWITCH_REQUESTED: (
            gettext("Request for SSO only"),
            gettext("When an administrator of a tenant asks to switch it."),
        ),
        NoticeKind.SWITCH: (
            gettext("Change of how people sign in"),
            gettext("When a switch is planned, cancelled, done, not done as planned, or taken back."),
        ),
        NoticeKind.HELD_LOGIN: (
            gettext("Held login"),
            gettext("When it is not clear whether an account belongs to the person who signed in."),
        ),
        NoticeKind.EXPIRY: (
            gettext("Secret or certificate expires"),
            gettext("30, 14 and 3 days before a client secret or certificate expires."),
        ),
        NoticeKind.PROVIDER_FAILING: (
            gettext("Provider fails"),
            gettext("When logins begin to fail at a provider that worked before."),
        ),
    }[kind]
    return {
        "kind": kind.value,
        "title": title,
        "when": when,
        "audience": form[kind.value],
        "addresses": form[f"{kind.value}_addresses"],
    }
