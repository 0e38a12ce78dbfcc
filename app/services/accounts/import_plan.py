"""What a file of people would do: each row's fate, beside the account of its username."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from app.domain.accounts.account import TENANT_ROLES, Account, AccountId, Role, ascii_lower
from app.domain.accounts.account_draft import AccountDraft, DraftProblem
from app.domain.accounts.account_import import Fate, RowFate, RowProblem, Totals
from app.domain.accounts.people_file import Column, PeopleFile, Row
from app.domain.tenants.tenant import Status, Tenant
from app.ports.repositories import Work
from app.services.accounts.account_changes import Obstacle

_STATUSES = {status.value: status for status in Status}
_ROLES = {"administrator": Role.TENANT_ADMIN, "admin": Role.TENANT_ADMIN} | {role.value: role for role in TENANT_ROLES}


@dataclass(frozen=True, slots=True)
class Planned:
    """A row with the account as it is, if there is one, and as it would be."""

    fate: RowFate
    draft: AccountDraft
    status: Status
    before: Account | None

    @property
    def is_admin(self) -> bool:
        """Afterwards."""
        return self.status is Status.ACTIVE and Role.TENANT_ADMIN in self.draft.roles

    def refused(self, problem: RowProblem) -> "Planned":
        return replace(self, fate=self.fate._replace(fate=Fate.ERROR, problems=[*self.fate.problems, problem]))


def plan(work: Work, tenant: Tenant, file: PeopleFile, *, own: Collection[AccountId]) -> list[Planned]:
    """Each row beside the account of its username; `own` are the accounts of those who uploaded and confirm it."""
    found = work.accounts.by_usernames(tenant.id, [row.cells[Column.USERNAME] for row in file.rows])
    seen: set[str] = set()
    planned = []
    for row in file.rows:
        key = ascii_lower(row.cells[Column.USERNAME])
        planned.append(_planned(row, found.get(key), repeated=key in seen, own=own))
        seen.add(key)
    return _with_an_admin_left(work, tenant, planned)


def _with_an_admin_left(work: Work, tenant: Tenant, planned: list[Planned]) -> list[Planned]:
    """If the file takes away the last active administrator, the rows that do so are wrong."""
    after = {one.before.id: one for one in planned if one.before is not None}
    admins = {admin.id for admin in work.readiness.admins(tenant.id, Role.TENANT_ADMIN)}
    if not admins or not admins <= after.keys() or any(one.is_admin for one in planned):
        return planned
    problem = RowProblem(Column.ROLES, Obstacle.LAST_ADMIN)
    return [one.refused(problem) if one.before is not None and one.before.id in admins else one for one in planned]


def _planned(row: Row, before: Account | None, *, repeated: bool, own: Collection[AccountId]) -> Planned:
    draft, problems = _drafted(row, before)
    status = _status(row, before, problems)
    if repeated:
        problems.append(RowProblem(Column.USERNAME, DraftProblem.REPEATED))
    if before is not None and before.id in own:
        problems += _against_oneself(before, draft, status)
    changed = list(_differences(draft, status, before))
    if problems:
        fate = Fate.ERROR
    elif before is None:
        fate = Fate.CREATE
    else:
        fate = Fate.CHANGE if changed else Fate.SKIP
    shown = RowFate(row.line, row.cells[Column.USERNAME], fate, changed if before else (), problems)
    return Planned(shown, draft, status, before)


def _drafted(row: Row, before: Account | None) -> tuple[AccountDraft, list[RowProblem]]:
    """A column that the file does not have stays as it is; an empty cell empties the field."""
    cells, problems = row.cells, list[RowProblem]()
    draft = AccountDraft(cells[Column.USERNAME]) if before is None else AccountDraft.of(before)
    roles = draft.roles
    if cells.get(Column.ROLES):
        words = ascii_lower(cells[Column.ROLES]).replace(",", " ").replace(";", " ").split()
        if unknown := [word for word in words if word not in _ROLES]:
            problems.append(RowProblem(Column.ROLES, DraftProblem.ROLE_NOT_ALLOWED))
        known = dict.fromkeys(_ROLES[word] for word in words if word not in unknown)
        roles = tuple(role for role in TENANT_ROLES if role in known) or draft.roles
    draft = AccountDraft(
        draft.username,
        cells.get(Column.NAME, draft.name),
        cells.get(Column.EMAIL, draft.email) or None,
        roles,
        cells.get(Column.EXTERNAL_ID, draft.external_id) or None,
    )
    problems += [RowProblem(one.field, one.problem) for one in draft.problems(TENANT_ROLES)]
    return draft, problems


def _status(row: Row, before: Account | None, problems: list[RowProblem]) -> Status:
    text = ascii_lower(row.cells.get(Column.STATUS, ""))
    if text and text not in _STATUSES:
        problems.append(RowProblem(Column.STATUS, DraftProblem.NOT_A_STATUS))
    return _STATUSES.get(text, before.status if before else Status.ACTIVE)


def _against_oneself(before: Account, draft: AccountDraft, status: Status) -> Iterator[RowProblem]:
    """Whoever brings a file in stays an administrator, so that the tenant keeps one."""
    if Role.TENANT_ADMIN in before.roles and Role.TENANT_ADMIN not in draft.roles:
        yield RowProblem(Column.ROLES, Obstacle.OWN_ROLE)
    if status is not Status.ACTIVE:
        yield RowProblem(Column.STATUS, Obstacle.OWN_ACCOUNT)


def _differences(draft: AccountDraft, status: Status, before: Account | None) -> Iterator[str]:
    if before is None:
        return
    present = AccountDraft.of(before)
    for column in (Column.EMAIL, Column.NAME, Column.ROLES, Column.EXTERNAL_ID):
        if getattr(draft, column) != getattr(present, column):
            yield column
    if status is not before.status:
        yield Column.STATUS


def counted(fates: Iterable[RowFate]) -> Totals:
    count = Counter(one.fate for one in fates)
    return Totals(count[Fate.CREATE], count[Fate.CHANGE], count[Fate.SKIP], count[Fate.ERROR])
