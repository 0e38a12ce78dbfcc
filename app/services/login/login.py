"""The login path: `begin` sends the browser to the provider, `complete` reads its answer, `choose` picks an account.

Attempts that open no session take the same path and end in services/login/connection_checks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.identity import ExternalIdentity
from app.domain.connections.connection import Connection, ConnectionId
from app.domain.errors import NotFound, SsoError
from app.domain.login.login_attempt import LoginAttempt, Purpose
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.visitor import Visitor
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status, Tenant
from app.domain.text import Text
from app.ports.logins import LoginFacts
from app.ports.provider_client import AuthorizationResponse, ProviderClient
from app.ports.repositories import Database, Work
from app.ports.system import Clock, Randomness
from app.services.accounts.matching import AccountService, MatchResult
from app.services.connections.next_secret import NextSecretService
from app.services.login.attempts import Answered, AttemptService
from app.services.login.connection_checks import ConnectionCheck, ConnectionCheckService, step_up_of
from app.services.login.draft_tests import DraftTestService
from app.services.login.outcomes import Begun, Choice, WaitingApp
from app.services.login.request import LoginRequest
from app.services.login.tickets import Ticket, TicketService
from app.services.sealed_payload import require_fresh
from app.services.sessions.sessions import Authentication, Opened, SessionService
from app.services.sso_only.enforcement import Enforcement
from app.services.traces.traces import TraceLog, TraceService

PROVIDER_TIME_S = 10.0
"""For all requests to the provider during one page load, together (docs/rules.md, rule 8)."""


@dataclass(frozen=True, slots=True)
class LoginService:
    """To the provider and back. Each method that cannot continue raises LoginStopped with the recorded trace."""

    database: Database
    provider_client: ProviderClient
    enforcement: Enforcement
    accounts: AccountService
    sessions: SessionService
    tickets: TicketService
    attempts: AttemptService
    connection_checks: ConnectionCheckService
    draft_tests: DraftTestService
    next_secret: NextSecretService
    traces: TraceService
    clock: Clock
    randomness: Randomness
    base_url: str

    def redirect_uri(self, connection_id: ConnectionId) -> str:
        """One per connection, so that a code can never reach another provider (RFC 9700, section 4.4.2)."""
        return f"{self.base_url}/callback/{connection_id}"

    def refuse_where_closed(self, tenant: Tenant, connections: Sequence[Connection], *, client_ip: str) -> None:
        """Checked before people choose among the active `connections`."""
        with self.traces.attempt(Method.SSO, tenant, rate_limited=True) as log:
            log.begin("policy")
            self.enforcement.require(tenant, Method.SSO, client_ip=client_ip)
            if not connections:
                raise SsoError(ReasonCode.CONNECTION_DISABLED)

    def begin(self, tenant: Tenant, connection: Connection, request: LoginRequest, *, client_ip: str) -> Begun:
        """Start an attempt. Nothing is written: everything travels in the sealed cookie."""
        if request.draft is not None:
            connection = request.draft.connection
        with self.traces.attempt(Method.SSO, tenant, connection, purpose=request.purpose, rate_limited=True) as log:
            log.return_to = request.return_to
            log.begin("policy")
            self._require_open(tenant, connection, request.purpose, client_ip=client_ip)
            attempt = self._attempt(tenant, connection, request, client_ip=client_ip, reference=log.reference)
            log.begin("discovery")
            deadline = self.clock.monotonic() + PROVIDER_TIME_S
            url = self.next_secret.ask(
                connection,
                log,
                lambda asking: self.provider_client.authorization_url(
                    asking,
                    attempt,
                    redirect_uri=self.redirect_uri(connection.id),
                    options=request.options,
                    log=log,
                    deadline=deadline,
                ),
            )
        return Begun(url=url, attempt=attempt, sealed=self.attempts.seal(attempt))

    def complete(
        self,
        connection_id: ConnectionId,
        response: AuthorizationResponse,
        visitor: Visitor,
        *,
        sealed: str | None,
        app: WaitingApp,
    ) -> Opened | Choice | ConnectionCheck:
        """Every check of the callback, in order. `sealed` is the attempt's cookie. Raises NotFound."""
        answered = self.attempts.answered(connection_id, state=response.state, sealed=sealed)
        connection, tenant = answered.connection, answered.tenant
        with self.traces.attempt(Method.SSO, tenant, connection, correlated=False, rate_limited=True) as log:
            log.begin("attempt")
            attempt = self._claimed(answered, response, log)
            log.begin("policy")
            if attempt.draft:
                log.connection = connection = self.draft_tests.tested(attempt)
            self._require_open(tenant, connection, attempt.purpose, client_ip=visitor.client_ip)
            self._require_starter(attempt, connection, visitor)
            external = self._identified(connection, attempt, response, log)
            log.begin("account")
            if attempt.draft:
                return self.draft_tests.finish(tenant, external, attempt, visitor, log)
            client_id = app.expected(attempt.return_to)
            with self.database.write() as work:
                found = self.accounts.facts(work, connection, external, attempt, client_id=client_id)
                facts = self._as_checked(found, connection, attempt, client_ip=visitor.client_ip, log=log)
                whom = self.accounts.whom(work, facts, external, attempt)
                if attempt.purpose is not Purpose.LOGIN:
                    return self.connection_checks.finish(work, whom, visitor, log)
                if len(whom.accounts) == 1:
                    opened = self._open(work, whom, whom.accounts[0], visitor, log)
                    app.answer(work, opened, facts.client)
                    work.traces.add(log.finished())
                    return opened
            log.begin("choice")
            return self._choice(whom, visitor, log)

    def choose(self, sealed: str, account_id: AccountId, visitor: Visitor) -> Opened:
        """The person has chosen an account. Everything is checked again: what the form sends proves nothing."""
        with self.traces.attempt(Method.SSO, correlated=False) as log:
            log.begin("choice")
            ticket = self.tickets.open(sealed, browser=visitor.browser)
            self.attempts.require_unused(ticket.id)
            connection, log.tenant = self._connection(ticket.connection_id)
            log.facts["claims"] = sorted(ticket.external.claims)
            log.resume(ticket.attempt.reference, ticket.steps, connection=connection)
            require_fresh(ticket, now=self.clock.now())
            if connection.fingerprint not in ticket.settings:  # the login was checked under other settings
                raise SsoError(ReasonCode.CHOICE_REFUSED, error=Text("the connection was changed in the meantime"))
            self.connection_checks.require_starter(
                ticket.attempt, connection, cookie=visitor.session, client_ip=visitor.client_ip
            )
            with self.database.write() as work:
                found = self.accounts.facts(work, connection, ticket.external, ticket.attempt)
                facts = self._as_checked(found, connection, ticket.attempt, client_ip=visitor.client_ip, log=log)
                whom = self.accounts.whom(work, facts, ticket.external, ticket.attempt)
                offered = [account for account in whom.accounts if account.id in ticket.accounts]
                account = next((account for account in offered if account.id == account_id), None)
                if account is None:
                    raise SsoError(ReasonCode.CHOICE_REFUSED, candidates=len(offered))
                opened = self._open(work, whom, account, visitor, log, consumes=ticket)
                work.traces.add(log.finished())
                return opened

    def _attempt(
        self, tenant: Tenant, connection: Connection, request: LoginRequest, *, client_ip: str, reference: str
    ) -> LoginAttempt:
        """The attempt, if this person may start one for this purpose. Raises SsoError."""
        if request.draft is not None:
            session = self.draft_tests.may_start(tenant, request.starter, client_ip=client_ip)
        else:
            session = self.connection_checks.may_start(
                request.purpose, request.started_by, connection, client_ip=client_ip
            )
        asked = request.options.step_up.tightened_by(step_up_of(request.purpose, connection))
        return LoginAttempt(
            state=self.randomness.token(),
            nonce=self.randomness.token(),
            verifier=self.randomness.token(),
            tenant_id=tenant.id,
            connection_id=connection.id,
            reference=reference,
            return_to=request.return_to,
            started_at=self.clock.now(),
            step_up=connection.provider.step_up.tightened_by(asked).tightened_by(tenant.security.step_up),
            purpose=request.purpose,
            session=session,
            draft=request.draft.version if request.draft else "",
            proof_secret=self.randomness.token() if connection.provider.dpop else "",
        )

    def _claimed(self, answered: Answered, response: AuthorizationResponse, log: TraceLog) -> LoginAttempt:
        """The attempt that `response` answers. Raises SsoError."""
        log.return_to, attempt = answered.return_to, answered.attempt
        if isinstance(attempt, SsoError):
            raise attempt  # with a new reference: a replay is not shown the login's trace
        log.purpose, secrets = attempt.purpose, (attempt.state, attempt.nonce, attempt.verifier)
        log.belongs_to(attempt.reference, hide=(*secrets, response.code or ""))
        return attempt

    def _identified(
        self, connection: Connection, attempt: LoginAttempt, response: AuthorizationResponse, log: TraceLog
    ) -> ExternalIdentity:
        """The person that the provider has authenticated."""
        log.begin("response")
        deadline = self.clock.monotonic() + PROVIDER_TIME_S
        code = self.provider_client.check_response(connection, response, deadline=deadline)
        external = self.next_secret.ask(
            connection,
            log,
            lambda asking: self.provider_client.identify(
                asking,
                attempt,
                code=code,
                redirect_uri=self.redirect_uri(connection.id),
                log=log,
                deadline=deadline,
            ),
        )
        log.rate_limited = False
        log.facts["claims"] = sorted(external.claims)
        if external.distributed:
            log.facts["distributed_claims"] = list(external.distributed)
        return external

    def _require_starter(self, attempt: LoginAttempt, connection: Connection, visitor: Visitor) -> None:
        if attempt.draft:
            self.draft_tests.require_starter(attempt, visitor)
        else:
            self.connection_checks.require_starter(
                attempt, connection, cookie=visitor.session, client_ip=visitor.client_ip
            )

    def _connection(self, connection_id: ConnectionId) -> tuple[Connection, Tenant]:
        with self.database.read() as work:
            found = work.connections.with_tenant(connection_id)
        if found is None:
            raise NotFound("connection", connection_id)
        return found

    def _require_open(self, tenant: Tenant, connection: Connection, purpose: Purpose, *, client_ip: str) -> None:
        if purpose is Purpose.LOGIN:
            self.enforcement.require(tenant, Method.SSO, client_ip=client_ip)
        else:  # who runs a test may be of the staff, whom the tenant's networks do not concern (connection_checks)
            self.enforcement.require_active(tenant, client_ip=None if purpose is Purpose.TEST else client_ip)
        if connection.status is not Status.ACTIVE and not connection.is_draft:
            raise SsoError(ReasonCode.CONNECTION_DISABLED, connection=connection.name)

    def _as_checked(
        self, facts: LoginFacts | None, checked: Connection, attempt: LoginAttempt, *, client_ip: str, log: TraceLog
    ) -> LoginFacts:
        """Raises SsoError unless the connection is open, and still as it was `checked`: that may be seconds ago."""
        if facts is None:
            raise SsoError(ReasonCode.CONNECTION_DISABLED, connection=checked.name)
        fresh, tenant = facts.connection, facts.tenant
        log.tenant, log.connection = tenant, fresh
        if facts.client is not None:
            log.facts["client"] = facts.client.client_id
        self._require_open(tenant, fresh, attempt.purpose, client_ip=client_ip)
        if not fresh.goes_on(checked):
            raise SsoError(ReasonCode.CONNECTION_CHANGED, connection=fresh.name)
        return facts

    def _choice(self, whom: MatchResult, visitor: Visitor, log: TraceLog) -> Choice:
        connection, external = whom.origin.connection, whom.origin.external
        ticket = self.tickets.issue(
            whom.origin.attempt,
            external,
            whom.accounts,
            settings=connection.fingerprints,
            browser=visitor.browser,
            steps=log.steps,
        )
        shown = external.email.value if external.email else None
        return Choice(
            tenant=whom.tenant,
            connection=connection.name,
            accounts=whom.accounts,
            last=whom.last,
            email=shown if isinstance(shown, str) else None,
            ticket=ticket,
        )

    def _open(
        self,
        work: Work,
        whom: MatchResult,
        account: Account,
        visitor: Visitor,
        log: TraceLog,
        *,
        consumes: Ticket | None = None,
    ) -> Opened:
        log.begin("session")
        log.facts["candidates"] = len(whom.accounts)
        log.account_id = account.id
        connection, attempt = whom.origin.connection, whom.origin.attempt
        authentication = Authentication(attempt.reference, attempt.return_to, origin=whom.origin, consumes=consumes)
        opened = self.sessions.open(work, whom.tenant, account, authentication, visitor)
        if not connection.tested:
            work.connections.mark_tested(connection, at=self.clock.now())
        return opened
