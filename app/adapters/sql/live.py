"""Conditions that decide whether what someone was given is still live: a session, an authorization."""

from typing import Any

from sqlalchemy import bindparam, or_

from app.adapters.sql.tables import SessionRow, TenantRow
from app.domain.tenants.login_policy import LoginPolicy, Method


def within_limits() -> tuple[Any, ...]:
    """The conditions for a session that has neither ended nor outlived a limit at `now`; the tenant is in the query."""
    return (
        SessionRow.ended_at.is_(None),
        SessionRow.expires_at > bindparam("now"),
        SessionRow.last_seen_at + SessionRow.idle_s > bindparam("now"),
        # The tenant's limits as they are now; a session's own limits can only be shorter (Session.within).
        SessionRow.created_at + TenantRow.absolute_s > bindparam("now"),
        SessionRow.last_seen_at + TenantRow.idle_s > bindparam("now"),
    )


def method_accepted(row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any row with these columns
    """The conditions for a row (a session, an authorization) born of a method that its tenant still accepts."""
    return (
        or_(
            row.method != Method.PASSWORD.value,
            (row.password_epoch == TenantRow.password_epoch) & (TenantRow.policy != LoginPolicy.SSO_ONLY.value),
        ),
        or_(row.method != Method.SSO.value, TenantRow.policy != LoginPolicy.PASSWORD.value),
    )
