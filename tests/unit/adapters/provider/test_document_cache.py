from collections.abc import Callable
from threading import Event, Thread

import pytest

from app.adapters.provider import document_cache as fetched
from app.adapters.provider.document_cache import (
    FRESH_S,
    MOST_WAITING,
    RENEWALS,
    RETRY_S,
    STALE_S,
    Asker,
    DocumentCache,
    Invalidated,
)
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from tests.unit.adapters.provider.fake_ports import FakeClock

AWAY = SsoError(ReasonCode.PROVIDER_UNREACHABLE, host="idp")


class Source:
    """Gives out numbered documents, or fails."""

    def __init__(self) -> None:
        self.fetches = 0
        self.failure: SsoError | None = None

    def __call__(self) -> str:
        self.fetches += 1
        if self.failure is not None:
            raise self.failure
        return f"document {self.fetches}"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def cache(clock: FakeClock) -> DocumentCache[str]:
    return DocumentCache(clock, most=3)


Get = Callable[..., str]


@pytest.fixture
def get(cache: DocumentCache[str], clock: FakeClock, source: Source) -> Get:
    def get(key: str = "key", bulkhead_key: str = "bulkhead") -> str:
        return cache.get(key, source, bulkhead_key=bulkhead_key, deadline=clock.monotonic() + 1)

    return get


def test_a_fresh_document_serves_every_bulkhead_without_a_fetch(get: Get, source: Source, clock: FakeClock) -> None:
    assert get() == "document 1"
    clock.forward(FRESH_S - 1)
    assert (get(), get(bulkhead_key="other")) == ("document 1", "document 1")
    assert source.fetches == 1


def test_an_old_document_is_fetched_anew(get: Get, clock: FakeClock) -> None:
    get()
    clock.forward(FRESH_S)
    assert get() == "document 2"


def test_an_old_document_serves_while_the_provider_is_away(get: Get, source: Source, clock: FakeClock) -> None:
    get()
    source.failure = AWAY
    clock.forward(FRESH_S)
    assert (get(), get(), source.fetches) == ("document 1", "document 1", 2)
    clock.forward(RETRY_S)
    assert (get(), source.fetches) == ("document 1", 3)
    source.failure = None
    clock.forward(RETRY_S)
    assert get() == "document 4"


def test_no_document_serves_for_ever(get: Get, source: Source, clock: FakeClock) -> None:
    get()
    source.failure = AWAY
    clock.forward(STALE_S)
    with pytest.raises(SsoError):
        get()


def test_a_document_that_was_taken_back_serves_no_longer(get: Get, source: Source, clock: FakeClock) -> None:
    get()
    source.failure = Invalidated(ReasonCode.ISSUER_MISMATCH)
    clock.forward(FRESH_S)
    for _ in range(2):
        with pytest.raises(SsoError) as stopped:
            get()
        assert stopped.value.code is ReasonCode.ISSUER_MISMATCH
    assert source.fetches == 2


def test_a_failure_is_remembered_for_ten_seconds(get: Get, source: Source, clock: FakeClock) -> None:
    source.failure = AWAY
    for _ in range(3):
        with pytest.raises(SsoError) as stopped:
            get()
        assert stopped.value.details == {"host": "idp"}
    assert source.fetches == 1
    source.failure = None
    clock.forward(RETRY_S)
    assert get() == "document 2"


def test_one_lanes_failure_is_not_anothers(get: Get, source: Source) -> None:
    source.failure = AWAY
    with pytest.raises(SsoError):
        get(bulkhead_key="blocked")
    source.failure = None
    assert get(bulkhead_key="free") == "document 2"
    assert get(bulkhead_key="blocked") == "document 2"


def test_a_document_that_led_nowhere_is_fetched_anew_soon_but_not_at_once(
    get: Get, cache: DocumentCache[str], clock: FakeClock
) -> None:
    get()
    cache.distrust("key")
    cache.distrust("unknown")
    assert get() == "document 1"
    clock.forward(RETRY_S)
    assert get() == "document 2"


def test_a_flood_of_renewals_fetches_a_few_times_only(
    get: Get, cache: DocumentCache[str], source: Source, clock: FakeClock
) -> None:
    seen = get()
    for _ in range(50):
        seen = cache.renew("key", source, seen=seen, asker=Asker("bulkhead", clock.monotonic() + 1)) or seen
    assert source.fetches == 1 + RENEWALS
    clock.forward(30)
    assert cache.renew("key", source, seen=seen, asker=Asker("bulkhead", clock.monotonic() + 1)) == "document 5"


def test_after_a_flood_the_next_look_is_as_near_as_the_asker_may_have_it(
    get: Get, cache: DocumentCache[str], source: Source, clock: FakeClock
) -> None:
    often = Asker("bulkhead", clock.monotonic() + 60, every_s=1.0)
    seen = get()
    for _ in range(RENEWALS):
        assert cache.next_renewal("key", often) == 0
        seen = cache.renew("key", source, seen=seen, asker=often) or seen
    assert cache.renew("key", source, seen=seen, asker=often) is None
    assert cache.next_renewal("key", often) == 1.0
    assert cache.next_renewal("key", Asker("bulkhead", often.deadline)) == 30.0
    clock.forward(1)
    assert cache.renew("key", source, seen=seen, asker=often) == "document 5"
    assert cache.next_renewal("key", often) == 1.0


