"""Ending sessions: whichever statement ends some, the next one tells their apps, in the same transaction."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Insert, Update, bindparam, exists, literal, select, update

from app.adapters.sql.executor import Executor
from app.adapters.sql.oauth2.rows import AppLogoutRow, AuthorizationRow, ClientRow
from app.adapters.sql.statements import insert
from app.adapters.sql.tables import SessionRow
from app.domain.oauth2.app_logout import KEPT_S
from app.domain.tenants.tenant import Status


@dataclass(frozen=True, slots=True)
class Ending:
    """Ends the sessions that meet the conditions."""

    end: Update
    tell_apps: Insert

    @classmethod
    def of(cls, *conditions: Any) -> "Ending":
        still = SessionRow.ended_at.is_(None)
        end = update(SessionRow).where(still, *conditions).values(ended_at=bindparam("at"))
        return cls(end, _tell_apps(SessionRow.ended_at == bindparam("at"), *conditions))

    def run(self, sql: Executor, **given: object) -> int:
        """How many have ended. `at` is among the given."""
        ended = sql.changed(self.end, **given)
        if ended:
            sql.changed(self.tell_apps, **given)
        return ended


def _tell_apps(*of_sessions: Any) -> Insert:
    """One logout for each app that was authorized in such a session and wants to know (Back-Channel Logout, 2.5).

    None for a session that goes on under another id. A logout's id is made of the session and the app: a session ends
    once.
    """
    other = SessionRow.__table__.alias().c
    goes_on = exists().where(
        other.tenant_id == SessionRow.tenant_id,
        other.account_id == SessionRow.account_id,
        other.reference == SessionRow.reference,
        other.ended_at.is_(None),
    )
    app_wants = (ClientRow.backchannel_logout_uri.is_not(None), ClientRow.status == Status.ACTIVE.value)
    logouts = (
        select(
            (SessionRow.id + literal(".") + ClientRow.client_id).label("id"),
            ClientRow.client_id,
            SessionRow.tenant_id,
            SessionRow.account_id,
            SessionRow.reference,
            SessionRow.ended_at.label("made_at"),
            SessionRow.ended_at.label("next_at"),
            literal(0).label("attempts"),
            (SessionRow.ended_at + literal(float(KEPT_S))).label("expires_at"),
        )
        .distinct()
        .select_from(SessionRow)
        .join(
            AuthorizationRow,
            (AuthorizationRow.tenant_id == SessionRow.tenant_id)
            & (AuthorizationRow.account_id == SessionRow.account_id)
            & (AuthorizationRow.reference == SessionRow.reference),
        )
        .join(ClientRow, ClientRow.client_id == AuthorizationRow.client_id)
        .where(*of_sessions, *app_wants, ~goes_on)
    )
    columns = [column.name for column in logouts.selected_columns]
    return insert(AppLogoutRow).from_select(columns, logouts)
