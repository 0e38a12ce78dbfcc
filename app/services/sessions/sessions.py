"""Sessions: opened, checked with every request, changed to another account, ended (docs/rules.md, rule 10)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.identity import ExternalIdentity, Identity, IdentityId
from app.domain.connections.connection import Connection, Sealed
from app.domain.errors import SsoError, StoreUnavailable
from app.domain.login.login_attempt import AttemptId, LoginAttempt
from app.domain.login.return_to import ACCOUNT_HOME
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.device import device_of
from app.domain.sessions.session import Session, SessionId, SessionSummary, SignedIn, session_id, unseen
from app.domain.sessions.visitor import Visitor
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status, Tenant
from app.domain.text import Text
from app.ports.repositories import Database, Work
from app.ports.sealing import Sealer
from app.ports.system import Clock, Randomness
from app.services.sso_only.enforcement import Enforcement

ID_TOKEN = "session-id-token"


class GoodOnce(Protocol):
    """What a new session consumes: an account choice or a pending MFA. Attempts are claimed at the callback."""

    @property
    def id(self) -> AttemptId: ...
    @property
    def expires_at(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Origin:
    """The provider's side of a login; password logins have none."""

    connection: Connection
    attempt: LoginAttempt
    external: ExternalIdentity
    identity: Identity | None
    """None at the person's first login."""
    match_value: str
    signed_out: bool
    """The provider has signed the person out since the attempt began."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """How someone has just authenticated: the basis of a new session."""

    reference: str
    return_to: str
    amr: tuple[str, ...] = ()
    """The authentication methods, if no provider reports them (RFC 8176)."""
    origin: Origin | None = None
    consumes: GoodOnce | None = None

    @property
    def method(self) -> Method:
        return Method.SSO if self.origin else Method.PASSWORD


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session, and its secret for the cookie, which is stored nowhere else."""

    token: str
    session: Session
    account: Account
    tenant: Tenant
    return_to: str
    device_cookie: str | None = None
    """After a password login, the cookie that identifies this browser (services/throttling/devices)."""


