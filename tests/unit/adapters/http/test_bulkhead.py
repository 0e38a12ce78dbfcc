from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from threading import Event

import pytest

from app.adapters.http.bulkhead import Bulkhead
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode


def test_a_bulkhead_takes_its_share_and_the_next_one_is_told_that_it_is_busy() -> None:
    bulkhead = Bulkhead(width=3, patience_s=0.0, in_total=12)
    with ExitStack() as inside:
        for _ in range(3):
            inside.enter_context(bulkhead.enter("a", host="idp.example", left_s=10.0))
        with pytest.raises(SsoError) as stopped, bulkhead.enter("a", host="idp.example", left_s=10.0):
            pass
        with bulkhead.enter("b", host="idp.example", left_s=10.0):
            pass
    assert stopped.value.code is ReasonCode.PROVIDER_TIMEOUT
    assert stopped.value.details["busy"] is True
    assert stopped.value.details["host"] == "idp.example"


def test_a_place_is_given_back_whatever_happens_inside() -> None:
    bulkhead = Bulkhead(width=1, patience_s=0.0, in_total=12)
    for _ in range(3):
        with pytest.raises(KeyError), bulkhead.enter("a", host="idp.example", left_s=10.0):
            raise KeyError


def test_who_waits_gets_the_place_that_comes_free() -> None:
    bulkhead = Bulkhead(width=1, patience_s=10.0, in_total=12)
    let_go, waiting, entered = Event(), Event(), Event()

    def hold() -> None:
        with bulkhead.enter("a", host="idp.example", left_s=10.0):
            waiting.set()
            let_go.wait(10)

    def wait() -> None:
        waiting.wait(10)
        let_go.set()
        with bulkhead.enter("a", host="idp.example", left_s=10.0):
            entered.set()

    with ThreadPoolExecutor(2) as pool:
        for running in (pool.submit(hold), pool.submit(wait)):
            running.result(10)
    assert entered.is_set()


def test_nobody_waits_longer_than_the_request_has_left() -> None:
    bulkhead = Bulkhead(width=1, patience_s=3600.0, in_total=12)
    with (
        bulkhead.enter("a", host="idp.example", left_s=10.0),
        pytest.raises(SsoError),
        bulkhead.enter("a", host="idp.example", left_s=0.001),
    ):
        pass


def test_slow_providers_together_leave_places_for_the_next_one() -> None:
    bulkhead = Bulkhead(width=12, patience_s=0.0, in_total=12)
    held = dict.fromkeys(("slow", "slower", "next"), 0)
    with ExitStack() as inside:
        for bulkhead_key in held:
            with suppress(SsoError):
                for _ in range(12):
                    inside.enter_context(bulkhead.enter(bulkhead_key, host="idp.example", left_s=10.0))
                    held[bulkhead_key] += 1
    assert held == {"slow": 6, "slower": 3, "next": 2}
    assert bulkhead._present == 0


def test_who_waits_for_a_place_counts_as_well() -> None:
    bulkhead = Bulkhead(width=1, patience_s=10.0, in_total=4)
    waits, let_go = Event(), Event()

    def wait() -> None:
        waits.set()
        with bulkhead.enter("slow", host="idp.example", left_s=10.0):
            let_go.set()

    with ThreadPoolExecutor(1) as pool:
        with bulkhead.enter("slow", host="idp.example", left_s=10.0):
            waiting = pool.submit(wait)
            assert waits.wait(10)
            while bulkhead._present < 2:
                pass
            with pytest.raises(SsoError), bulkhead.enter("slow", host="idp.example", left_s=10.0):
                pass
        waiting.result(10)
    assert let_go.is_set()


def test_an_empty_bulkhead_is_forgotten() -> None:
    bulkhead = Bulkhead(width=1, patience_s=0.0, in_total=12)
    with bulkhead.enter("a", host="idp.example", left_s=10.0):
        assert set(bulkhead._callers) == {"a"}
        with pytest.raises(SsoError), bulkhead.enter("a", host="idp.example", left_s=10.0):
            pass
    assert bulkhead._callers == {}
