"""Sends notices to those whom they concern, each once, and keeps who that is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.accounts.email_address import parse_email
from app.domain.audit.audit import Actor
from app.domain.errors import ChangedMeanwhile
from app.domain.mail.message import Message
from app.domain.mail.notice import KEPT_S, Audience, NoticeSetting, checked, complete, kinds_of, version
from app.domain.mail.notice_mails import Notice
from app.domain.passwords.password_mails import reachable
from app.domain.tenants.tenant import STAFF, Tenant
from app.domain.text import Reader
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.mail.outbox import OutboxService

CHANGED = "tenant.notices"


@dataclass(frozen=True, slots=True)
class NoticeService:
    """A row for each recipient of a notice, written with its mail, keeps a second one away: two workers, two clicks."""

    database: Database
    outbox: OutboxService
    audit: AuditService
    clock: Clock

    def settings(self, tenant: Tenant) -> Sequence[NoticeSetting]:
        """One for each kind, as set or as it is until then."""
        with self.database.read() as work:
            return _settings(work, tenant)

    def save(self, tenant: Tenant, wanted: Sequence[NoticeSetting], *, was: str, by: Actor) -> bool:
        """`was` is the version of the settings on the form. Raises AddressesRefused and ChangedMeanwhile.

        Says whether anything changed.
        """
        allowed = kinds_of(staff=tenant.slug == STAFF)
        after = tuple(checked(setting) for setting in wanted if setting.kind in allowed)
        with self.database.write() as work:
            work.tenants.lock(tenant.id)
            before = _settings(work, tenant)
            known = {setting.kind: setting for setting in before}
            changed = [setting for setting in after if known[setting.kind] != setting]
            if not changed:
                return False
            if version(before) != was:
                raise ChangedMeanwhile("notices", tenant.slug)
            for setting in changed:
                work.notices.save(tenant.id, setting)
            entry = by.did(
                CHANGED,
                tenant.slug,
                tenant_id=tenant.id,
                at=self.clock.now(),
                before={setting.kind.value: _written(known[setting.kind]) for setting in changed},
                after={setting.kind.value: _written(setting) for setting in changed},
            )
            self.audit.record(work, entry)
            return True

    def send(self, work: Work, tenant: Tenant, notice: Notice) -> int:
        """In the caller's transaction. Returns how many get it who have not got it before."""
        staff = work.tenants.by_slug(STAFF)
        sent = 0
        if tenant.slug != STAFF:
            sent += self._send_to(work, tenant, notice, notice.body)
        if staff is not None:
            sent += self._send_to(work, staff, notice, notice.body_for_staff)
        return sent

    def forget_some(self, most: int) -> int:
        with self.database.write(maintenance=True) as work:
            return work.notices.forget(before=self.clock.now() - KEPT_S, most=most)

    def _send_to(self, work: Work, whose: Tenant, notice: Notice, body: str) -> int:
        setting = next((one for one in _settings(work, whose) if one.kind is notice.kind), None)
        sent = 0
        for address, reader in _addresses(work, whose, setting) if setting else ():
            if work.notices.note(notice.key, parse_email(address).key, topic=notice.topic, at=self.clock.now()):
                message = Message(to=address, subject=notice.subject, body=body, reader=reader)
                self.outbox.enqueue(work, message)
                sent += 1
        return sent


def _settings(work: Work, tenant: Tenant) -> tuple[NoticeSetting, ...]:
    return complete(work.notices.settings(tenant.id), staff=tenant.slug == STAFF)


def _addresses(work: Work, whose: Tenant, setting: NoticeSetting) -> Iterator[tuple[str, Reader]]:
    """Each with who reads there, as far as that is known."""
    if setting.audience is Audience.ADDRESSES:
        yield from ((address, whose.reader) for address in setting.addresses)
    elif setting.audience is Audience.ADMINS:
        roles = STAFF_ROLES if whose.slug == STAFF else (Role.TENANT_ADMIN,)
        yield from _of_admins(work, whose, roles)


def _of_admins(work: Work, whose: Tenant, roles: Iterable[Role]) -> Iterator[tuple[str, Reader]]:
    for role in roles:
        for account in work.readiness.admins(whose.id, role):
            if reachable(account) and account.email:
                yield account.email, whose.reader_of(account.language)


def _written(setting: NoticeSetting) -> str:
    return ", ".join(setting.addresses) if setting.audience is Audience.ADDRESSES else setting.audience.value
