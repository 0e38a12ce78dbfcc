"""The test of a draft: the same trip to the provider, with settings that no login uses (docs/rules.md, rule 23)."""

from dataclasses import dataclass

from app.domain.accounts.held import LoginHeld
from app.domain.accounts.identity import ExternalIdentity
from app.domain.accounts.matching import match_value
from app.domain.connections.connection import Connection
from app.domain.connections.draft import Draft
from app.domain.errors import SsoError
from app.domain.login.login_attempt import LoginAttempt
from app.domain.login.received_claims import ReceivedClaims
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import SessionId, session_id
from app.domain.sessions.visitor import Visitor
from app.domain.tenants.tenant import Tenant
from app.domain.text import Text
from app.domain.traces.trace import NobodyFound
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.accounts.matching import AccountService
from app.services.login.connection_checks import (
    ConnectionCheck,
    NotOffered,
    WouldOpen,
    may_test,
    not_offered,
    require_own_network,
    would_open,
)
from app.services.setup.setup_links import SetupLinkService
from app.services.traces.traces import TraceLog


@dataclass(frozen=True, slots=True)
class DraftTestService:
    """A test that passes says so of exactly the version of the draft that it was begun with."""

    database: Database
    accounts: AccountService
    setup_links: SetupLinkService
    clock: Clock

    def tested(self, attempt: LoginAttempt) -> Connection:
        """The draft's settings. Raises SsoError if it is another version by now, or gone."""
        with self.database.read() as work:
            return _draft(work, attempt).connection

    def may_start(self, tenant: Tenant, starter: SessionId | None, *, client_ip: str) -> SessionId | None:
        """What the test is bound to. Raises SsoError for people of the tenant outside its networks.

        Whoever has a set-up link has no account, and may be anywhere.
        """
        if starter is not None:
            with self.database.read() as work:
                live = work.sessions.live(starter, now=self.clock.now())
            if live is not None:
                require_own_network(live, tenant.id, client_ip=client_ip)
        return starter

    def require_starter(self, attempt: LoginAttempt, visitor: Visitor) -> None:
        """The browser still has what the test was started with, and it still allows to test this tenant's drafts.

        That is the session of someone with an account, or an open set-up link. Raises SsoError.
        """
        if _by_link(attempt, visitor):
            seen = self.setup_links.at_work(visitor.setup)
            if seen is None or seen.tenant.id != attempt.tenant_id:
                raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the set-up link that started it is closed"))
            return
        if not visitor.session or session_id(visitor.session) != attempt.session:
            raise SsoError(
                ReasonCode.SESSION_CHANGED, error=Text("the browser came back without the session that started it")
            )
        with self.database.read() as work:
            live = work.sessions.live(session_id(visitor.session), now=self.clock.now())
        if live is None:
            raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the session that started it has ended"))
        if not may_test(live, attempt.tenant_id):
            raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the session is not allowed to test this draft"))
        require_own_network(live, attempt.tenant_id, client_ip=visitor.client_ip)

    def finish(
        self, tenant: Tenant, external: ExternalIdentity, attempt: LoginAttempt, visitor: Visitor, log: TraceLog
    ) -> ConnectionCheck:
        """The draft is tested, unless it was changed in the meantime.

        It passes also if nobody has an account yet: whoever sets up a connection may come before the accounts do. By a
        set-up link none is looked up: at a provider of their own, its recipient could ask for any address.
        """
        with self.database.write() as work:
            work.tenants.hold(tenant.id)
            draft = _draft(work, attempt)
            connection, by_link = draft.connection, _by_link(attempt, visitor)
            found, others = tuple[WouldOpen, ...](), tuple[NotOffered, ...]()
            if by_link:
                value = _value(tenant, connection, external)
            else:
                value, found, others = self._whom(work, tenant, connection, external, attempt)
                log.facts["candidates"] = len(found)
            own = None if by_link else self._own(work, tenant, visitor, found)
            if own is not None:
                log.facts["own_account"] = own
            work.connection_drafts.mark_tested(draft, at=self.clock.now())
            work.traces.add(log.finished())
        return ConnectionCheck(
            purpose=attempt.purpose,
            connection=connection.name,
            match_by=connection.provider.match_by,
            match_value=value,
            accounts=found,
            others=others,
            own=own,
            reference=attempt.reference,
            return_to=attempt.return_to,
            received=log.claims or ReceivedClaims(),
            looked_up=not by_link,
        )

    def _own(self, work: Work, tenant: Tenant, visitor: Visitor, found: tuple[WouldOpen, ...]) -> bool | None:
        """Whether whoever tests would find their own account; None for somebody of elsewhere."""
        starter = work.sessions.live(session_id(visitor.session or ""), now=self.clock.now())
        if starter is None or starter.tenant.id != tenant.id:
            return None
        return starter.account.username in {one.username for one in found}

    def _whom(
        self, work: Work, tenant: Tenant, connection: Connection, external: ExternalIdentity, attempt: LoginAttempt
    ) -> tuple[str, tuple[WouldOpen, ...], tuple[NotOffered, ...]]:
        """The value that accounts are found by, and those that have it."""
        try:
            facts = self.accounts.facts_by(work, tenant, connection, external, attempt)
            found = self.accounts.whom(work, facts, external, attempt)
        except NobodyFound as nobody:
            return nobody.value, (), ()
        except LoginHeld as held:
            raise SsoError(held.code, **held.details) from held  # a test leaves nothing for anyone to decide
        return found.origin.match_value, would_open(found), not_offered(work, found)


def _by_link(attempt: LoginAttempt, visitor: Visitor) -> bool:
    return bool(visitor.setup) and session_id(visitor.setup or "") == attempt.session


def _value(tenant: Tenant, connection: Connection, external: ExternalIdentity) -> str:
    """What accounts would be found by. Raises SsoError if nothing that came may be used for it."""
    return match_value(
        connection.provider, external, email_domains=tenant.matched_domains, own_domains=tenant.own_domains
    )


def _draft(work: Work, attempt: LoginAttempt) -> Draft:
    draft = work.connection_drafts.get(attempt.tenant_id, attempt.connection_id)
    if draft is None or draft.version != attempt.draft:
        name = draft.settings.name if draft else ""
        raise SsoError(ReasonCode.CONNECTION_CHANGED, connection=name)
    return draft
