from threading import Thread
from typing import NoReturn

import pytest

from app.adapters.sql.database.postgres import BoundedConnection, Lookout


def never() -> BoundedConnection:
    raise AssertionError("nobody looks out")


def test_where_no_thread_is_to_be_had_the_database_is_not_called_hung_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_thread: Thread) -> NoReturn:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", refused)
    lookout = Lookout(never)
    lookout.noticed()
    assert not lookout.hangs
