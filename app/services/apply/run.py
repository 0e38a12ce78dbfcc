"""One pass over a file: the transaction, the plan so far, and the audit entry of each change."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.audit.audit import Actor, differing
from app.domain.errors import Detail
from app.domain.tenants.tenant import Tenant, TenantId
from app.ports.repositories import Work
from app.services.apply.plan import Difference, Mark, PlanLine, ProvisionedConnection
from app.services.audit.audit import AuditService

Shown = Mapping[str, Detail]
"""Keys of a file with the values of one object; never a secret."""


@dataclass(slots=True)
class Run:
    """With `set_policy`, policies and passwords of existing tenants and accounts are changed too, not only noted."""

    work: Work
    audit: AuditService
    now: float
    by: Actor
    set_policy: bool = False
    lines: list[PlanLine] = field(default_factory=list)
    connections: list[ProvisionedConnection] = field(default_factory=list)
    locked: dict[str, Tenant | None] = field(default_factory=dict)
    """The tenants in the file, by slug, as they were before."""

    def created(self, noun: str, name: str, *, tenant_id: TenantId | None, after: Shown) -> None:
        self.lines.append(PlanLine(Mark.CREATED, f"{noun} {name}"))
        self._audit(f"{noun}.created", name, tenant_id=tenant_id, before={}, after=after)

    def changed(self, noun: str, name: str, *, tenant_id: TenantId | None, before: Shown, after: Shown) -> bool:
        """Add a difference to the plan and the audit; False if there is none."""
        was, becomes = differing(before, after)
        if becomes:
            self.planned(noun, name, [Difference(key, was[key], becomes[key]) for key in becomes])
            self._audit(f"{noun}.changed", name, tenant_id=tenant_id, before=was, after=becomes)
        return bool(becomes)

    def made(self, noun: str, name: str, *, tenant_id: TenantId | None, before: Shown | None, after: Shown) -> bool:
        """One that is new, where there was none before, or what differs; False where nothing is to be stored."""
        if before is not None:
            return self.changed(noun, name, tenant_id=tenant_id, before=before, after=after)
        self.created(noun, name, tenant_id=tenant_id, after=after)
        return True

    def planned(self, noun: str, name: str, differences: Sequence[Difference]) -> None:
        """For a change that is audited where it is made."""
        keys = ", ".join(difference.key for difference in differences)
        self.lines.append(PlanLine(Mark.CHANGED, f"{noun} {name}", keys, tuple(differences)))

    def note(self, noun: str, name: str, text: str) -> None:
        self.lines.append(PlanLine(Mark.NOTE, f"{noun} {name}", text))

    def _audit(self, action: str, name: str, *, tenant_id: TenantId | None, before: Shown, after: Shown) -> None:
        entry = self.by.did(action, name, tenant_id=tenant_id, at=self.now, before=before, after=after)
        self.audit.record(self.work, entry)


def shown(fields: Mapping[str, object]) -> dict[str, Detail]:
    """Fields of a domain object as an audit entry shows them."""
    return {key: _detail(value) for key, value in fields.items()}


def _detail(value: object) -> Detail:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, tuple | list):
        return [str(item) for item in value]
    if isinstance(value, Mapping):
        return json.dumps(value, sort_keys=True)
    return str(value)
