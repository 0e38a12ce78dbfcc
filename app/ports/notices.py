"""Who gets notices, and who has got which."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.mail.notice import NoticeSetting
from app.domain.tenants.tenant import TenantId


class Notices(Protocol):
    """Only `NoticeService` writes here."""

    def note(self, key: str, recipient: str, *, topic: str, at: float) -> bool:
        """That `recipient` gets the notice `key`; False if they have got it already, from whichever worker."""

    def told_since(self, topic: str, *, since: float) -> bool:
        """Whether anyone has got a notice of this topic after `since`."""

    def settings(self, tenant_id: TenantId) -> Sequence[NoticeSetting]:
        """Those that someone has set, in any order."""

    def save(self, tenant_id: TenantId, setting: NoticeSetting) -> None: ...
    def forget(self, *, before: float, most: int) -> int:
        """Delete at most so many of the older notes. Returns how many."""
