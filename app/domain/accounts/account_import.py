"""A CSV file of people on its way into a tenant: what would become of each row, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, NewType

from app.domain.accounts.account import AccountId
from app.domain.tenants.tenant import TenantId

ImportId = NewType("ImportId", str)

UNSETTLED_MOST = 20
"""Files of one tenant that wait to be confirmed or carried out, at a time: each is kept whole."""


class Fate(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    CHANGE = "change"
    SKIP = "skip"
    """The account is as the row describes it."""
    ERROR = "error"


class RowProblem(NamedTuple):
    """`column` is one of `people_file.Column`; `problem` a `DraftProblem` or an `Obstacle`."""

    column: str
    problem: str


class RowFate(NamedTuple):
    """`line` is where the row begins in the file; `changed` are the columns that differ."""

    line: int
    username: str
    fate: Fate
    changed: Sequence[str] = ()
    problems: Sequence[RowProblem] = ()


class ImportState(StrEnum):
    """An import goes through these in order; the last two are ends."""

    CHECKED = "checked"
    WAITING = "waiting"
    """Confirmed; the worker takes it next."""
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """Nothing was changed: accounts had changed since the check, and rows are wrong now."""


class Totals(NamedTuple):
    """Rows by what became of them."""

    created: int = 0
    changed: int = 0
    skipped: int = 0
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class AccountImport:
    """`content` is sealed, and None once it is no longer needed. `claimed_at` is when a worker began with it.

    `prepared` of its `rows` are ready to be stored together with all others.
    """

    id: ImportId
    tenant_id: TenantId
    file_name: str
    uploaded_by: str
    """As the audit log names them."""
    account_id: AccountId
    """Of whoever uploaded it, which the import protects from itself."""
    uploaded_at: float
    content: str | None = field(repr=False)
    rows: int = 0
    prepared: int = 0
    confirmed_by: str | None = None
    """Who decided, as the audit log names them; whoever uploaded it may be someone else."""
    confirmed_account_id: AccountId | None = None
    state: ImportState = ImportState.CHECKED
    claimed_at: float | None = None
    settled_at: float | None = None
    created: int = 0
    changed: int = 0
    skipped: int = 0
    wrong: int = 0
