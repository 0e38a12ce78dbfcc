"""Conditions that decide whether what someone was given is still live: a session, an authorization."""

import hashlib
import json
from typing import Any

from sqlalchemy import Exists, bindparam, exists, or_

from app.adapters.sql.statements import among
from app.adapters.sql.tables import ProviderLogoutRow, SessionRow, TenantRow
from app.domain.connections.connection import ConnectionId
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


def signed_out_since() -> Exists:
    """Whether the provider has remembered one of the `logouts` at `began_at` or later."""
    return exists().where(among(ProviderLogoutRow.id, "logouts"), ProviderLogoutRow.at >= bindparam("began_at"))


def logout_keys(connection_id: ConnectionId, issuer: str, *, sid: str | None, subject: str) -> list[str]:
    """The logouts that apply to a session of this subject with this `sid`."""
    named = [(None, subject), *([(sid, None), (sid, subject)] if sid else [])]
    return [logout_key(connection_id, issuer, *one) for one in named]


def logout_key(connection_id: ConnectionId, issuer: str, sid: str | None, subject: str | None) -> str:
    """What a provider said is kept as a hash: it is compared, never read."""
    return hashlib.sha256(json.dumps([connection_id, issuer, sid, subject]).encode()).hexdigest()
