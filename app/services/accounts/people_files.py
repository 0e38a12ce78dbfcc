"""A tenant's people as a file, and beside a provider's list of its users."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account
from app.domain.accounts.email_address import parse_email
from app.domain.accounts.email_differences import EmailDifferences, email_differences
from app.domain.accounts.people_file import Column, read_people
from app.domain.tenants.tenant import Tenant
from app.ports.repositories import Database


@dataclass(frozen=True, slots=True)
class PeopleFiles:
    """Read-only; nothing of a provider's list is kept."""

    database: Database

    def all(self, tenant: Tenant) -> Sequence[Account]:
        """By username."""
        with self.database.read() as work:
            return work.accounts.of_tenant(tenant.id)

    def differences(self, tenant: Tenant, content: bytes) -> EmailDifferences:
        """`content` is a CSV file with a column of emails, or one address per line. Raises PeopleFileInvalid."""
        return email_differences(_addresses(content), self.all(tenant))


def _addresses(content: bytes) -> Iterator[str]:
    first, _, rest = content.partition(b"\n")
    text = first.decode("utf-8-sig", errors="replace").strip()
    if _is_address(text):  # a plain list, which has no line of headings
        content = b"email\n" + first.removeprefix(b"\xef\xbb\xbf") + b"\n" + rest
    for row in read_people(content, needs=Column.EMAIL).rows:
        yield row.cells[Column.EMAIL]


def _is_address(text: str) -> bool:
    try:
        parse_email(text)
    except ValueError:
        return False
    return True
