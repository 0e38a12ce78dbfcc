"""Which accounts may this login open? Reads the stores and lets domain/accounts/matching decide."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.accounts.account import Account, AccountId, ascii_lower
from app.domain.accounts.held import HeldLogin, HeldLoginId, LoginHeld, still_held
from app.domain.accounts.identity import ExternalIdentity, Identity, Standing
from app.domain.accounts.matching import Known, candidates, match_value
from app.domain.accounts.near_miss import masked
from app.domain.connections.connection import Connection, MatchBy
from app.domain.errors import Detail, SsoError
from app.domain.login.login_attempt import LoginAttempt
from app.domain.oauth2.client import ClientId
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import SignedIn
from app.domain.tenants.tenant import Tenant, TenantId
from app.domain.traces.trace import NobodyFound
from app.ports.logins import LoginFacts
from app.ports.repositories import Database, Work
from app.ports.system import Clock, Randomness
from app.services.sessions.sessions import Origin

_HELD = (ReasonCode.HELD_NEW_SUBJECT, ReasonCode.HELD_EMAIL_MOVED)


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The accounts that a login may open (at least one, the last choice first), and where the login came from."""

    tenant: Tenant
    accounts: tuple[Account, ...]
    origin: Origin
    remembered: bool = True
    """False at a shared desk, where nothing of an earlier login may show."""

    @property
    def last(self) -> AccountId | None:
        """The account that this identity opened last."""
        if not self.remembered:
            return None
        linked = self.origin.identity.linked if self.origin.identity else ()
        return linked[0] if linked else None


@dataclass(frozen=True, slots=True)
class AccountService:
    """Matching against the stores."""

    database: Database
    clock: Clock
    randomness: Randomness

    def facts(
        self,
        work: Work,
        connection: Connection,
        external: ExternalIdentity,
        attempt: LoginAttempt,
        *,
        client_id: ClientId | None = None,
    ) -> LoginFacts | None:
        """With the tenant held from here on; None if the connection is gone.

        Whether there is a value to match by, and in which domains, `whom` asks: the tenant's own state comes first.
        `client_id` is that of the app which the login leads to.
        """
        try:
            value = match_value(connection.provider, external, email_domains=())
        except SsoError:
            value = None
        return work.logins.facts(connection, external, value, began_at=attempt.started_at, client_id=client_id)

    def facts_by(
        self, work: Work, tenant: Tenant, connection: Connection, external: ExternalIdentity, attempt: LoginAttempt
    ) -> LoginFacts:
        """By the settings of a `connection` that is not stored as such: a draft's."""
        standing = work.identities.standing(
            connection.tenant_id,
            connection.id,
            issuer=external.issuer,
            subject=external.subject,
            sid=external.sid,
            began_at=attempt.started_at,
        )
        value = match_value(connection.provider, external, email_domains=())
        return LoginFacts(connection, tenant, standing, _with_value(work, connection, external.issuer, value))

    def whom(self, work: Work, facts: LoginFacts, external: ExternalIdentity, attempt: LoginAttempt) -> MatchResult:
        """Raises SsoError if no account may be opened, LoginHeld if the tenant's admin must decide first."""
        tenant, connection, standing = facts.tenant, facts.connection, facts.standing
        value = match_value(
            connection.provider, external, email_domains=tenant.matched_domains, own_domains=tenant.own_domains
        )
        known = _known(work, connection, standing.identity, external.subject, facts.with_value)
        try:
            found = candidates(value, known)
        except SsoError as error:
            refused = self._refused(error, connection, external, value, known=known, reference=attempt.reference)
            refused.account_id = _only_one(known)
            raise refused from error
        if one := _still_held(work, connection, external, value, standing):
            held = self._held(
                connection, external, value, reason=one.reason, before=one.before, reference=attempt.reference
            )
            again = LoginHeld(held, held_as=one.reference)
            again.account_id = _only_one(known)
            raise again
        origin = Origin(
            connection=connection,
            attempt=attempt,
            external=external,
            identity=known.identity,
            match_value=found.match_value,
            signed_out=standing.signed_out,
        )
        if tenant.security.shared_desk:
            return MatchResult(tenant, _by_username(found.accounts), origin, remembered=False)
        return MatchResult(tenant, _last_choice_first(found.accounts, known), origin)

    def changeable(self, signed_in: SignedIn) -> tuple[Account, ...]:
        """The identity's other accounts, to which this session may change. None if it was opened with a password."""
        session = signed_in.session
        if session.identity_id is None or session.connection_id is None:
            return ()
        with self.database.read() as work:
            identity = work.identities.get(session.tenant_id, session.identity_id)
            connection = work.connections.get(session.tenant_id, session.connection_id)
            if identity is None or connection is None:
                return ()
            with_value = _with_value(work, connection, identity.issuer, identity.match_value)
            known = _known(work, connection, identity, identity.subject, with_value)
            # The stored value may be of another kind than the connection matches by now (a username instead of an
            # email). Unless one of the identity's own accounts has it, no others are offered before the next login.
            if not {account.id for account in known.linked} & {account.id for account in known.with_value}:
                known = replace(known, with_value=())
            try:
                found = candidates(identity.match_value, known).accounts
            except SsoError:
                return ()
        others = tuple(account for account in found if account.id != signed_in.account.id)
        return _by_username(others) if signed_in.tenant.security.shared_desk else others

    def _refused(
        self,
        error: SsoError,
        connection: Connection,
        external: ExternalIdentity,
        value: str,
        *,
        known: Known,
        reference: str,
    ) -> SsoError:
        """The error when no account was found."""
        if error.code in _HELD:
            before = known.identity.match_value if known.identity else ", ".join(sorted(set(known.holders.values())))
            held = self._held(connection, external, value, reason=error.code, before=before, reference=reference)
            return LoginHeld(held, **error.details)
        if error.code is ReasonCode.NO_ACCOUNT:
            return NobodyFound(error, value, sought=masked(value), **_looked_for(connection, value))
        return SsoError(error.code, **{**error.details, **_looked_for(connection, value)})

    def _held(
        self,
        connection: Connection,
        external: ExternalIdentity,
        value: str,
        *,
        reason: ReasonCode,
        before: str,
        reference: str,
    ) -> HeldLogin:
        return HeldLogin(
            id=HeldLoginId(self.randomness.short_id()),
            tenant_id=connection.tenant_id,
            connection_id=connection.id,
            issuer=external.issuer,
            subject=external.subject,
            match_value=value,
            reason=reason,
            before=before,
            reference=reference,
            at=self.clock.now(),
        )


