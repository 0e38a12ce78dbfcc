"""Links for setting a password: requested by people themselves or sent by staff, always by mail."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from app.domain.accounts.account import Account, AccountId
from app.domain.audit.audit import Actor, named
from app.domain.errors import InvalidInput, NotFound, SsoError
from app.domain.passwords.password_link import LinkKind, PasswordLink
from app.domain.passwords.password_mails import PasswordMails, reachable
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method, refusal
from app.domain.tenants.tenant import Status, Tenant, TenantId
from app.domain.text import Reader, Text
from app.ports.counters import Counters
from app.ports.repositories import Database, Work
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.mail.outbox import OutboxService
from app.services.sealed_payload import SealedPayload
from app.services.sso_only.enforcement import Enforcement
from app.services.throttling.link_limits import request_limits
from app.services.throttling.throttle import count
from app.services.traces.traces import TraceLog, TraceService

LINK = SealedPayload(PasswordLink, "password-link")
NOBODY = AccountId("")


@dataclass(frozen=True, slots=True)
class PasswordLinkService:
    """A link is stored nowhere but in the mail: when it is used, what it says is compared with the account."""

    database: Database
    enforcement: Enforcement
    outbox: OutboxService
    audit: AuditService
    traces: TraceService
    counters: Counters
    sealer: Sealer
    clock: Clock
    mails: PasswordMails

    def request(self, tenant: Tenant, username: str, client_ip: str, *, reader: Reader | None = None) -> None:
        """Someone has forgotten a password. Known or unknown, throttled or not, the response is the same.

        `reader` is who asks, and is written to in the same language.

        Raises LoginStopped if the tenant takes no passwords, for everyone alike.
        """
        with self.traces.attempt(Method.PASSWORD, tenant, correlated=False) as log:
            log.begin("policy")
            self.enforcement.require(tenant, Method.PASSWORD, client_ip=client_ip)
            log.begin("throttle")
            if self._stopped(tenant, username, client_ip):
                return
            log.begin("mail")
            with self.database.write() as work:
                fresh = work.tenants.hold(tenant.id)
                if fresh is None:
                    raise SsoError(ReasonCode.TENANT_DISABLED)
                self.enforcement.require(fresh, Method.PASSWORD, client_ip=client_ip)
                self._answer(work, fresh, work.accounts.by_username(fresh.id, username), reader)

    def send(self, tenant_id: TenantId, account_id: AccountId, kind: LinkKind, *, by: Actor) -> None:
        """Sent by staff. In `sso_only`, an invitation carries no link and points to OAuth Login; a reset is refused.

        Raises NotFound, InvalidInput if this account cannot get one, and SsoError.
        """
        with self.database.write() as work:
            tenant = work.tenants.hold(tenant_id)
            account = work.accounts.get(tenant_id, account_id)
            if tenant is None or account is None:
                raise NotFound("account", account_id)
            carries = kind is LinkKind.RESET or refusal(tenant.policy, Method.PASSWORD) is None
            if carries:
                self.enforcement.require(tenant, Method.PASSWORD, client_ip=None)
            else:
                self.enforcement.require_active(tenant, client_ip=None)
            stored = work.accounts.password_hash(tenant.id, account.id)
            if problem := _not_to_be_sent(account, stored, kind, carries=carries):
                raise InvalidInput("", problem)
            sealed = self._sealed(PasswordLink.made(kind, tenant, account, stored, now=self.clock.now()))
            if kind is LinkKind.RESET:
                message = self.mails.reset(tenant, account, sealed, by_staff=True)
            else:
                message = self.mails.invitation(tenant, account, sealed if carries else None)
            self.outbox.enqueue(work, message)
            self.audit.record(
                work,
                by.did(
                    "account.link_sent",
                    named(tenant, account),
                    tenant_id=tenant.id,
                    at=self.clock.now(),
                    after={"kind": kind.value, "to": account.email, "sets_password": carries},
                ),
            )

    def opened(self, tenant: Tenant, sealed: str, *, client_ip: str) -> tuple[LinkKind, Account]:
        """What the link's page shows. Opening it uses nothing up, as mail scanners open links. Raises LoginStopped."""
        with self.attempt(tenant) as log:
            log.begin("policy")
            self.enforcement.require(tenant, Method.PASSWORD, client_ip=client_ip)
            link = self.unsealed(log, sealed)
            with self.database.read() as work:
                return link.kind, self.good(work, tenant, link)

    def leads_to_login(self, tenant: Tenant, sealed: str) -> bool:
        """An invitation from before its tenant switched to SSO: no password is needed any more."""
        try:
            link = LINK.open(sealed, self.sealer)
        except SealBroken:
            return False
        return link.kind is LinkKind.INVITATION and refusal(tenant.policy, Method.PASSWORD) is not None

    def attempt(self, tenant: Tenant) -> AbstractContextManager[TraceLog]:
        """For opening or using a link, which anyone can try as often as they like."""
        return self.traces.attempt(Method.PASSWORD, tenant, correlated=False, rate_limited=True)

    def unsealed(self, log: TraceLog, sealed: str) -> PasswordLink:
        """A link of ours, whether still valid or not. Raises SsoError."""
        log.begin("link")
        try:
            link = LINK.open(sealed, self.sealer)
        except SealBroken as error:
            raise SsoError(
                ReasonCode.LINK_REFUSED, error=Text("it was not issued by this bridge, or it is incomplete")
            ) from error
        log.correlated = True
        return link

    def good(self, work: Work, tenant: Tenant, link: PasswordLink) -> Account:
        """The account whose password it sets, as of now. Raises SsoError."""
        account = work.accounts.get(tenant.id, link.account_id)
        stored = work.accounts.password_hash(tenant.id, link.account_id)
        problem = link.problem(tenant, account, stored, now=self.clock.now())
        if account is None or problem is not None:
            raise SsoError(ReasonCode.LINK_REFUSED, error=problem)
        return account

    def _stopped(self, tenant: Tenant, username: str, client_ip: str) -> bool:
        try:
            count(self.counters, request_limits(tenant, username=username, client_ip=client_ip))
        except SsoError as error:
            if error.code is not ReasonCode.THROTTLED:
                raise
            return True
        return False

    def _answer(self, work: Work, tenant: Tenant, known: Account | None, reader: Reader | None) -> None:
        """The same statements and the same sealing for every name; only the row differs."""
        account = known or Account(id=NOBODY, tenant_id=tenant.id, username="")
        stored = work.accounts.password_hash(tenant.id, account.id)
        sealed = self._sealed(PasswordLink.made(LinkKind.RESET, tenant, account, stored, now=self.clock.now()))
        message = self.mails.reset(tenant, account, sealed, by_staff=False, reader=reader)
        if known is not None and stored is None:
            message = self.mails.no_password(tenant, account, reader=reader)
        if reachable(account):
            self.outbox.enqueue(work, message)
        else:
            self.outbox.enqueue_for_nobody(work, message)

    def _sealed(self, link: PasswordLink) -> str:
        return LINK.seal(link, self.sealer)


def _not_to_be_sent(account: Account, stored: str | None, kind: LinkKind, *, carries: bool) -> str | None:
    name = account.username
    if account.status is not Status.ACTIVE:
        return Text("%(name)s is disabled: set its status to active first", name=name)
    if not reachable(account):
        return Text("%(name)s has no valid email address: add one first", name=name)
    if kind is LinkKind.RESET and stored is None:
        return Text("%(name)s has no password to reset: send an invitation instead", name=name)
    if kind is LinkKind.INVITATION and stored is not None and carries:
        return Text("%(name)s already has a password: send a reset instead", name=name)
    return None
