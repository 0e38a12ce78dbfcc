"""`/support/throttled`: names and addresses that are blocked at present after too many failures."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES
from app.domain.errors import NotFound
from app.ports.system import Clock
from app.services.throttling.throttle_keys import Counted
from app.services.throttling.throttled import Throttled, ThrottledService
from app.web.consoles.acts import ReasonForm
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav, tenant_url
from app.web.i18n import ago, gettext, moment
from app.web.pages import go

HERE = "/support/throttled"


@dataclass(frozen=True, slots=True)
class ThrottledViews:
    """For all staff, with a confirmation before a release; only operators release what blocks staff.

    Otherwise staff could keep guessing each other's passwords, and anyone at an unattended computer everybody's.
    """

    throttled: ThrottledService
    clock: Clock
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_throttled", self.console, roles=STAFF_ROLES)
        pages.page(HERE, self.stopped)
        pages.button(HERE, self.release, on=HERE)
        return pages

    def stopped(self) -> Response:
        return self._page(ReasonForm())

    def release(self) -> Response:
        barred = {one.key for one in self.throttled.all() if not self._may(one)}
        chosen = [key for key in request.form.getlist("key") if key not in barred]
        form = ReasonForm(request.form)
        readable = form.validate()
        if not chosen:
            form.reason.errors = [gettext("Select at least one entry to release.")]
        if not readable or not chosen:
            return self._page(form, chosen=chosen, status=400)
        released = 0
        for key in dict.fromkeys(chosen):
            try:
                # Asked again: what only operators may release may have been throttled since the form was opened.
                self.throttled.release(key, by=self.console.actor(form.reason.data or ""), may=self._may)
            except NotFound:  # expired, released by someone else, or for operators
                continue
            released += 1
        return go(f"{HERE}?released={released}")

    def _page(self, form: ReasonForm, *, chosen: Collection[str] = (), status: int = 200) -> Response:
        now = self.clock.now()
        rows = self.throttled.all()
        released = request.args.get("released", "")
        return self.console.page(
            "support/throttled.html",
            support_nav(self.console, HERE),
            status=status,
            rows=[self._row(one, now=now, chosen=one.key in chosen) for one in rows[:MOST]],
            more=len(rows) - MOST if len(rows) > MOST else 0,
            confirm_url=self.console.confirm_url(HERE),
            released=int(released) if released in RELEASED else None,
            form=form,
        )

    def _row(self, one: Throttled, *, now: float, chosen: bool) -> Mapping[str, object]:
        return {**_row(one, now=now, chosen=chosen), "may": self._may(one)}

    def _may(self, one: Throttled) -> bool:
        """Counts across all tenants do not protect staff in particular, who have limits of their own."""
        return one.tenant is None or self.console.may_act_on(one.tenant.slug)


MOST = 200
"""Rows per page: more than this is an attack, and the rows look alike."""
RELEASED = frozenset(str(number) for number in range(MOST + 1))


def _row(one: Throttled, *, now: float, chosen: bool) -> Mapping[str, object]:
    return {
        "key": one.key,
        "what": counted_words(one.counted),
        "username": one.username,
        "client_ip": one.client_ip,
        "tenant": one.tenant.name if one.tenant else "",
        "tenant_url": tenant_url(one.tenant.slug) if one.tenant else "",
        "hits": one.hits,
        "until": moment(one.until),
        "opens": str(ago(one.until, now=now)),
        "chosen": chosen,
    }


def counted_words(counted: Counted) -> str:
    """What a limit blocks."""
    return {
        Counted.CLIENT_IP: gettext("Passwords from this address"),
        Counted.CLIENT_IP_ANYWHERE: gettext("Passwords from this address, in all tenants"),
        Counted.NAME_AND_CLIENT_IP: gettext("Passwords for this username from this address"),
        Counted.NAME: gettext("Passwords for this username from anywhere"),
        Counted.TENANT: gettext("All passwords of the tenant"),
        Counted.DEVICE: gettext("Passwords for this username from a browser that has signed in before"),
        Counted.CODE: gettext("Codes of this account"),
        Counted.CODE_OF_DAY: gettext("Codes of this account, daily limit"),
        Counted.LINKS_BY_CLIENT_IP: gettext("Links requested from this address"),
        Counted.LINKS_BY_NAME_AND_CLIENT_IP: gettext("Links requested for this username from this address"),
        Counted.LINKS_BY_NAME: gettext("Links requested for this username from anywhere"),
        Counted.LINKS_BY_TENANT: gettext("Links requested in the whole tenant"),
        Counted.LINK_USES: gettext("Links used for this account"),
        Counted.DOMAIN_CHECKS: gettext("Checks of the tenant's domains"),
        Counted.CLIENT_AUTHENTICATION: gettext("Failed authentications of this app from this address"),
        Counted.USER_CODES: gettext("Device codes typed from this address"),
        Counted.DEVICE_REQUESTS: gettext("Device sign-ins started by this app from this address"),
        Counted.PUSHED_REQUESTS: gettext("Sign-in requests sent ahead by this app from this address"),
    }[counted]
