"""Mail to the person behind an account."""

from app.domain.accounts.account import Account
from app.domain.mail.message import recipient
from app.domain.tenants.tenant import Status


def reachable(account: Account) -> bool:
    """Whether mail may and can go to it."""
    try:
        recipient(account.email or "")
    except ValueError:
        return False
    return account.status is Status.ACTIVE
