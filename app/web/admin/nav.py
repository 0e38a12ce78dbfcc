"""The header of the pages for a tenant's admins."""

from app.web.consoles.console import NavItem
from app.web.i18n import gettext

SIGN_ON = "/admin/"
ACTIVITY = "/admin/activity"


def admin_nav(current: str) -> list[NavItem]:
    """`current` is the URL of the page."""
    pages = [(gettext("Single sign-on"), SIGN_ON), (gettext("Activity"), ACTIVITY)]
    return [NavItem(label, url, url == current) for label, url in pages]
