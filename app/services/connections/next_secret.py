"""The next client secret: tried within the login whose present one was refused, and then in its place.

A provider that answers `invalid_client` has not looked at the code (RFC 6749, sections 4.1.3 and 5.2): the server
authenticates the client first. So the same code may be sent again with the other secret.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection, ConnectionId
from app.domain.connections.draft import Draft, PreviousVersion
from app.domain.errors import ChangedMeanwhile, SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import Tenant
from app.domain.text import Text
from app.ports.provider_client import StepLog
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.connections.draft_lookup import connection_of

T = TypeVar("T")

ITSELF = Actor("SSO Bridge", "the provider's answer")
ROTATED = "connection.secret_rotated"
WITHDRAWN = "connection.next_secret_withdrawn"


@dataclass(frozen=True, slots=True)
class NextSecretService:
    """Costs a login nothing unless its client is refused."""

    database: Database
    audit: AuditService
    clock: Clock

    def ask(self, connection: Connection, log: StepLog, request: Callable[[Connection], T]) -> T:
        """`request` with the connection; where its client secret is refused, once more with the next one.

        Raises SsoError.
        """
        try:
            return request(connection)
        except SsoError as refused:
            after = connection.with_next_secret
            if refused.code is not ReasonCode.CLIENT_REFUSED or after is None or connection.is_draft:
                raise
        log.note(Text("the client secret was refused; trying the next one"))
        try:
            answer = request(after)
        except SsoError as ended:
            if ended.code is ReasonCode.GRANT_REFUSED:  # the client was accepted; only its code was spent before
                self._promote(connection)
            raise
        self._promote(connection)
        return answer

    def withdraw(self, tenant: Tenant, connection_id: ConnectionId, *, version: str, by: Actor) -> None:
        """It takes nobody's place any more: not here, and not with a draft or the version before.

        A second click finds it done. Raises NotFound, and ChangedMeanwhile if `version` is not the connection's.
        """
        with self.database.write() as work:
            tenant = work.tenants.lock(tenant.id) or tenant
            before = connection_of(work, tenant, connection_id)
            if not _withdrawn_beside(work, before) and before.next_client_secret is None:
                return
            if before.version != version:
                raise ChangedMeanwhile("connection", before.name)
            work.connections.save(replace(before, next_client_secret=None))
            entry = by.did(
                WITHDRAWN,
                f"{tenant.slug}/{before.name}",
                tenant_id=tenant.id,
                at=self.clock.now(),
                before={"next_client_secret": "set"},
                after={"next_client_secret": None},
            )
            self.audit.record(work, entry)

    def _promote(self, used: Connection) -> None:
        """Once, whoever comes first: the others find it done."""
        with self.database.write() as work:
            tenant = work.tenants.lock(used.tenant_id)
            connection = work.connections.get(used.tenant_id, used.id)
            if tenant is None or connection is None or _secrets(connection) != _secrets(used):
                return
            after = connection.with_next_secret
            if after is None:
                return
            work.connections.save(after)
            _follow(work, connection, after)
            entry = ITSELF.did(
                ROTATED,
                f"{tenant.slug}/{connection.name}",
                tenant_id=tenant.id,
                at=self.clock.now(),
                before={"client_secret": "set", "next_client_secret": "set"},
                after={"client_secret": "changed", "next_client_secret": None},
            )
            self.audit.record(work, entry)


def _secrets(connection: Connection) -> tuple[str | None, str | None]:
    return connection.client_secret, connection.next_client_secret


def _withdrawn_beside(work: Work, live: Connection) -> bool:
    """From its draft and its previous version; whether either had one."""
    after, had = replace(live, next_client_secret=None), False
    draft = work.connection_drafts.get(live.tenant_id, live.id)
    if draft is not None:
        had = draft.settings.next_client_secret is not None
        settings = replace(draft.settings, next_client_secret=None)
        base = after.version if draft.base == live.version else draft.base
        work.connection_drafts.save(replace(draft, settings=settings, base=base))
    previous = work.connection_drafts.previous(live.tenant_id, live.id)
    if previous is not None and previous.settings.next_client_secret is not None:
        had = True
        settings = replace(previous.settings, next_client_secret=None)
        work.connection_drafts.keep(replace(previous, settings=settings))
    return had


def _follow(work: Work, before: Connection, after: Connection) -> None:
    """What stands beside the connection with the same two secrets has the same one afterwards."""
    draft = work.connection_drafts.get(before.tenant_id, before.id)
    if draft is not None and _secrets(draft.settings) == _secrets(before):
        work.connection_drafts.save(_followed(draft, before, after))
    previous = work.connection_drafts.previous(before.tenant_id, before.id)
    if previous is not None and previous.successor == before.fingerprint:
        work.connection_drafts.keep(_still_previous(previous, before, after))


def _followed(draft: Draft, before: Connection, after: Connection) -> Draft:
    base = after.version if draft.base == before.version else draft.base
    return replace(draft, settings=draft.settings.with_next_secret or draft.settings, base=base)


def _still_previous(previous: PreviousVersion, before: Connection, after: Connection) -> PreviousVersion:
    settings = previous.settings
    if settings.client_secret == before.client_secret:
        settings = replace(settings, next_client_secret=before.next_client_secret).with_next_secret or settings
    return replace(previous, settings=settings, successor=after.fingerprint)
