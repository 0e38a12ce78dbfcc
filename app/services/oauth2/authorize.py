"""From a valid authorization request to its answer: who must do what first, and the code (docs/rules.md, rule 28)."""

from dataclasses import dataclass

from app.domain.audit.audit import Actor, named
from app.domain.errors import SsoError
from app.domain.oauth2.authorization import (
    CODE_S,
    Authorization,
    AuthorizationCode,
    AuthorizationId,
    new_authorization,
    token_hash,
)
from app.domain.oauth2.authorization_request import Answerable
from app.domain.oauth2.authorization_response import AuthorizationResponse, code_response
from app.domain.oauth2.client import Client, Scope
from app.domain.oauth2.consent import Consent
from app.domain.oauth2.pending_authorization import (
    Interaction,
    PendingAuthorization,
    authenticated_as_asked,
    login_step_up,
    missing,
)
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import Session, SignedIn
from app.domain.tenants.step_up import StepUp
from app.domain.text import Text
from app.ports.repositories import Database, Work
from app.ports.system import Clock, Randomness
from app.services.audit.audit import AuditService
from app.services.sso_only.enforcement import Enforcement
from app.services.traces.traces import TraceService

CONSENTED = "consent.given"
"""The audit action."""


@dataclass(frozen=True, slots=True)
class LoginNeeded:
    """The person has to sign in: with what a provider is asked for, if they have signed in before."""

    pending: PendingAuthorization
    step_up: StepUp
    again: SignedIn | None = None
    """Whose session does not do; None if there is none, or one of another tenant."""


@dataclass(frozen=True, slots=True)
class ChoiceNeeded:
    """The person has to choose among their accounts."""

    pending: PendingAuthorization


@dataclass(frozen=True, slots=True)
class ConsentNeeded:
    """The person has to allow it. `scopes` with the catalogue's words, where it has any."""

    pending: PendingAuthorization
    client: Client
    scopes: tuple[Scope, ...]
    owner: str | None = None


Next = AuthorizationResponse | LoginNeeded | ChoiceNeeded | ConsentNeeded


