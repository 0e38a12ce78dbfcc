"""Accounts of all tenants, for whoever answers the telephone."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.accounts.account import Account
from app.domain.tenants.tenant import TenantId


class AccountFinder(Protocol):
    """By indexes, so that a search costs the same however many tenants and accounts there are."""

    def beginning(self, text: str, *, most: int, but: TenantId | None = None) -> Sequence[Account]:
        """Accounts whose username, email or name is `text` or begins with it, without regard to ASCII case.

        At most `most` for each of the three; none of the tenant `but`.
        """
