"""Set-up links: support sends one, its recipient opens it with a code from the same mailbox."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.audit.audit import Actor
from app.domain.errors import Detail, InvalidInput, NotFound
from app.domain.mail.message import recipient
from app.domain.sessions.session import session_id
from app.domain.setup.setup_link import (
    LIFETIME_S,
    TRIES_MOST,
    CodeResult,
    LinkState,
    SetupLink,
    SetupLinkId,
    spoken,
)
from app.domain.setup.setup_mails import SetupMails
from app.domain.tenants.tenant import Tenant
from app.domain.text import Text
from app.ports.repositories import Database, Work
from app.ports.sealing import Sealer
from app.ports.system import Clock, Randomness
from app.services.audit.audit import AuditService
from app.services.mail.outbox import OutboxService
from app.services.tenants.named import locked_tenant

CODE_PURPOSE = "setup-code"
SHOWN_MOST = 50
OPEN_MOST = 10
"""Links of a tenant that could be opened, at a time."""


@dataclass(frozen=True, slots=True)
class SeenLink:
    """A link, whose it is, and where it stands now."""

    link: SetupLink
    tenant: Tenant
    state: LinkState


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What came of a code. `session` is the value of the browser's cookie, if the code was right."""

    result: CodeResult
    session: str = ""
    tries_left: int = 0


