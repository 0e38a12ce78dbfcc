"""What support does to somebody: first a page that says what will happen and asks why, then the deed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Response, request

from app.domain.errors import InvalidInput, SsoError, StoreUnavailable
from app.domain.reasons import summary
from app.domain.tenants.tenant import Tenant
from app.services.accounts.account_admin import Actor
from app.web.browser import client_ip
from app.web.console import Console
from app.web.i18n import gettext
from app.web.pages import go
from app.web.support.nav import support_nav, tenant_nav

REASON_MOST = 500


@dataclass(frozen=True, slots=True)
class Act:
    """`url` is its own page, `back` where it came from. `about` is the person, or whatever else it is done to."""

    title: str
    about: str
    consequences: Sequence[str]
    button: str
    url: str
    back: str
    done: str
    tab: str
    danger: bool = True


def written_reason() -> tuple[str, str | None]:
    """What the form says, and what is wrong with it."""
    reason = request.form.get("reason", "").strip()
    return reason, reason_problem(reason)


def reason_problem(reason: str) -> str | None:
    """Of a reason that only the audit shows; for a switch, which the tenant sees, see domain/tenants/planned_switch."""
    if not reason:
        return gettext("Give a reason; it is recorded in the audit log.")
    if len(reason) > REASON_MOST:
        return gettext("Use at most %(most)s characters.", most=str(REASON_MOST))
    return None


@dataclass(frozen=True, slots=True)
class ActPages:
    """For pages of `ConsolePages.form`."""

    console: Console

    def ask(self, tenant: Tenant, act: Act) -> Response:
        return self._page(tenant, act)

    def carry_out(self, tenant: Tenant, act: Act, deed: Callable[[Actor], object]) -> Response:
        """`deed` does it. Raises what it raises."""
        reason, problem = written_reason()
        if problem:
            return self._page(tenant, act, reason=reason, problem=problem)
        try:
            deed(Actor(name=self.console.actor(), client_ip=client_ip(), reason=reason))
        except InvalidInput as error:
            return self._page(tenant, act, reason=reason, problem=error.problem, status=409)
        except StoreUnavailable:
            raise
        except SsoError as error:
            return self._page(tenant, act, reason=reason, problem=summary(error.code, error.details), status=409)
        return go(f"{act.back}{'&' if '?' in act.back else '?'}done={act.done}")

    def _page(
        self, tenant: Tenant, act: Act, *, reason: str = "", problem: str | None = None, status: int = 400
    ) -> Response:
        return self.console.page(
            "support/act.html",
            support_nav(self.console, "/support/"),
            status=status if problem else 200,
            customer=tenant,
            tabs=tenant_nav(tenant, act.tab),
            act=act,
            reason=reason,
            problem=problem,
        )
