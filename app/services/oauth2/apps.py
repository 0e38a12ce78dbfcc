"""Apps and API credentials as their owners look after them: a tenant its own, the vendor those of no tenant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.domain.audit.audit import Actor, differing
from app.domain.errors import ChangedMeanwhile, Detail, InvalidInput, NotFound, Refused
from app.domain.login.login_attempt import attempt_id
from app.domain.oauth2.authorization import token_hash
from app.domain.oauth2.client import Client, ClientId, Scope
from app.domain.oauth2.client_settings import ClientSettings, assignable_scopes
from app.domain.oauth2.client_type import WITH_SECRET, ClientType, client_type
from app.domain.tenants.tenant import STAFF, Status, TenantId
from app.domain.text import Text
from app.ports.repositories import Database, Work
from app.ports.system import Clock, Randomness
from app.services.apply.clients import client_shown
from app.services.audit.audit import AuditService
from app.services.tenants.named import locked_tenant

Owner = TenantId | None
"""None: the vendor."""
MOST = 200
"""Of one owner: a list that a page can show."""
MOST_REVOKED = 2000
"""Revoked ones stay; nobody needs more."""
FORM_S = 24 * 3600
"""How long it is known that a form has made its app."""


class AppObstacle(StrEnum):
    """Why something may not be done to an app."""

    MADE_ALREADY = "made_already"
    """This very form has made one: it was sent again."""
    TOO_MANY = "too_many"
    PUBLIC = "public"
    """It has no secret, and so none to rotate."""
    TWO_SECRETS = "two_secrets"
    ONLY_SECRET = "only_secret"
    """Without it nobody could sign in; what is meant is to revoke or to disable."""
    REVOKED = "revoked"


class AppRefused(Refused):
    """Nothing was changed."""

    def __init__(self, why: AppObstacle) -> None:
        super().__init__(why.value)
        self.why = why


class AppInvalid(Refused):
    """Nothing was stored; `problems` by the keys of a `[[clients]]` entry."""

    def __init__(self, problems: Sequence[InvalidInput]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class WithSecret:
    """A client, and the secret that has just been made for it: stored nowhere, so this is its only showing."""

    client: Client
    secret: str | None = field(repr=False)


class SecretPlace(StrEnum):
    """Which of two secrets."""

    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class AppService:
    """By the owner first: another owner's clients do not exist here. Raises NotFound.

    Every change locks the owner (the vendor's, the tenant of its staff), is one transaction with its audit entry, and
    raises ChangedMeanwhile unless it starts from the present `version`.
    """

    database: Database
    audit: AuditService
    clock: Clock
    randomness: Randomness
    development: bool

    def of(self, owner: Owner) -> Sequence[Client]:
        """By name."""
        with self.database.read() as work:
            return work.clients.of_owner(owner)

    def one(self, owner: Owner, client_id: str) -> Client:
        with self.database.read() as work:
            return _owned(work, owner, client_id)

    def catalogue(self) -> Sequence[Scope]:
        """What the vendor's APIs offer, by name."""
        with self.database.read() as work:
            return work.clients.scopes()

    def create(self, owner: Owner, kind: ClientType, settings: ClientSettings, *, form: str, by: Actor) -> WithSecret:
        """`form` tells apart the forms that were shown: each makes one. Raises AppInvalid and AppRefused."""
        now = self.clock.now()
        secret = self.randomness.token() if kind in WITH_SECRET else None
        blank = Client(
            client_id=ClientId(self.randomness.short_id()),
            name="",
            secret_hash=token_hash(secret) if secret else None,
            tenant_id=owner,
            grants=(),
            scopes=(),
            made_at=now,
            secret_made_at=now if secret else None,
        )
        with self.database.write() as work:
            _lock(work, owner)
            client = self._fitting(work, blank, kind, settings)
            if not work.attempts.consume(attempt_id(f"app form/{form}"), expires_at=now + FORM_S):
                raise AppRefused(AppObstacle.MADE_ALREADY)
            revoked = [one.revoked for one in work.clients.of_owner(owner)]
            if revoked.count(False) >= MOST or revoked.count(True) >= MOST_REVOKED:
                raise AppRefused(AppObstacle.TOO_MANY)
            work.clients.save(client)
            self._record(work, client, "client.created", by=by, after=client_shown(client))
        return WithSecret(client, secret)

    def change(self, owner: Owner, client_id: str, settings: ClientSettings, *, version: str, by: Actor) -> Client:
        """Raises AppInvalid and AppRefused. Its secrets stay as they are."""
        with self.database.write() as work:
            before = self._found(work, owner, client_id, version)
            if before.revoked:
                raise AppRefused(AppObstacle.REVOKED)
            after = self._fitting(work, before, client_type(before), settings)
            was, becomes = differing(client_shown(before), client_shown(after))
            if becomes:
                work.clients.save(after)
                self._record(work, after, "client.changed", by=by, before=was, after=becomes)
        return after

    def add_secret(self, owner: Owner, client_id: str, *, version: str, by: Actor) -> WithSecret:
        """A second one beside the first, so that whoever uses it has time to change over. Raises AppRefused."""
        secret, now = self.randomness.token(), self.clock.now()
        with self.database.write() as work:
            before = self._found(work, owner, client_id, version)
            if before.secret_hash is None:
                raise AppRefused(AppObstacle.REVOKED if before.revoked else AppObstacle.PUBLIC)
            if before.next_secret_hash is not None:
                raise AppRefused(AppObstacle.TWO_SECRETS)
            after = replace(before, next_secret_hash=token_hash(secret), next_secret_made_at=now)
            work.clients.save(after)
            self._record(work, after, "client.secret_added", by=by, after={"secrets": 2})
        return WithSecret(after, secret)

    def retire_secret(self, owner: Owner, client_id: str, place: SecretPlace, *, version: str, by: Actor) -> Client:
        """The other one stays, and is the first from now on. Raises AppRefused if there is no other."""
        with self.database.write() as work:
            before = self._found(work, owner, client_id, version)
            if before.secret_hash is None or before.next_secret_hash is None:
                raise AppRefused(AppObstacle.ONLY_SECRET)
            after = replace(before, next_secret_hash=None, next_secret_made_at=None)
            if place is SecretPlace.FIRST:
                after = replace(after, secret_hash=before.next_secret_hash, secret_made_at=before.next_secret_made_at)
            work.clients.save(after)
            retired: dict[str, Detail] = {"retired": place.value, "secrets": 1}
            self._record(work, after, "client.secret_retired", by=by, before={"secrets": 2}, after=retired)
        return after

    def switch(self, owner: Owner, client_id: str, status: Status, *, by: Actor) -> Client:
        """Enable or disable it; disabling ends what people have authorized it to do. Raises AppRefused."""
        with self.database.write() as work:
            _lock(work, owner)
            before = _owned(work, owner, client_id)
            if before.revoked:
                raise AppRefused(AppObstacle.REVOKED)
            after = replace(before, status=status)
            if status is not before.status:
                self._save_switched(work, before, after, "client.changed", by=by)
        return after

    def revoke(self, owner: Owner, client_id: str, *, by: Actor) -> Client:
        """A credential, for good: it loses its secrets and keys. Apps are disabled instead."""
        with self.database.write() as work:
            _lock(work, owner)
            before = _owned(work, owner, client_id)
            if client_type(before) is not ClientType.CREDENTIAL:
                raise NotFound("credential", client_id)
            after = replace(
                before,
                status=Status.DISABLED,
                secret_hash=None,
                next_secret_hash=None,
                jwks=None,
                secret_made_at=None,
                next_secret_made_at=None,
            )
            if after != before:
                self._save_switched(work, before, after, "client.revoked", by=by)
        return after

    def _found(self, work: Work, owner: Owner, client_id: str, version: str) -> Client:
        _lock(work, owner)
        client = _owned(work, owner, client_id)
        if client.version != version:
            raise ChangedMeanwhile("client", client_id)
        return client

    def _fitting(self, work: Work, before: Client, kind: ClientType, settings: ClientSettings) -> Client:
        """`before` with these settings. Raises AppInvalid with all that is wrong with them.

        Scopes and grants that it has already may stay, whoever gave them: a file may set what a page may not.
        """
        problems = [
            InvalidInput(key, problem)
            for key, problem in settings.problems(kind, development=self.development, held_grants=before.grants)
        ]
        of_tenant = before.tenant_id is not None
        known = [scope.name for scope in work.clients.scopes()]
        allowed = {*assignable_scopes(kind, of_tenant=of_tenant, catalogue=known), *before.scopes}
        problems += _scope_problems(settings.scopes, allowed)
        if of_tenant and settings.trusted and not before.trusted:
            problems.append(InvalidInput("trusted", Text("is for the vendor's own apps only")))
        if problems:
            raise AppInvalid(problems)
        return replace(settings, trusted=before.trusted if of_tenant else settings.trusted).written_to(before)

    def _save_switched(self, work: Work, before: Client, after: Client, action: str, *, by: Actor) -> None:
        work.clients.save(after)
        becomes: dict[str, Detail] = {"status": after.status.value}
        if after.status is Status.DISABLED:
            becomes["authorizations_ended"] = work.authorizations.end_of_client(after.client_id, at=self.clock.now())
        self._record(work, after, action, by=by, before={"status": before.status.value}, after=becomes)

    def _record(
        self,
        work: Work,
        client: Client,
        action: str,
        *,
        by: Actor,
        before: dict[str, Detail] | None = None,
        after: dict[str, Detail],
    ) -> None:
        subject, now = client.client_id, self.clock.now()
        entry = by.did(action, subject, tenant_id=client.tenant_id, at=now, before=before, after=after)
        self.audit.record(work, entry)


def _scope_problems(scopes: Sequence[str], allowed: Collection[str]) -> list[InvalidInput]:
    return [
        InvalidInput(f"scopes[{place}]", Text("cannot be given here: %(name)s", name=str(name)))
        for place, name in enumerate(scopes)
        if name not in allowed
    ]


def _owned(work: Work, owner: Owner, client_id: str) -> Client:
    client = work.clients.get(client_id)
    if client is None or client.tenant_id != owner:
        raise NotFound("client", client_id)
    return client


def _lock(work: Work, owner: Owner) -> None:
    """Nobody else changes this owner's clients until the transaction ends; files lock the same tenants."""
    if owner is None:
        locked_tenant(work, STAFF)
    elif work.tenants.lock(owner) is None:
        raise NotFound("tenant", owner)
