"""A tenant's activity in both consoles, and the search."""

from collections.abc import Callable

from app.domain.accounts.account import Role
from tests.builders import password_login, reference_in
from tests.journeys.admin_views import as_admin
from tests.journeys.support_views import as_staff
from tests.journeys.views import Visit


def _lived(visit: Visit) -> str:
    """A login that went well, and the reference of one that did not."""
    visit.site.world.sign_in(visit.site.world.client(), visit.idp)
    return reference_in(password_login(visit.site.world.client(), "alice", "wrong"))


def logins(visit: Visit) -> None:
    _lived(visit)
    as_staff(visit, "/support/tenants/acme/activity?reason=wrong_password&period=7d")


def logins_none(visit: Visit) -> None:
    as_staff(visit, "/support/tenants/acme/activity")


def logins_of_ones_own(visit: Visit) -> None:
    _lived(visit)
    as_admin(visit, "/admin/activity")


def login_explained(visit: Visit) -> None:
    as_admin(visit, f"/admin/activity/{_lived(visit)}")


def logins_of_all(visit: Visit) -> None:
    _lived(visit)
    as_staff(visit, "/support/activity")


def search_of_several(visit: Visit) -> None:
    visit.site.world.account(visit.acme, "alina", roles=[Role.SUPERVISOR])
    as_staff(visit, "/support/search?q=a")


def search_of_nothing(visit: Visit) -> None:
    as_staff(visit, "/support/search?q=nobody")


ACTIVITY_VIEWS: tuple[Callable[[Visit], None], ...] = (
    logins, logins_none, logins_of_ones_own, login_explained, logins_of_all, search_of_several, search_of_nothing,
)  # fmt: skip