@dataclass(frozen=True, slots=True)
class AuthorizeService:
    """The only code that issues authorization codes."""

    database: Database
    enforcement: Enforcement
    traces: TraceService
    audit: AuditService
    clock: Clock
    randomness: Randomness
    issuer: str

    def proceed(
        self, pending: PendingAuthorization, client: Client, signed_in: SignedIn | None, *, client_ip: str
    ) -> Next:
        """The answer, or what the person has to do first. Raises Answerable, and LoginStopped if a policy says no."""
        contexts = self._step_up(pending, signed_in)
        todo = missing(
            pending,
            signed_in,
            step_up=contexts,
            consented=lambda: signed_in is not None and self._consented(pending, client, signed_in),
        )
        if todo is not None and pending.silent:
            raise pending.instead_of(todo if pending.may_be(signed_in) else Interaction.LOGIN)
        match todo:
            case None if signed_in is not None:
                return self.issue_code(pending, client, signed_in, client_ip=client_ip)
            case Interaction.SELECT_ACCOUNT:
                return self._choice(pending)
            case Interaction.CONSENT:
                return self._consent(pending, client)
        return self._login(pending, signed_in, contexts)

    def allow(
        self, pending: PendingAuthorization, client: Client, signed_in: SignedIn, *, client_ip: str
    ) -> AuthorizationResponse | None:
        """The person has said yes. None if something else is missing by now, so that they are asked again."""
        if missing(pending, signed_in, step_up=(), consented=lambda: True) not in (None, Interaction.CONSENT):
            return None
        account = signed_in.account
        consent = Consent(
            tenant_id=account.tenant_id,
            account_id=account.id,
            client_id=client.client_id,
            scopes=pending.request.scopes,
            given_at=self.clock.now(),
        )
        return self.issue_code(pending, client, signed_in, client_ip=client_ip, consent=consent)

    def issue_code(
        self,
        pending: PendingAuthorization,
        client: Client,
        signed_in: SignedIn,
        *,
        client_ip: str,
        consent: Consent | None = None,
    ) -> AuthorizationResponse:
        """An authorization and its code, in one transaction, if the decision point agrees.

        What ends the session at this very moment ends the authorization, or is seen. Raises LoginStopped, and
        Answerable for a client that another tenant owns by now.
        """
        tenant = signed_in.tenant
        if client.tenant_id not in (None, tenant.id):
            raise pending.refused("access_denied", "this client signs in people of another workspace only")
        with self.traces.attempt(signed_in.session.method, tenant, rate_limited=True) as log:
            log.facts["client"], log.account_id = client.client_id, signed_in.account.id
            log.begin("policy")
            self.enforcement.require(tenant, signed_in.session.method, client_ip=client_ip)
            log.begin("authorization")
            authorization, code, answer = self._new(pending, client, signed_in)
            with self.database.write() as work:
                require_signed_in(work, signed_in, authorization)
                if consent is not None:
                    self._remember(work, consent, client, signed_in, client_ip=client_ip)
                work.authorizations.add(authorization)
                work.authorizations.add_code(code)
        return answer

    def answer_login(
        self, work: Work, pending: PendingAuthorization, client: Client, signed_in: SignedIn, *, client_ip: str
    ) -> AuthorizationResponse | None:
        """Within the transaction that opens this session and holds its tenant: None if something is left to ask.

        What `proceed` asks, without its round trips. Raises SsoError if the decision point refuses.
        """
        if client.tenant_id not in (None, signed_in.tenant.id):
            return None
        contexts = _could_show(work, pending, signed_in.session) if _wants_contexts(pending, signed_in.session) else ()
        todo = missing(
            pending,
            signed_in,
            step_up=contexts,
            consented=lambda: client.trusted or _has_consented(work, pending, client, signed_in),
        )
        if todo is not None:
            return None
        self.enforcement.require(signed_in.tenant, signed_in.session.method, client_ip=client_ip)
        authorization, code, answer = self._new(pending, client, signed_in)
        work.authorizations.add(authorization)
        work.authorizations.add_code(code)
        return answer

    def _new(
        self, pending: PendingAuthorization, client: Client, signed_in: SignedIn
    ) -> tuple[Authorization, AuthorizationCode, AuthorizationResponse]:
        """To be stored, both, before the app is answered."""
        request, code, now = pending.request, self.randomness.token(), self.clock.now()
        new_id = AuthorizationId(self.randomness.token())
        authorization = new_authorization(signed_in, client, request.scopes, now, new_id)
        stored = AuthorizationCode(
            code_hash=token_hash(code),
            authorization_id=authorization.id,
            client_id=client.client_id,
            redirect_uri=request.reply_to.redirect_uri,
            code_challenge=request.code_challenge,
            nonce=request.nonce,
            expires_at=now + CODE_S,
        )
        return authorization, stored, code_response(request.reply_to, code, issuer=self.issuer)

    def _consented(self, pending: PendingAuthorization, client: Client, signed_in: SignedIn) -> bool:
        if client.trusted:
            return True
        with self.database.read() as work:
            return _has_consented(work, pending, client, signed_in)

    def _step_up(self, pending: PendingAuthorization, signed_in: SignedIn | None) -> tuple[str, ...]:
        if signed_in is None or not _wants_contexts(pending, signed_in.session):
            return ()
        with self.database.read() as work:
            return _could_show(work, pending, signed_in.session)

    def _login(
        self, pending: PendingAuthorization, signed_in: SignedIn | None, contexts: tuple[str, ...]
    ) -> LoginNeeded:
        here = signed_in is not None and pending.request.tenant in (None, signed_in.tenant.slug)
        again = signed_in if here else None
        if again is not None and authenticated_as_asked(pending, again.session):
            return LoginNeeded(pending.after(Interaction.LOGIN), StepUp(acr_values=contexts), again)
        return LoginNeeded(pending, login_step_up(pending), again)

    def _choice(self, pending: PendingAuthorization) -> ChoiceNeeded:
        if Interaction.SELECT_ACCOUNT in pending.done:  # they have chosen, and it is not who id_token_hint names
            raise pending.instead_of(Interaction.LOGIN)
        return ChoiceNeeded(pending.after(Interaction.SELECT_ACCOUNT))

    def _consent(self, pending: PendingAuthorization, client: Client) -> ConsentNeeded:
        with self.database.read() as work:
            catalogue = {scope.name: scope for scope in work.clients.scopes()}
            owner = work.tenants.get(client.tenant_id) if client.tenant_id else None
        scopes = tuple(catalogue.get(name, Scope(name, "")) for name in pending.request.scopes)
        return ConsentNeeded(pending, client, scopes, owner.name if owner else None)

    def _remember(self, work: Work, consent: Consent, client: Client, signed_in: SignedIn, *, client_ip: str) -> None:
        """What was allowed before stays allowed."""
        before = work.consents.get(consent.tenant_id, consent.account_id, consent.client_id)
        scopes = tuple(dict.fromkeys((*(before.scopes if before else ()), *consent.scopes)))
        if before is not None and before.scopes == scopes:
            return
        work.consents.save(Consent(consent.tenant_id, consent.account_id, consent.client_id, scopes, consent.given_at))
        person = Actor(named(signed_in.tenant, signed_in.account), client_ip)
        entry = person.did(
            CONSENTED,
            client.client_id,
            tenant_id=consent.tenant_id,
            at=consent.given_at,
            before={"scopes": list(before.scopes)} if before else None,
            after={"scopes": list(scopes)},
        )
        self.audit.record(work, entry)


def require_signed_in(work: Work, signed_in: SignedIn, authorization: Authorization) -> None:
    """Call it first in a transaction that stores an authorization. Raises SsoError.

    Whoever ends all that a person or a tenant has holds the tenant's lock: one that would outlive its session is stored
    before that, and ended with the others, or not at all. The others die with the session whenever they are stored.
    """
    if not authorization.offline:
        return
    session = signed_in.session
    if not work.sessions.live_once_held(session.tenant_id, session.id, now=authorization.created_at):
        raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the session has ended"))


def _has_consented(work: Work, pending: PendingAuthorization, client: Client, signed_in: SignedIn) -> bool:
    account = signed_in.account
    consent = work.consents.get(account.tenant_id, account.id, client.client_id)
    return consent is not None and consent.covers(pending.request.scopes)


def _wants_contexts(pending: PendingAuthorization, session: Session) -> bool:
    """Whether this request asks for authentication contexts (`acr_values`) that the session does not show."""
    wanted = pending.request.asked.acr_values
    return bool(wanted) and not pending.silent and session.acr not in wanted


def _could_show(work: Work, pending: PendingAuthorization, session: Session) -> tuple[str, ...]:
    """Which of them a new login at the person's provider could show.

    They are wishes (OpenID Connect Core, section 3.1.2.1): what nobody can show is no reason to refuse.
    """
    if session.connection_id is None:
        return ()
    connection = work.connections.get(session.tenant_id, session.connection_id)
    offered = connection.provider.step_up.acr_values if connection else ()
    return tuple(acr for acr in pending.request.asked.acr_values if acr in offered)


def denied(pending: PendingAuthorization) -> Answerable:
    """The person has said no (RFC 6749, section 4.1.2.1)."""
    return pending.refused("access_denied", "the person has not allowed it")
