"""Who gets notices, and who has got which."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, Index, bindparam, select

from app.adapters.sql.batches import delete_some
from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor
from app.adapters.sql.statements import insert_once, upsert
from app.domain.mail.notice import Audience, NoticeKind, NoticeSetting
from app.domain.tenants.tenant import TenantId


class NoticeRow(Base):
    """That a recipient has got the notice of an event."""

    __tablename__ = "notices"
    __table_args__ = (Index(None, "topic", "at"),)

    key: Column[str] = column(primary_key=True)
    recipient: Column[str] = column(primary_key=True)
    topic: Column[str]
    at: Column[float] = column(index=True)


class NoticeSettingRow(Base):
    """Who gets one kind of notices about a tenant."""

    __tablename__ = "notice_settings"

    tenant_id: Column[str] = column(ForeignKey("tenants.id"), primary_key=True)
    kind: Column[str] = column(primary_key=True)
    audience: Column[str]
    addresses: Column[list[str]]


_ONCE = insert_once(NoticeRow)
_LATELY = select(NoticeRow.at).where(NoticeRow.topic == bindparam("wanted"), NoticeRow.at > bindparam("since")).limit(1)
_SETTINGS = select(NoticeSettingRow.kind, NoticeSettingRow.audience, NoticeSettingRow.addresses).where(
    NoticeSettingRow.tenant_id == bindparam("tenant")
)
_SAVE = upsert(NoticeSettingRow, on=["tenant_id", "kind"])
FORGET = delete_some(NoticeRow, NoticeRow.at < bindparam("before"), order=NoticeRow.at)


@dataclass(frozen=True, slots=True)
class SqlNotices:
    """The port `Notices`."""

    sql: Executor

    def note(self, key: str, recipient: str, *, topic: str, at: float) -> bool:
        return self.sql.changed(_ONCE, key=key, recipient=recipient, topic=topic, at=at) == 1

    def told_since(self, topic: str, *, since: float) -> bool:
        return self.sql.first(_LATELY, tuple, wanted=topic, since=since) is not None

    def settings(self, tenant_id: TenantId) -> Sequence[NoticeSetting]:
        return self.sql.all(_SETTINGS, _setting, tenant=tenant_id)

    def save(self, tenant_id: TenantId, setting: NoticeSetting) -> None:
        self.sql.changed(
            _SAVE,
            tenant_id=tenant_id,
            kind=setting.kind.value,
            audience=setting.audience.value,
            addresses=list(setting.addresses),
        )

    def forget(self, *, before: float, most: int) -> int:
        return self.sql.changed(FORGET, before=before, most=most)


def _setting(row: Any) -> NoticeSetting:  # noqa: ANN401 - a row of `_SETTINGS`
    kind, audience, addresses = row
    return NoticeSetting(NoticeKind(kind), Audience(audience), tuple(addresses))
