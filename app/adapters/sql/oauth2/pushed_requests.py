"""Pushed authorization requests, by the hash of their reference."""

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select

from app.adapters.sql.executor import Executor
from app.adapters.sql.oauth2.rows import PushedRequestRow
from app.adapters.sql.row_mapper import RowMapper
from app.domain.oauth2.authorization import TokenHash
from app.domain.oauth2.pushed_request import PushedRequest

PUSHED_REQUEST = RowMapper(PushedRequest, PushedRequestRow)

_ADD = insert(PushedRequestRow)
_ONE = select(*PUSHED_REQUEST.columns).where(PushedRequestRow.id == bindparam("wanted"))
_REMOVE = delete(PushedRequestRow).where(PushedRequestRow.id == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class SqlPushedRequests:
    """The port `PushedRequests`."""

    sql: Executor

    def add(self, request: PushedRequest) -> None:
        self.sql.send(_ADD, **PUSHED_REQUEST.from_domain(request))

    def take(self, request_id: TokenHash) -> PushedRequest | None:
        found = self.sql.first(_ONE, PUSHED_REQUEST.to_domain, wanted=request_id)
        # Whoever removes the row has it; of two at once, the other one finds nothing to remove.
        return found if self.sql.changed(_REMOVE, wanted=request_id) else None
