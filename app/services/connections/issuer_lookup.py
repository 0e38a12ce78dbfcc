"""Takes what an admin pasted as the provider's address, and lets the provider say how its issuer is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.audit.audit import Actor
from app.domain.connections.connection import ConnectionId
from app.domain.connections.finding import Finding
from app.domain.connections.typed_issuer import TypedIssuer, typed_issuer
from app.domain.tenants.tenant import Tenant
from app.services.apply.reading import DocumentInvalid
from app.services.connections.draft_state import DraftState
from app.services.connections.drafts import ConnectionDrafts
from app.services.connections.set_up import Changes


@dataclass(frozen=True, slots=True)
class IssuerLookup:
    """Saves drafts and checks them; a final slash is the only thing that is ever corrected."""

    drafts: ConnectionDrafts

    def save(
        self, tenant: Tenant, connection_id: ConnectionId, changes: Changes, *, version: str, by: Actor
    ) -> tuple[DraftState, Sequence[Finding]]:
        """Like `ConnectionDrafts.save`, with anything that leads to an issuer as `issuer`; then a check.

        Raises NoIssuer, and what `save` raises.
        """
        typed = changes.get("issuer")
        if not isinstance(typed, str):
            state = self.drafts.save(tenant, connection_id, changes, version=version, by=by)
            return state, self._check(tenant, connection_id)
        draft = self.drafts.one(tenant, connection_id).draft
        provider = draft.settings.provider
        found = typed_issuer(provider.preset, typed)
        claims = {**provider.required_claims, **found.required_claims}
        issuer = found.candidates[0]
        if draft.version != version and provider.issuer in found.candidates:
            issuer = provider.issuer  # the form was posted before, and the provider has corrected it
        wanted = {"required_claims": claims, **changes, "issuer": issuer}
        state = self.drafts.save(tenant, connection_id, wanted, version=version, by=by)
        findings = self._check(tenant, connection_id)
        written = _as_the_provider_writes_it(found, findings)
        if written is None:
            return state, findings
        state = self.drafts.save(tenant, connection_id, {"issuer": written}, version=state.draft.version, by=by)
        return state, self._check(tenant, connection_id)

    def _check(self, tenant: Tenant, connection_id: ConnectionId) -> Sequence[Finding]:
        """Nothing, while the draft does not say where its provider is."""
        try:
            return self.drafts.check(tenant, connection_id)
        except DocumentInvalid:
            return ()


def _as_the_provider_writes_it(typed: TypedIssuer, findings: Sequence[Finding]) -> str | None:
    """Another candidate that the provider calls itself by."""
    received = [str(one.details.get("received")) for one in findings if one.code == "issuer_differs"]
    return next((issuer for issuer in received if issuer in typed.candidates), None)
