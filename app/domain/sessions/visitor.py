"""Who sends the present request, as far as the request itself shows: before signing in and after."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where the request comes from, and its browser's cookies. Nothing here has been verified yet.

    Made in one place (web/browser), so that all steps of a login identify the browser in the same way.
    """

    client_ip: str
    browser: str = field(repr=False)
    """The browser's random id, which forms and choosers are bound to."""
    user_agent: str = field(default="", repr=False)
    """What the browser says that it is."""
    session: str | None = field(default=None, repr=False)
    """The session cookie."""
    setup: str | None = field(default=None, repr=False)
    """The cookie of a browser that has opened a set-up link."""
    device: str | None = field(default=None, repr=False)
    """The cookie that says who has signed in with a password on this browser before (services/throttling/devices)."""
    language: str | None = None
    """The tag of the language that the request wishes for, if there is a catalog for it."""
