"""A link by which customer IT, who has no account here, sets up a connection of one tenant (docs/rules.md, rule 24)."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType

from app.domain.audit.audit import Actor
from app.domain.tenants.tenant import Status, Tenant, TenantId

SetupLinkId = NewType("SetupLinkId", str)

_BY_LINK = re.compile(r"set-up link \((.+)\)")

LIFETIME_S = 72 * 3600
SESSION_S = 8 * 3600
"""How long a browser may go on after the code: a working day, and never longer than the link."""
CODE_S = 15 * 60
CODE_AGAIN_S = 60
CODES_MOST = 5
DRAFTS_MOST = 20
"""What one recipient may have started at a time."""
KEPT_S = 90 * 86_400
"""How long a link that can no longer be opened stays in the list. What was done with it stays in the audit log."""
TRIES_MOST = 10
"""Wrong codes of one link, over all of its codes: of 50 bits, that is nothing."""


class LinkState(StrEnum):
    """Where a link stands. Only `sent` can be opened."""

    SENT = "sent"
    OPEN = "open"
    """Its browser is at work."""
    USED = "used"
    """The browser's time is over."""
    EXPIRED = "expired"
    LOCKED = "locked"
    """Too many wrong codes."""
    REVOKED = "revoked"
    TENANT_DISABLED = "tenant_disabled"


class CodeResult(StrEnum):
    """What came of asking for a code, or of typing one."""

    DONE = "done"
    WRONG = "wrong"
    TOO_OLD = "too_old"
    OTHER_BROWSER = "other_browser"
    TOO_SOON = "too_soon"
    TOO_MANY = "too_many"
    CLOSED = "closed"
    """The link itself can no longer be opened."""


@dataclass(frozen=True, slots=True)
class SetupLink:
    """Times are Unix seconds. Neither the link's token, nor a code, nor the browser's cookie is stored as it is."""

    id: SetupLinkId
    tenant_id: TenantId
    token_hash: str
    email: str
    sent_at: float
    sent_by: str
    reason: str
    expires_at: float
    code_mac: str | None = None
    code_browser: str | None = None
    """A hash of the browser that asked for the code."""
    code_at: float | None = None
    codes: int = 0
    tries: int = 0
    opened_at: float | None = None
    session: str | None = None
    """A hash of the cookie of the browser that typed the code."""
    session_ends_at: float | None = None
    proposed_at: float | None = None
    revoked_at: float | None = None
    revoked_by: str | None = None

    @property
    def actor_name(self) -> str:
        return f"set-up link ({self.email})"

    def actor(self, client_ip: str) -> Actor:
        """As the audit log names whoever uses it."""
        return Actor(self.actor_name, client_ip)

    def state(self, tenant: Tenant, *, now: float) -> LinkState:
        if self.revoked_at is not None:
            return LinkState.REVOKED
        if tenant.status is not Status.ACTIVE:
            return LinkState.TENANT_DISABLED
        if self.opened_at is not None:
            ends_at = min(self.session_ends_at or 0.0, self.expires_at)
            return LinkState.OPEN if self.session is not None and now < ends_at else LinkState.USED
        if now >= self.expires_at:
            return LinkState.EXPIRED
        return LinkState.LOCKED if self.tries >= TRIES_MOST else LinkState.SENT

    def may_ask(self, *, now: float) -> CodeResult:
        """Whether another code may be mailed."""
        if self.codes >= CODES_MOST:
            return CodeResult.TOO_MANY
        soon = self.code_at is not None and now - self.code_at < CODE_AGAIN_S
        return CodeResult.TOO_SOON if soon else CodeResult.DONE

    def asked(self, mac: str, browser: str, *, now: float) -> "SetupLink":
        """A new code replaces the one before."""
        return replace(self, code_mac=mac, code_browser=browser, code_at=now, codes=self.codes + 1)

    def try_of(self, browser: str, *, now: float) -> CodeResult:
        """Whether a code may be tried at all: it is asked for and typed in one browser, and soon."""
        if self.code_mac is None or self.code_browser != browser:
            return CodeResult.OTHER_BROWSER
        return CodeResult.TOO_OLD if now - (self.code_at or 0.0) >= CODE_S else CodeResult.DONE

    def opened(self, session: str, *, now: float) -> "SetupLink":
        ends_at = min(now + SESSION_S, self.expires_at)
        return replace(self, opened_at=now, session=session, session_ends_at=ends_at, code_mac=None, code_browser=None)


def recipient_of(actor_name: str) -> str | None:
    """To whom the link was sent by which this was done; None if it was done by someone with an account."""
    found = _BY_LINK.fullmatch(actor_name)
    return found[1] if found else None


def spoken(code: str) -> str:
    """A code as it is compared, however it was typed: Crockford's base32 has no I, L and O."""
    plain = "".join(code.split()).replace("-", "").upper()
    return plain.translate(str.maketrans("ILO", "110"))
