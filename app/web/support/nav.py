"""The head of every support page."""

from app.domain.account import Role
from app.web.console import Console, NavItem
from app.web.i18n import gettext


def support_nav(console: Console, current: str) -> list[NavItem]:
    """`current` is the URL of the page's section."""
    sections = [
        (gettext("Tenants"), "/support/"),
        (gettext("References"), "/support/references"),
        (gettext("Held logins"), "/support/held"),
        (gettext("Throttled"), "/support/throttled"),
    ]
    if console.has(Role.OPERATOR):
        sections.append((gettext("Staff"), "/support/staff"))
    return [NavItem(label, url, url == current) for label, url in sections]