def accounts_with(work: Work, connection: Connection, value: str) -> Sequence[Account]:
    """The tenant's accounts with this match value, in any status."""
    by = {
        MatchBy.EMAIL: work.accounts.with_email,
        MatchBy.USERNAME: work.accounts.with_username,
        MatchBy.EXTERNAL_ID: work.accounts.with_external_id,
    }
    return by[connection.provider.match_by](connection.tenant_id, value)


def accounts_with_each(work: Work, wanted: Sequence[tuple[Connection, str]]) -> Sequence[Sequence[Account]]:
    """What `accounts_with` finds for each of them, with one query per way of matching."""
    pairs: dict[MatchBy, list[tuple[TenantId, str]]] = {}
    for connection, value in wanted:
        pairs.setdefault(connection.provider.match_by, []).append((connection.tenant_id, value))
    found = {by: work.accounts.matching(by, some) for by, some in pairs.items()}
    return [found[connection.provider.match_by][connection.tenant_id, value] for connection, value in wanted]


def _with_value(work: Work, connection: Connection, issuer: str, value: str) -> Sequence[tuple[Account, str | None]]:
    by = connection.provider.match_by
    return work.accounts.with_subjects(connection.tenant_id, by, value, connection_id=connection.id, issuer=issuer)


def _known(
    work: Work,
    connection: Connection,
    identity: Identity | None,
    subject: str,
    found: Sequence[tuple[Account, str | None]],
) -> Known:
    """`found` are the accounts with the match value of this `subject`."""
    by_id = {account.id: account for account, _ in found}
    linked = [
        account
        for account_id in (identity.linked if identity else ())
        if (account := by_id.get(account_id) or work.accounts.get(connection.tenant_id, account_id))
    ]
    # Of an identity that is not known yet, a concurrent first login of the same person may have linked accounts by now.
    others = ((account.id, holder) for account, holder in found if holder != subject)
    holders = {account_id: holder for account_id, holder in others if holder is not None}
    return Known(identity=identity, linked=linked, with_value=tuple(by_id.values()), holders=holders)


def _still_held(
    work: Work, connection: Connection, external: ExternalIdentity, value: str, standing: Standing
) -> HeldLogin | None:
    """Asked for only where there is one: hardly any login has been held."""
    if not standing.was_held:
        return None
    of_subject = work.held.of_subject(connection.tenant_id, issuer=external.issuer, subject=external.subject)
    return still_held(connection.id, value, of_subject)


def _looked_for(connection: Connection, value: str) -> dict[str, Detail]:
    """The value for which no account was found."""
    by = connection.provider.match_by
    found: dict[str, Detail] = {"match_by": by.value}
    return {**found, "domain": value.rpartition("@")[2]} if by is MatchBy.EMAIL else found


def _by_username(accounts: Sequence[Account]) -> tuple[Account, ...]:
    return tuple(sorted(accounts, key=lambda account: ascii_lower(account.username)))


def _last_choice_first(accounts: Sequence[Account], known: Known) -> tuple[Account, ...]:
    order = {account_id: place for place, account_id in enumerate(known.identity.linked if known.identity else ())}
    return tuple(sorted(accounts, key=lambda account: (order.get(account.id, len(order)), account.username)))


def _only_one(known: Known) -> AccountId | None:
    """The account that was meant, unless several may have been."""
    meant = {account.id for account in (*known.linked, *known.with_value)}
    return meant.pop() if len(meant) == 1 else None
