"""Drafts of connections: begun, filled in step by step, tested, and then activated in one step (rule 23)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.audit.audit import Actor, differing
from app.domain.connections.connection import Connection, ConnectionId
from app.domain.connections.draft import (
    Draft,
    DraftKind,
    PreviousVersion,
    draft_version,
    missing_access,
    missing_credentials,
    settled,
    with_kept_secrets,
)
from app.domain.connections.finding import Finding
from app.domain.connections.open_sign_up import needs_own_domains
from app.domain.errors import ChangedMeanwhile, Detail, InvalidInput
from app.domain.tenants.tenant import Status, Tenant
from app.domain.text import Text
from app.ports.provider_client import ProviderClient
from app.ports.repositories import Database, Work
from app.ports.system import Clock, Randomness
from app.services.apply.connections import ConnectionApplier, connection_shown
from app.services.apply.reading import CONNECTION, DocumentInvalid, DocumentReader, key_of
from app.services.audit.audit import AuditService
from app.services.connections.draft_lookup import (
    connection_of,
    draft_of,
    require_room,
    require_version,
    undoable,
)
from app.services.connections.draft_state import DraftProblem, DraftRefused, DraftState
from app.services.connections.set_up import CHECK_S, Changes, connection_document, with_changes

WHERE = (
    "issuer", "discovery_url", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "emails_endpoint",
    "jwks_uri", "jwks", "par_endpoint",
)  # fmt: skip
"""Keys that a provider can only be checked with."""


@dataclass(frozen=True, slots=True)
class ConnectionDrafts:
    """Whoever calls decides who may. Another tenant's connection is not found.

    Every method that changes something raises ChangedMeanwhile if `version` is no longer current.
    """

    database: Database
    reader: DocumentReader
    applier: ConnectionApplier
    provider_client: ProviderClient
    audit: AuditService
    clock: Clock
    randomness: Randomness
    base_url: str

    def of_tenant(self, tenant: Tenant) -> Sequence[Draft]:
        """By name."""
        with self.database.read() as work:
            return work.connection_drafts.of_tenant(tenant.id)

    def one(self, tenant: Tenant, connection_id: ConnectionId) -> DraftState:
        """Raises NotFound."""
        with self.database.read() as work:
            return self._state(work, tenant, draft_of(work, tenant, connection_id))

    def begin(self, tenant: Tenant, preset: str, name: str, *, by: Actor) -> DraftState:
        """A new connection: from now on it has its id and addresses. Raises InvalidInput, DocumentInvalid."""
        if preset not in self.reader.presets:
            raise InvalidInput("preset", Text("is not a known preset"))
        spec, problems = self.reader.connection({"name": name, "preset": preset})
        _refuse_about({"name"}, problems)
        connection = Connection(
            id=ConnectionId(self.randomness.short_id()),
            tenant_id=tenant.id,
            name=name,
            provider=spec.provider,
            status=Status.DISABLED,
        )
        with self.database.write() as work:
            work.tenants.lock(tenant.id)
            require_room(work, tenant, by)
            if work.connections.named(tenant.id, name) is not None:
                raise InvalidInput(f"{CONNECTION}.name", Text("is already used by another connection"))
            work.connections.save(connection)
            return self._begun(work, tenant, connection, DraftKind.NEW, by)

    def begin_change(self, tenant: Tenant, connection_id: ConnectionId, *, by: Actor) -> DraftState:
        """Beside an existing connection, with its present settings; one that has been begun is continued."""
        with self.database.write() as work:
            work.tenants.lock(tenant.id)
            begun = work.connection_drafts.get(tenant.id, connection_id)
            if begun is not None:
                return self._state(work, tenant, begun)
            return self._begun(work, tenant, connection_of(work, tenant, connection_id), DraftKind.CHANGE, by)

    def save(
        self, tenant: Tenant, connection_id: ConnectionId, changes: Changes, *, version: str, by: Actor
    ) -> DraftState:
        """Keys of an `apply` file with new values; None for the default, or the preset's. The others stay.

        Raises DocumentInvalid if one of `changes` is wrong. What else is missing or does not fit is in `problems`.
        A second click, or a second person with the same wish, finds it done.
        """
        with self.database.write() as work:
            work.tenants.lock(tenant.id)
            before = draft_of(work, tenant, connection_id)
            settings = self._changed(before, connection_of(work, tenant, connection_id), changes)
            if settings == before.settings:
                return self._state(work, tenant, before)
            require_version(before, version)
            after = replace(before, settings=settings, changed_at=self.clock.now(), changed_by=by.name)
            work.connection_drafts.save(after)
            was, becomes = differing(
                connection_shown(before.settings), connection_shown(after.settings, before.settings)
            )
            self._record(work, tenant, "connection.draft_changed", after.settings, by, before=was, after=becomes)
            return self._state(work, tenant, after)

    def check(self, tenant: Tenant, connection_id: ConnectionId) -> Sequence[Finding]:
        """The checks of `sso-bridge doctor`. Where a secret is stored, the provider is asked whether it accepts it.

        Raises DocumentInvalid if it is not known yet where the provider is.
        """
        state = self.one(tenant, connection_id)
        _refuse_about(WHERE, state.problems)
        deadline = self.clock.monotonic() + CHECK_S
        # Saved settings: a secret that could reach a host that it was not given for has been dropped by `save`.
        return self.provider_client.inspect(
            state.draft.connection, deadline=deadline, redirect_uri=f"{self.base_url}/callback/{connection_id}"
        )

    def discard(self, tenant: Tenant, connection_id: ConnectionId, *, version: str, by: Actor) -> None:
        """A connection that was only begun goes with it; one that a file has set up since stays."""
        with self.database.write() as work:
            self.discard_within(work, tenant, connection_id, version=version, by=by)

    def discard_within(
        self, work: Work, tenant: Tenant, connection_id: ConnectionId, *, version: str, by: Actor
    ) -> Draft:
        """`discard` in the caller's transaction. Returns what was discarded."""
        work.tenants.lock(tenant.id)
        draft = draft_of(work, tenant, connection_id)
        require_version(draft, version)
        work.connection_drafts.remove(tenant.id, connection_id)
        if draft.kind is DraftKind.NEW and draft.base == connection_of(work, tenant, connection_id).version:
            work.connections.remove(tenant.id, connection_id)
        self._record(work, tenant, "connection.draft_discarded", draft.settings, by)
        return draft

    def activate(self, tenant: Tenant, connection_id: ConnectionId, *, version: str, by: Actor) -> Connection:
        """The connection gets the draft's settings. Sessions continue, and the settings before are kept for `undo`.

        A second click finds it done. Raises DraftRefused, and DocumentInvalid if something is still missing.
        """
        with self.database.write() as work:
            tenant = work.tenants.lock(tenant.id) or tenant
            live = connection_of(work, tenant, connection_id)
            if work.connection_drafts.get(tenant.id, connection_id) is None and draft_version(live) == version:
                return live
            draft = draft_of(work, tenant, connection_id)
            require_version(draft, version)
            self._require_ready(self._state(work, tenant, draft), tenant)
            after = settled(live, draft.settings)
            if draft.kind is DraftKind.NEW:
                after = replace(after, status=Status.ACTIVE)
                self._record(work, tenant, "connection.created", after, by, after=connection_shown(after))
            else:
                self._replaced(work, tenant, live, after, "connection.changed", by=by)
            work.connections.save(after)
            work.connection_drafts.remove(tenant.id, connection_id)
            return after

    def undo(self, tenant: Tenant, connection_id: ConnectionId, *, version: str, by: Actor) -> Connection:
        """The settings before the last change of a draft are there again; undoing that restores the change.

        `version` is that of the connection. Raises DraftRefused.
        """
        with self.database.write() as work:
            work.tenants.lock(tenant.id)
            live = connection_of(work, tenant, connection_id)
            if live.version != version:
                raise ChangedMeanwhile("connection", live.name)
            previous = undoable(work, live)
            if previous is None:
                raise DraftRefused(DraftProblem.NO_PREVIOUS)
            after = settled(live, previous.settings)
            self._replaced(work, tenant, live, after, "connection.restored", by=by)
            work.connections.save(after)
            return after

    def undoable(self, tenant: Tenant, connection_id: ConnectionId) -> PreviousVersion | None:
        """What `undo` would restore. Raises NotFound."""
        with self.database.read() as work:
            return undoable(work, connection_of(work, tenant, connection_id))

    def _begun(self, work: Work, tenant: Tenant, connection: Connection, kind: DraftKind, by: Actor) -> DraftState:
        draft = Draft(
            settings=connection,
            base=connection.version,
            kind=kind,
            changed_at=self.clock.now(),
            changed_by=by.name,
        )
        work.connection_drafts.save(draft)
        after: dict[str, Detail] = {"kind": kind.value, "preset": connection.provider.preset}
        self._record(work, tenant, "connection.draft_begun", connection, by, after=after)
        return self._state(work, tenant, draft)

    def _changed(self, draft: Draft, live: Connection, changes: Changes) -> Connection:
        """Its settings with `changes`."""
        before = draft.settings
        document = with_changes(connection_document(before), {**changes, "name": before.name})
        spec, problems = self.reader.connection(document)
        typed = {key for key, value in changes.items() if value is not None}
        _refuse_about(typed, [*problems, *_problems(self.applier.unreachable(spec.provider))])
        settings = self.applier.wanted(with_kept_secrets(before, live, spec.provider), spec)
        return replace(settings, status=before.status)

    def _state(self, work: Work, tenant: Tenant, draft: Draft) -> DraftState:
        live = connection_of(work, tenant, draft.id)
        _, problems = self.reader.connection(connection_document(draft.settings))
        found = {problem.path: problem for problem in problems}
        for problem in _problems([*missing_credentials(draft.settings), *missing_access(draft.settings, live)]):
            found.setdefault(problem.path, problem)
        return DraftState(draft, live, tuple(found.values()))

    def _require_ready(self, state: DraftState, tenant: Tenant) -> None:
        if state.overtaken:
            raise DraftRefused(DraftProblem.OVERTAKEN)
        if state.problems:
            raise DocumentInvalid(state.problems)
        if needs_own_domains(state.draft.settings.provider, tenant.own_domains):
            raise DraftRefused(DraftProblem.NO_DOMAIN)
        if not state.draft.tested:
            raise DraftRefused(DraftProblem.UNTESTED)

    def _replaced(
        self, work: Work, tenant: Tenant, live: Connection, after: Connection, action: str, *, by: Actor
    ) -> None:
        """Keep what was there, and record the difference."""
        now = self.clock.now()
        work.connection_drafts.keep(
            PreviousVersion(settings=live, successor=after.fingerprint, replaced_at=now, replaced_by=by.name)
        )
        was, becomes = differing(connection_shown(live), connection_shown(after, live))
        self._record(work, tenant, action, after, by, before=was, after=becomes)

    def _record(
        self,
        work: Work,
        tenant: Tenant,
        action: str,
        connection: Connection,
        by: Actor,
        **values: Mapping[str, Detail],
    ) -> None:
        subject = f"{tenant.slug}/{connection.name}"
        self.audit.record(work, by.did(action, subject, tenant_id=tenant.id, at=self.clock.now(), **values))


def _problems(found: Iterable[tuple[str, str]]) -> list[InvalidInput]:
    return [InvalidInput(f"{CONNECTION}.{key}", problem) for key, problem in found]


def _refuse_about(keys: Collection[str], problems: Iterable[InvalidInput]) -> None:
    """Raises DocumentInvalid if a problem is about one of `keys`."""
    about = [problem for problem in problems if key_of(problem) in keys]
    if about:
        raise DocumentInvalid(about)
