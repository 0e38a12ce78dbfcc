"""Results of a right password that needs another step."""

from dataclasses import dataclass

from app.domain.tenants.tenant import Tenant
from app.services.passwords.second_factors import NewFactor
from app.services.sessions.sessions import Opened


@dataclass(frozen=True, slots=True)
class MfaRequired:
    """The password was right; `ticket` goes into the next form. Nobody is signed in yet, and nothing is written."""

    tenant: Tenant
    username: str
    ticket: str
    new: NewFactor | None = None
    """To be set up first; None if the account has a second factor."""


@dataclass(frozen=True, slots=True)
class MfaPassed:
    """Signed in with a code. `recovery_codes` are shown only this once; empty if nothing was set up."""

    opened: Opened
    recovery_codes: tuple[str, ...] = ()
