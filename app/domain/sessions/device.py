"""Which browser a session was opened with, in the few words that let its owner recognise it."""

from app.domain.sessions.visitor import Visitor

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari/", "Safari"),
)
"""In the order that counts: all but Firefox also name those below them."""
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
READ = 500
"""Characters of a User-Agent that are read: strangers send anything."""


def device_of(visitor: Visitor) -> str:
    """`Firefox, Windows`: names, in no language. Empty for what is neither a known browser nor a known system.

    The rest of the header is not kept: it says more about a person than they need to recognise their own session.
    """
    read = visitor.user_agent[:READ]
    known = (next((name for sign, name in names if sign in read), "") for names in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, known))