def test_renewals_that_helped_use_nothing_up(
    get: Get, cache: DocumentCache[str], source: Source, clock: FakeClock
) -> None:
    asker = Asker("bulkhead", clock.monotonic() + 1)
    seen = get()
    for number in range(20):
        seen = cache.renew("key", source, seen=seen, asker=asker) or ""
        assert seen == f"document {2 + number}"
        cache.helped("key", asker)
    assert cache.next_renewal("key", asker) == 0


def test_a_renewal_that_somebody_else_has_made_is_shared(
    get: Get, cache: DocumentCache[str], source: Source, clock: FakeClock
) -> None:
    seen = get()
    cache.renew("key", source, seen=seen, asker=Asker("a", clock.monotonic() + 1))
    assert cache.renew("key", source, seen=seen, asker=Asker("b", clock.monotonic() + 1)) == "document 2"
    assert source.fetches == 2


def test_a_failed_renewal_leaves_the_document(
    get: Get, cache: DocumentCache[str], source: Source, clock: FakeClock
) -> None:
    seen = get()
    source.failure = AWAY
    with pytest.raises(SsoError):
        cache.renew("key", source, seen=seen, asker=Asker("bulkhead", clock.monotonic() + 1))
    assert cache.renew("key", source, seen=seen, asker=Asker("bulkhead", clock.monotonic() + 1)) is None
    assert (get(), source.fetches) == ("document 1", 2)


def test_only_the_documents_used_last_are_kept(get: Get, source: Source) -> None:
    for key in ("a", "b", "c", "a", "d"):
        get(key)
    assert source.fetches == 4
    get("a")
    assert source.fetches == 4
    get("b")
    assert source.fetches == 5


class Flight:
    """A fetch that another thread holds open until told to land."""

    def __init__(self, cache: DocumentCache[str], clock: FakeClock) -> None:
        self.took_off, self.may_land = Event(), Event()
        self.thread = Thread(
            target=lambda: cache.get("key", self.fetch, bulkhead_key="bulkhead", deadline=clock.monotonic() + 60)
        )
        self.thread.start()
        self.took_off.wait(10)

    def fetch(self) -> str:
        self.took_off.set()
        self.may_land.wait(10)
        return "from the flight"

    def land(self) -> None:
        self.may_land.set()
        self.thread.join(10)


def test_while_one_fetches_others_take_the_old_document(cache: DocumentCache[str], get: Get, clock: FakeClock) -> None:
    get()
    clock.forward(FRESH_S)
    flight = Flight(cache, clock)
    assert get() == "document 1"
    flight.land()
    assert get() == "from the flight"


def test_while_one_fetches_the_first_time_others_wait_up_to_their_deadline(
    cache: DocumentCache[str], source: Source, clock: FakeClock
) -> None:
    flight = Flight(cache, clock)
    with pytest.raises(SsoError) as stopped:
        cache.get("key", source, bulkhead_key="bulkhead", deadline=clock.monotonic())
    assert stopped.value.code is ReasonCode.PROVIDER_TIMEOUT
    waiting = Thread(target=lambda: cache.get("key", source, bulkhead_key="bulkhead", deadline=clock.monotonic() + 60))
    waiting.start()
    flight.land()
    waiting.join(10)
    assert source.fetches == 0


def test_only_so_many_wait_until_their_deadline_a_further_one_for_a_moment(
    cache: DocumentCache[str], source: Source, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetched, "MOMENT_S", 0.0)
    flight = Flight(cache, clock)
    state = cache._caller("key", "bulkhead")
    for _ in range(MOST_WAITING):
        assert state.waiting.acquire(blocking=False)
    with pytest.raises(SsoError) as stopped:
        cache.get("key", source, bulkhead_key="bulkhead", deadline=clock.monotonic() + 60)
    assert (stopped.value.code, stopped.value.details["busy"]) == (ReasonCode.PROVIDER_TIMEOUT, True)
    assert cache.renew("key", source, seen="old", asker=Asker("bulkhead", clock.monotonic() + 60)) is None
    flight.land()
    assert cache.get("key", source, bulkhead_key="bulkhead", deadline=clock.monotonic()) == "from the flight"


def test_another_bulkhead_does_not_wait(cache: DocumentCache[str], get: Get, clock: FakeClock) -> None:
    flight = Flight(cache, clock)
    assert get(bulkhead_key="free") == "document 1"
    flight.land()


def test_whoever_cannot_wait_for_a_renewal_goes_without(
    cache: DocumentCache[str], source: Source, clock: FakeClock
) -> None:
    flight = Flight(cache, clock)
    assert cache.renew("key", source, seen="old", asker=Asker("bulkhead", clock.monotonic())) is None
    flight.land()
