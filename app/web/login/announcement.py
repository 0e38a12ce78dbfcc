"""The announcement of a switch on a tenant's login page."""

from app.domain.tenants.tenant import Tenant
from app.web.i18n import gettext, weekday_moment


def announcement(tenant: Tenant, *, now: float, offered: bool) -> str | None:
    """Shown from two weeks before. `offered`: OAuth Login can be tried already."""
    if tenant.planned is None or not tenant.planned.announced(now):
        return None
    coming = gettext(
        "From %(when)s, this workspace will accept OAuth Login only.", when=weekday_moment(tenant.planned.at)
    )
    if not offered or now >= tenant.planned.at:
        return coming
    return f"{coming} {gettext('Try it now; your password works until then.')}"