@dataclass(frozen=True, slots=True)
class SessionService:
    """The only code that opens sessions."""

    database: Database
    enforcement: Enforcement
    sealer: Sealer
    clock: Clock
    randomness: Randomness

    def open(
        self, work: Work, tenant: Tenant, account: Account, authentication: Authentication, visitor: Visitor
    ) -> Opened:
        """Within the caller's transaction: check the policy, consume the ticket, link, open, end the old session.

        `tenant` and `account` were read in this transaction.
        """
        method, consumes = authentication.method, authentication.consumes
        self.enforcement.require(tenant, method, client_ip=visitor.client_ip)
        if consumes is not None and not work.attempts.consume(consumes.id, expires_at=consumes.expires_at):
            raise SsoError(ReasonCode.ATTEMPT_USED)
        now = self.clock.now()
        token = self.randomness.token()
        session = Session(
            id=session_id(token),
            tenant_id=tenant.id,
            account_id=account.id,
            method=method,
            reference=authentication.reference,
            auth_time=now,
            created_at=now,
            last_seen_at=now,
            idle_s=tenant.limits.idle_s,
            expires_at=now + tenant.limits.absolute_s,
            password_epoch=tenant.password_epoch,
            amr=authentication.amr,
            device=device_of(visitor),
        )
        if authentication.origin is not None:
            session = self._of_provider(work, session, authentication.origin)
        if visitor.session:
            work.sessions.end(session_id(visitor.session), at=now)
        work.sessions.add(session)
        work.accounts.signed_in(tenant.id, account.id, at=now, method=method, language=visitor.language)
        return Opened(token, session, account, tenant, authentication.return_to)

    def change_account(
        self, signed_in: SignedIn, offered: Sequence[Account], account_id: AccountId, *, client_ip: str
    ) -> Opened:
        """A new session of the same login for another account of its identity; its absolute limit stays.

        `offered` are the accounts to choose from. Raises SsoError.
        """
        account = next((account for account in offered if account.id == account_id), None)
        old = signed_in.session
        if account is None or old.identity_id is None:
            raise SsoError(ReasonCode.CHOICE_REFUSED, candidates=len(offered))
        now = self.clock.now()
        token = self.randomness.token()
        session = replace(old, id=session_id(token), account_id=account.id, last_seen_at=now)
        with self.database.write() as work:
            work.tenants.hold(old.tenant_id)
            live = work.sessions.live(old.id, now=now)
            fresh = work.accounts.get(old.tenant_id, account.id)
            identity = work.identities.get(old.tenant_id, old.identity_id)
            if live is None or identity is None or fresh is None or fresh.status is not Status.ACTIVE:
                raise SsoError(ReasonCode.CHOICE_REFUSED)
            if not work.identities.link(identity, account.id, at=now):
                raise SsoError(ReasonCode.CHOICE_REFUSED)
            self.enforcement.require(live.tenant, old.method, client_ip=client_ip)
            if not work.sessions.end(old.id, at=now):  # signed out in the meantime
                raise SsoError(ReasonCode.CHOICE_REFUSED)
            work.sessions.add(session)
            work.accounts.signed_in(old.tenant_id, account.id, at=now, method=old.method)
        return Opened(token=token, session=session, account=account, tenant=live.tenant, return_to=ACCOUNT_HOME)

    def confirm(
        self,
        work: Work,
        signed_in: SignedIn,
        *,
        client_ip: str,
        return_to: str,
        origin: Origin | None = None,
    ) -> Opened:
        """Within the caller's transaction: the person has authenticated again. The absolute limit stays.

        The session continues under a new id and the old one ends. `origin` is the provider's new answer; without it the
        password was checked. Each method confirms only sessions opened with it. Raises SsoError.
        """
        now = self.clock.now()
        work.tenants.hold(signed_in.session.tenant_id)
        live = work.sessions.live(signed_in.session.id, now=now)
        if live is None:
            raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the session has ended"))
        if live.session.method is not (Method.PASSWORD if origin is None else Method.SSO):
            raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the session was opened in another way"))
        self.enforcement.require(live.tenant, live.session.method, client_ip=client_ip)
        if not work.sessions.end(live.session.id, at=now, goes_on=True):  # signed out in the meantime
            raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the session has ended"))
        token = self.randomness.token()
        session = replace(live.session, id=session_id(token), auth_time=now, last_seen_at=now)
        if origin is not None:
            session = self._of_provider(work, session, origin)
        work.sessions.add(session)
        return Opened(token=token, session=session, account=live.account, tenant=live.tenant, return_to=return_to)

    def renew(self, work: Work, signed_in: SignedIn, *, client_ip: str, return_to: str) -> Opened:
        """Within the caller's transaction: the same session under a new id, because the account's password has changed.

        Nothing else changes, including when the person signed in. Raises SsoError.
        """
        now = self.clock.now()
        live = work.sessions.live(signed_in.session.id, now=now)
        if live is None or not work.sessions.end(live.session.id, at=now, goes_on=True):
            raise SsoError(ReasonCode.SESSION_CHANGED, error=Text("the session has ended"))
        self.enforcement.require(live.tenant, live.session.method, client_ip=client_ip)
        token = self.randomness.token()
        session = replace(live.session, id=session_id(token), last_seen_at=now)
        work.sessions.add(session)
        return Opened(token=token, session=session, account=live.account, tenant=live.tenant, return_to=return_to)

    def check(self, token: str | None) -> SignedIn | None:
        """The live session of this cookie, by one query."""
        return self.check_id(session_id(token)) if token else None

    def check_id(self, key: SessionId) -> SignedIn | None:
        """The same by the session's id, which is never exposed."""
        now = self.clock.now()
        with self.database.read() as work:
            signed_in = work.sessions.live(key, now=now)
        if signed_in is not None:
            self._seen(key, signed_in.session.last_seen_at, now)
        return signed_in

    def summary(self, key: SessionId) -> SessionSummary | None:
        """What apps are told of the live session with this id, by one query."""
        now = self.clock.now()
        with self.database.read() as work:
            found = work.sessions.summary(key, now=now)
        if found is not None:
            self._seen(key, found.last_seen_at, now)
        return found

    def _seen(self, key: SessionId, last_seen_at: float, now: float) -> None:
        if unseen(last_seen_at, now=now):
            # If nothing can be written, the session stays valid all the same.
            with suppress(StoreUnavailable), self.database.write_once() as work:
                work.sessions.seen([key], at=now)

    def tenant_left(self, token: str | None) -> Tenant | None:
        """The tenant of this cookie's ended session, so that its person is shown where to sign in."""
        if not token:
            return None
        with self.database.read() as work:
            tenant_id = work.sessions.tenant_of(session_id(token))
            return work.tenants.get(tenant_id) if tenant_id else None

    def end(self, session: SessionId) -> None:
        """Sign out here. Ending a session that has ended is not an error."""
        with self.database.write() as work:
            work.sessions.end(session, at=self.clock.now())

    def _of_provider(self, work: Work, session: Session, origin: Origin) -> Session:
        """The session with what its provider said, linked to the person's identity there."""
        external = origin.external
        if origin.signed_out:
            raise SsoError(ReasonCode.SIGNED_OUT_MEANWHILE)
        identity_id = self._linked(work, session, origin)
        expires_at = min(session.expires_at, external.session_expiry or session.expires_at)
        if expires_at <= session.last_seen_at:  # the person took too long to choose an account
            raise SsoError(ReasonCode.CLAIM_INVALID, claim="session_expiry", error=Text("a time in the past"))
        sealed = self.sealer.seal(external.id_token.encode(), purpose=ID_TOKEN) if external.id_token else None
        return replace(
            session,
            connection_id=origin.connection.id,
            identity_id=identity_id,
            provider_sid=external.sid,
            id_token=Sealed(sealed) if sealed else None,
            end_session_endpoint=external.end_session_endpoint,
            # A provider's clock that runs ahead must not make the authentication more recent; our times are after 1970.
            auth_time=max(0.0, min(external.auth_time or session.auth_time, session.auth_time)),
            amr=external.amr,
            acr=external.acr,
            expires_at=expires_at,
        )

    def _linked(self, work: Work, session: Session, origin: Origin) -> IdentityId:
        """The identity that signed in, linked to the session's account."""
        external = origin.external
        identity = origin.identity or Identity(
            id=IdentityId(self.randomness.short_id()),
            tenant_id=session.tenant_id,
            connection_id=origin.connection.id,
            issuer=external.issuer,
            subject=external.subject,
            match_value=origin.match_value,
        )
        if origin.identity is None or identity.match_value != origin.match_value:
            identity = replace(identity, match_value=origin.match_value)
            # A concurrent first login of the same person may have been faster: then its identity is used.
            identity = replace(identity, id=work.identities.save(identity, at=session.last_seen_at))
        if session.account_id in identity.linked:
            work.identities.used(identity, session.account_id, at=session.last_seen_at)
        elif not work.identities.link(identity, session.account_id, at=session.last_seen_at):
            raise SsoError(ReasonCode.HELD_NEW_SUBJECT)
        return identity.id
