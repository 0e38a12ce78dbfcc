"""Where the heads of the audit's chains go, outside the database."""

from typing import Protocol

from app.domain.audit.audit import ChainHead


class HeadLog(Protocol):
    """Told after the commit. Who keeps these lines elsewhere can later tell that the end of a chain was cut off."""

    def moved(self, head: ChainHead) -> None: ...