@dataclass(frozen=True, slots=True)
class SetupLinkService:
    """What its recipient does is a proposal: a draft, which somebody with an account activates or discards."""

    database: Database
    outbox: OutboxService
    audit: AuditService
    sealer: Sealer
    clock: Clock
    randomness: Randomness
    mails: SetupMails

    def send(self, slug: str, email: str, *, by: Actor) -> SetupLink:
        """Raises NotFound, and InvalidInput for `email` or `reason`."""
        try:
            to = recipient(email)
        except ValueError as error:
            raise InvalidInput("email", Text("must be a single plain address like it@acme.example")) from error
        if not by.reason.strip():
            raise InvalidInput("reason", Text("is required"))
        now, token = self.clock.now(), self.randomness.token()
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            if self._openable(work, tenant, now=now) >= OPEN_MOST:
                problem = Text(
                    "cannot get a link: %(most)s of this tenant are open already, so revoke one first",
                    most=str(OPEN_MOST),
                )
                raise InvalidInput("email", problem)
            link = SetupLink(
                id=SetupLinkId(self.randomness.short_id()),
                tenant_id=tenant.id,
                token_hash=_hash(token),
                email=to,
                sent_at=now,
                sent_by=by.name,
                reason=by.reason,
                expires_at=now + LIFETIME_S,
            )
            work.setup_links.add(link)
            self.outbox.enqueue(work, self.mails.link(tenant, to, token))
            self._record(work, tenant, link, "setup_link.sent", by)
        return link

    def of_tenant(self, tenant: Tenant) -> Sequence[SeenLink]:
        """The newest first."""
        now = self.clock.now()
        with self.database.read() as work:
            links = work.setup_links.of_tenant(tenant.id, most=SHOWN_MOST)
        return [SeenLink(link, tenant, link.state(tenant, now=now)) for link in links]

    def one(self, tenant: Tenant, link_id: SetupLinkId) -> SeenLink:
        """Raises NotFound, for another tenant's too."""
        with self.database.read() as work:
            link = work.setup_links.get(tenant.id, link_id)
        if link is None:
            raise NotFound("set-up link", link_id)
        return SeenLink(link, tenant, link.state(tenant, now=self.clock.now()))

    def revoke(self, tenant: Tenant, link_id: SetupLinkId, *, by: Actor) -> None:
        """An open set-up stops with its next request. A second click finds it done. Raises NotFound."""
        with self.database.write() as work:
            tenant = locked_tenant(work, tenant.slug)
            link = work.setup_links.lock(tenant.id, link_id)
            if link is None:
                raise NotFound("set-up link", link_id)
            if link.revoked_at is None:
                work.setup_links.save(replace(link, revoked_at=self.clock.now(), revoked_by=by.name, session=None))
                self._record(work, tenant, link, "setup_link.revoked", by)

    def seen(self, token: str) -> SeenLink:
        """Changes nothing: mail scanners open every link. Raises NotFound."""
        with self.database.read() as work:
            found = work.setup_links.by_token(_hash(token))
        if found is None:
            raise NotFound("set-up link", "")
        link, tenant = found
        return SeenLink(link, tenant, link.state(tenant, now=self.clock.now()))

    def send_code(self, token: str, browser: str, *, client_ip: str) -> CodeResult:
        """To the address that the link was sent to, and to no other. Raises NotFound."""
        seen, now = self.seen(token), self.clock.now()
        code = self.randomness.reference()
        with self.database.write() as work:
            link = self._openable_one(work, seen, now=now)
            if link is None:
                return CodeResult.CLOSED
            allowed = link.may_ask(now=now)
            if allowed is not CodeResult.DONE:
                return allowed
            work.setup_links.save(link.asked(self._mac(link, code), session_id(browser), now=now))
            self.outbox.enqueue(work, self.mails.code(seen.tenant, link.email, code))
            self._record(work, seen.tenant, link, "setup_link.code_sent", link.actor(client_ip))
        return CodeResult.DONE

    def redeem(self, token: str, code: str, browser: str, *, client_ip: str) -> Redeemed:
        """The link is used up by the right code. A wrong one is counted, whatever races. Raises NotFound."""
        seen, now = self.seen(token), self.clock.now()
        session = self.randomness.token()
        with self.database.write() as work:
            link = self._openable_one(work, seen, now=now)
            if link is None:
                return Redeemed(CodeResult.CLOSED)
            allowed = link.try_of(session_id(browser), now=now)
            if allowed is not CodeResult.DONE:
                return Redeemed(allowed)
            by = link.actor(client_ip)
            if not self.sealer.signed(f"{link.id}:{spoken(code)}", link.code_mac or "", purpose=CODE_PURPOSE):
                wrong = replace(link, tries=link.tries + 1)
                work.setup_links.save(wrong)
                if wrong.tries >= TRIES_MOST:
                    self._record(work, seen.tenant, link, "setup_link.locked", by)
                return Redeemed(CodeResult.WRONG, tries_left=TRIES_MOST - wrong.tries)
            work.setup_links.save(link.opened(session_id(session), now=now))
            self._record(work, seen.tenant, link, "setup_link.opened", by)
        return Redeemed(CodeResult.DONE, session=session)

    def at_work(self, session: str | None) -> SeenLink | None:
        """The link that the browser with this cookie has opened, while it is open; by one query."""
        if not session:
            return None
        with self.database.read() as work:
            found = work.setup_links.by_session(session_id(session))
        if found is None:
            return None
        link, tenant = found
        state = link.state(tenant, now=self.clock.now())
        return SeenLink(link, tenant, state) if state is LinkState.OPEN else None

    def propose(self, seen: SeenLink, subject: str, *, client_ip: str) -> None:
        """The recipient is done, and says so. Told twice, it is recorded once."""
        with self.database.write() as work:
            link = work.setup_links.lock(seen.tenant.id, seen.link.id)
            if link is None or link.proposed_at is not None:
                return
            now = self.clock.now()
            work.setup_links.save(replace(link, proposed_at=now))
            entry = link.actor(client_ip).did(
                "setup_link.proposed", f"{seen.tenant.slug}/{subject}", tenant_id=seen.tenant.id, at=now
            )
            self.audit.record(work, entry)

    def leave(self, seen: SeenLink, *, client_ip: str) -> None:
        """The recipient ends the set-up; the link stays used."""
        with self.database.write() as work:
            link = work.setup_links.lock(seen.tenant.id, seen.link.id)
            if link is not None and link.session is not None:
                work.setup_links.save(replace(link, session=None))
                self._record(work, seen.tenant, link, "setup_link.left", link.actor(client_ip))

    def _openable_one(self, work: Work, seen: SeenLink, *, now: float) -> SetupLink | None:
        """Locked; None if it can no longer be opened."""
        tenant = work.tenants.hold(seen.tenant.id)
        link = work.setup_links.lock(seen.tenant.id, seen.link.id)
        if tenant is None or link is None or link.state(tenant, now=now) is not LinkState.SENT:
            return None
        return link

    def _openable(self, work: Work, tenant: Tenant, *, now: float) -> int:
        links = work.setup_links.of_tenant(tenant.id, most=SHOWN_MOST)
        return sum(link.state(tenant, now=now) in (LinkState.SENT, LinkState.OPEN) for link in links)

    def _mac(self, link: SetupLink, code: str) -> str:
        """Whoever has the database, but not the key, cannot find the code by trying."""
        return self.sealer.sign(f"{link.id}:{spoken(code)}", purpose=CODE_PURPOSE)

    def _record(self, work: Work, tenant: Tenant, link: SetupLink, action: str, by: Actor) -> None:
        after: dict[str, Detail] = {"to": link.email, "expires_at": link.expires_at}
        subject = f"{tenant.slug}/{link.email}"
        self.audit.record(work, by.did(action, subject, tenant_id=tenant.id, at=self.clock.now(), after=after))


def _hash(token: str) -> str:
    """The token has 256 bits: nobody finds it by trying."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
