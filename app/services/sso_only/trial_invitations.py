"""Asks those who have not tried SSO yet to try it, before passwords stop working for them."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.accounts.account import Account
from app.domain.audit.audit import Actor, AuditFilter, chain_of
from app.domain.errors import Refused
from app.domain.mail.message import Message
from app.domain.sso_only.readiness import Group
from app.domain.tenants.tenant import Tenant
from app.domain.text import Text
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.mail.outbox import OutboxService
from app.services.sso_only.readiness import ReadinessService
from app.services.tenants.named import locked_tenant

NOT_TRIED = (Group.WOULD_MATCH, Group.SHARED, Group.NEVER_SEEN)
"""They would get in by SSO as far as is known, and have not shown it."""
AT_ONCE = 5_000
PAUSE_S = 7 * 86_400.0
"""Nobody is asked more often."""
INVITED = "tenant.invited_to_try"


class InvitationRefused(Refused):
    """They were asked already, and may be again from `again_at`; None if SSO is not allowed, so nobody could try it."""

    def __init__(self, again_at: float | None) -> None:
        super().__init__("asked already" if again_at else "SSO is not allowed")
        self.again_at = again_at


@dataclass(frozen=True, slots=True)
class TrialInvitations:
    """`base_url` has no final slash."""

    database: Database
    readiness: ReadinessService
    outbox: OutboxService
    audit: AuditService
    clock: Clock
    base_url: str

    def again_at(self, tenant: Tenant) -> float | None:
        """When people may be asked again; None if they may be now."""
        with self.database.read() as work:
            return self._again_at(work, tenant)

    def count(self, tenant: Tenant) -> int:
        """How many people would be asked, `AT_ONCE` at most."""
        return sum(1 for _ in self._people(tenant.slug))

    def send(self, slug: str, *, by: Actor) -> int:
        """One mail to each address, to `AT_ONCE` people at most. Returns how many. Raises InvitationRefused."""
        people = list(self._people(slug))
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            if not tenant.policy.takes_sso:
                raise InvitationRefused(None)
            if (again_at := self._again_at(work, tenant)) is not None:
                raise InvitationRefused(again_at)
            by_address = {account.email: account for account in people if account.email}
            for account in by_address.values():
                self.outbox.tell(work, account, self._mail(tenant, account))
            now = self.clock.now()
            entry = by.did(INVITED, tenant.slug, tenant_id=tenant.id, at=now, after={"emails": len(by_address)})
            self.audit.record(work, entry)
        return len(by_address)

    def _people(self, slug: str) -> Iterator[Account]:
        left = AT_ONCE
        for group in NOT_TRIED:
            found = self.readiness.accounts(slug, group, most=left) if left else ()
            left -= len(found)
            yield from found

    def _again_at(self, work: Work, tenant: Tenant) -> float | None:
        last = work.audit.latest(chain_of(tenant.id), AuditFilter(action=INVITED), most=1)
        again_at = last[0].entry.at + PAUSE_S if last else 0.0
        return again_at if again_at > self.clock.now() else None

    def _mail(self, tenant: Tenant, account: Account) -> Message:
        return Message(
            to=account.email or "",
            subject=Text("Try signing in to %(tenant)s with your company account", tenant=tenant.name),
            body=Text(
                "Hello %(person)s,\n\n"
                "You will soon sign in to %(tenant)s with your company account instead of a password. Please try it "
                "now. It takes a minute: open this page, click OAuth Login and sign in with your company account.\n\n"
                "%(login)s\n\n"
                "If it does not work, the page shows a reference. Send it to your supervisor or IT team.\n",
                person=account.name or account.username,
                tenant=tenant.name,
                login=f"{self.base_url}/t/{tenant.slug}/login",
            ),
            reader=tenant.reader_of(account.language),
        )
