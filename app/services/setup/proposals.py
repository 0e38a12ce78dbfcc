"""Proposals: drafts that came through a set-up link. Activating one accepts it, discarding one refuses it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.audit.audit import Actor
from app.domain.connections.connection import ConnectionId
from app.domain.connections.draft import Draft
from app.domain.errors import NotFound
from app.domain.setup.setup_link import recipient_of
from app.domain.setup.setup_mails import SetupMails
from app.domain.tenants.tenant import Tenant
from app.ports.repositories import Database
from app.services.connections.drafts import ConnectionDrafts
from app.services.mail.outbox import OutboxService


@dataclass(frozen=True, slots=True)
class SetupProposals:
    """A draft is a proposal for as long as the link's recipient was the last to change it."""

    database: Database
    drafts: ConnectionDrafts
    outbox: OutboxService
    mails: SetupMails

    def of_tenant(self, tenant: Tenant) -> Sequence[tuple[Draft, str]]:
        """By name, each with the address that its link was sent to."""
        found = [(draft, recipient_of(draft.changed_by)) for draft in self.drafts.of_tenant(tenant)]
        return [(draft, email) for draft, email in found if email is not None]

    def one(self, tenant: Tenant, connection_id: ConnectionId) -> tuple[Draft, str]:
        """Raises NotFound, also for a draft that is no proposal."""
        draft = self.drafts.one(tenant, connection_id).draft
        email = recipient_of(draft.changed_by)
        if email is None:
            raise NotFound("proposal", connection_id)
        return draft, email

    def discard(self, tenant: Tenant, connection_id: ConnectionId, *, version: str, by: Actor) -> Draft:
        """Any draft, by someone with an account. Whoever proposed it is told, with the reason if one was given.

        Raises NotFound and ChangedMeanwhile.
        """
        with self.database.write() as work:
            draft = self.drafts.discard_within(work, tenant, connection_id, version=version, by=by)
            email = recipient_of(draft.changed_by)
            if email is not None:
                self.outbox.enqueue(work, self.mails.refused(tenant, email, draft.settings.name, note=by.reason))
        return draft
