"""Who sends the present request, as far as the request itself shows it: before anybody is signed in, and after."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where the request comes from, and the cookies that its browser brought. Nothing of it has been believed yet.

    Made in one place (web/browser), so that no step of a login goes by another browser than the one before it.
    """

    client_ip: str
    browser: str = field(repr=False)
    """The browser's own name, which forms and choosers are bound to."""
    session: str | None = field(default=None, repr=False)
    """The cookie of the session that it has."""
    device: str | None = field(default=None, repr=False)
    """The cookie that says who has signed in with it by password before (services/throttling/devices)."""
