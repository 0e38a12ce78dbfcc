"""Devices that wait to be signed in."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from app.adapters.sql.executor import Executor
from app.adapters.sql.oauth2.rows import DeviceCodeRow
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import insert_once, storable
from app.domain.oauth2.authorization import AuthorizationId, TokenHash
from app.domain.oauth2.device_code import DeviceCode, DeviceState

DEVICE_CODE = RowMapper(DeviceCode, DeviceCodeRow)

_ADD = insert_once(DeviceCodeRow)
_ONE = select(*DEVICE_CODE.columns).where(DeviceCodeRow.device_hash == bindparam("wanted"))
_WAITING = select(*DEVICE_CODE.columns).where(
    DeviceCodeRow.user_code == bindparam("wanted"),
    DeviceCodeRow.state == DeviceState.WAITING.value,
    DeviceCodeRow.expires_at > bindparam("now"),
)
_OF_DEVICE = update(DeviceCodeRow).where(DeviceCodeRow.device_hash == bindparam("wanted"))
_STILL_WAITING = _OF_DEVICE.where(DeviceCodeRow.state == DeviceState.WAITING.value)
_APPROVE = _STILL_WAITING.values(state=DeviceState.APPROVED.value, authorization_id=bindparam("authorization"))
_DENY = _STILL_WAITING.values(state=DeviceState.DENIED.value)
_POLLED = _OF_DEVICE.values(polled_at=bindparam("at"), interval_s=bindparam("interval"))
_REDEEM = _OF_DEVICE.where(DeviceCodeRow.state == DeviceState.APPROVED.value).values(state=DeviceState.REDEEMED.value)


@dataclass(frozen=True, slots=True)
class SqlDeviceCodes:
    """The port `DeviceCodes`."""

    sql: Executor

    def add(self, code: DeviceCode) -> bool:
        return self.sql.changed(_ADD, **DEVICE_CODE.from_domain(code)) > 0

    def get(self, device_hash: TokenHash) -> DeviceCode | None:
        return self.sql.first(_ONE, DEVICE_CODE.to_domain, wanted=device_hash)

    def waiting(self, user_code: str, *, now: float) -> DeviceCode | None:
        if not storable(user_code):
            return None
        return self.sql.first(_WAITING, DEVICE_CODE.to_domain, wanted=user_code, now=now)

    def approve(self, device_hash: TokenHash, authorization_id: AuthorizationId) -> bool:
        return self.sql.changed(_APPROVE, wanted=device_hash, authorization=authorization_id) > 0

    def deny(self, device_hash: TokenHash) -> bool:
        return self.sql.changed(_DENY, wanted=device_hash) > 0

    def polled(self, device_hash: TokenHash, *, at: float, interval_s: int) -> None:
        self.sql.changed(_POLLED, wanted=device_hash, at=at, interval=interval_s)

    def redeem(self, device_hash: TokenHash) -> bool:
        return self.sql.changed(_REDEEM, wanted=device_hash) > 0
