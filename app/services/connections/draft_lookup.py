"""Finds drafts and their connections within a tenant, and holds back whoever saw another version."""

from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection, ConnectionId
from app.domain.connections.draft import Draft, PreviousVersion
from app.domain.errors import ChangedMeanwhile, InvalidInput, NotFound
from app.domain.setup.setup_link import DRAFTS_MOST, recipient_of
from app.domain.tenants.tenant import Tenant
from app.domain.text import Text
from app.ports.repositories import Work


def draft_of(work: Work, tenant: Tenant, connection_id: ConnectionId) -> Draft:
    """Raises NotFound."""
    draft = work.connection_drafts.get(tenant.id, connection_id)
    if draft is None:
        raise NotFound("connection draft", connection_id)
    return draft


def connection_of(work: Work, tenant: Tenant, connection_id: ConnectionId) -> Connection:
    """Raises NotFound."""
    connection = work.connections.get(tenant.id, connection_id)
    if connection is None:
        raise NotFound("connection", connection_id)
    return connection


def require_version(draft: Draft, version: str) -> None:
    """Raises ChangedMeanwhile."""
    if draft.version != version:
        raise ChangedMeanwhile("connection draft", draft.settings.name)


def require_room(work: Work, tenant: Tenant, by: Actor) -> None:
    """Whoever has a set-up link fills no database with drafts. Raises InvalidInput."""
    if recipient_of(by.name) is None:
        return
    begun = sum(draft.changed_by == by.name for draft in work.connection_drafts.of_tenant(tenant.id))
    if begun >= DRAFTS_MOST:
        problem = Text("You have started %(most)s set-ups. Discard one to start another.", most=str(DRAFTS_MOST))
        raise InvalidInput("", problem)


def undoable(work: Work, live: Connection) -> PreviousVersion | None:
    """Only what has passed a test or served logins, and only while nothing else has changed the connection."""
    previous = work.connection_drafts.previous(live.tenant_id, live.id)
    if previous is None or previous.successor != live.fingerprint or not previous.settings.tested:
        return None
    return previous
