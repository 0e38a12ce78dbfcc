import pytest

from app.adapters.sql.connections.connections import _EXPIRING
from app.adapters.sql.mail.notices import _LATELY
from app.adapters.sql.traces.traces import _FAILING
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.mail.notice import Audience, NoticeKind, NoticeSetting
from tests.contracts.plans import plan_of
from tests.contracts.race import AT_ONCE, all_at_once
from tests.contracts.samples import ACME, GLOBEX, NOW

TOPIC = "provider_failing/acme/main"
SETTING = NoticeSetting(NoticeKind.SWITCH, Audience.ADDRESSES, ("it@acme.example", "ops@acme.example"))


def note(database: SqlDatabase, *, key: str = "event", recipient: str = "bob@acme.example", at: float = NOW) -> bool:
    with database.write() as work:
        return work.notices.note(key, recipient, topic=TOPIC, at=at)


def test_a_recipient_gets_a_notice_once(database: SqlDatabase) -> None:
    assert note(database)
    assert not note(database, at=NOW + 1)
    assert note(database, recipient="ann@acme.example")
    assert note(database, key="another event")


def test_of_several_workers_one_sends_it(database: SqlDatabase) -> None:
    assert sorted(all_at_once(lambda _: note(database))) == [False] * (AT_ONCE - 1) + [True]


def test_a_topic_knows_when_it_was_last_told(database: SqlDatabase) -> None:
    note(database)
    with database.read() as work:
        assert work.notices.told_since(TOPIC, since=NOW - 1)
        assert not work.notices.told_since(TOPIC, since=NOW)
        assert not work.notices.told_since("another", since=NOW - 1)


def test_settings_belong_to_their_tenant_and_replace_those_before(database: SqlDatabase) -> None:
    with database.write() as work:
        work.tenants.save(ACME)
        work.notices.save(ACME.id, NoticeSetting(NoticeKind.SWITCH, Audience.NOBODY))
        work.notices.save(ACME.id, SETTING)
    with database.read() as work:
        assert work.notices.settings(ACME.id) == [SETTING]
        assert work.notices.settings(GLOBEX.id) == []


def test_old_notes_are_forgotten(database: SqlDatabase) -> None:
    note(database)
    with database.write() as work:
        assert work.notices.forget(before=NOW, most=9) == 0
        assert work.notices.forget(before=NOW + 1, most=9) == 1
    assert note(database)


@pytest.mark.parametrize(
    ("statement", "given", "index"),
    [
        (_LATELY, {"wanted": "", "since": 0.0}, "topic"),
        (_EXPIRING, {"day": "2026-11-30", "before": 0.0}, "expires"),
        (_FAILING, {"since": 9e9, "reasons": ["provider_timeout"], "most": 1}, "ix_traces_"),
    ],
)
def test_what_the_worker_asks_is_found_by_an_index(
    database: SqlDatabase, statement: object, given: dict[str, object], index: str
) -> None:
    if database.engine.dialect != "sqlite":
        return  # PostgreSQL scans tables as small as these
    plan = plan_of(database, statement, **given)  # type: ignore[arg-type]  # of any kind
    assert index in plan, plan
