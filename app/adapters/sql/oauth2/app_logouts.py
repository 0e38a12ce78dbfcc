"""The logouts that apps have yet to be told about."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, select, update

from app.adapters.sql.executor import Executor, first_column
from app.adapters.sql.oauth2.rows import AppLogoutRow
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import insert_once
from app.domain.oauth2.app_logout import KEPT_S, AppLogout, AppLogoutBacklog
from app.domain.oauth2.client import ClientId

LOGOUT = RowMapper(AppLogout, AppLogoutRow)

_ADD = insert_once(AppLogoutRow)
_DUE = AppLogoutRow.next_at <= bindparam("now")
_DUE_FOR = (_DUE, AppLogoutRow.client_id == bindparam("wanted"))
_DUE_CLIENTS = select(AppLogoutRow.client_id).where(_DUE).distinct()
_CLAIM = (
    update(AppLogoutRow)
    .where(
        AppLogoutRow.id
        == select(AppLogoutRow.id)
        .where(*_DUE_FOR)
        .order_by(AppLogoutRow.next_at, AppLogoutRow.made_at)
        .limit(1)
        .with_for_update(skip_locked=True)  # on SQLite there is one writer at a time anyway
        .scalar_subquery()
    )
    .values(next_at=bindparam("until"), attempts=AppLogoutRow.attempts + 1)
    .returning(*LOGOUT.columns)
)
_CLAIMED = (AppLogoutRow.id == bindparam("claimed"), AppLogoutRow.attempts == bindparam("of_try"))
_ACCEPTED = delete(AppLogoutRow).where(*_CLAIMED)
_FAILED = update(AppLogoutRow).where(*_CLAIMED).values(next_at=bindparam("new_next_at"), error=bindparam("new_error"))
_POSTPONE = update(AppLogoutRow).where(*_DUE_FOR).values(next_at=bindparam("until"))
_WAITING = select(func.count()).where(AppLogoutRow.next_at.is_not(None))
_GIVEN_UP = select(func.count()).where(AppLogoutRow.next_at.is_(None))


@dataclass(frozen=True, slots=True)
class SqlAppLogouts:
    """The port `AppLogouts`."""

    sql: Executor

    def add(self, logout: AppLogout) -> None:
        self.sql.send(_ADD, **LOGOUT.from_domain(logout), expires_at=logout.made_at + KEPT_S)

    def due_clients(self, *, now: float) -> Sequence[ClientId]:
        return self.sql.all(_DUE_CLIENTS, first_column, now=now)

    def claim(self, client_id: ClientId, *, now: float, until: float) -> AppLogout | None:
        return self.sql.first(_CLAIM, LOGOUT.to_domain, wanted=client_id, now=now, until=until)

    def accepted(self, logout: AppLogout) -> bool:
        return self.sql.changed(_ACCEPTED, claimed=logout.id, of_try=logout.attempts) > 0

    def failed(self, logout: AppLogout, *, next_at: float | None, error: str) -> bool:
        values = {"new_next_at": next_at, "new_error": error}
        return self.sql.changed(_FAILED, claimed=logout.id, of_try=logout.attempts, **values) > 0

    def postpone(self, client_id: ClientId, *, now: float, until: float) -> None:
        self.sql.changed(_POSTPONE, wanted=client_id, now=now, until=until)

    def backlog(self) -> AppLogoutBacklog:
        return AppLogoutBacklog(waiting=int(self.sql.value(_WAITING)), given_up=int(self.sql.value(_GIVEN_UP)))
