"""Whoever sends as slowly as they can, or nothing at all, keeps nobody else out."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.web.server import bodies
from app.web.server.bodies import NO_BODY, TOTAL_S, UPLOAD_S, Bodies, Body, BodyRefused, Sending, allowance_s
from app.web.server.limits import Limits
from tests.event_loop import in_a_loop

MOST = 100
ADDRESS = "203.0.113.7"


@dataclass
class Sent:
    """A request as granian hands it over: `chunks`, an empty one at the end, one more where it broke; or silence."""

    chunks: tuple[bytes, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    path: str = "/t/acme/login"
    silent: bool = False
    taken: int = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            self.taken += len(chunk)
            yield chunk
        if self.silent:
            await asyncio.Event().wait()


def announced(length: int, *chunks: bytes, silent: bool = False) -> Sent:
    return Sent(chunks, {"content-length": str(length)}, silent=silent)


def chunked(*chunks: bytes) -> Sent:
    return Sent(chunks, {"transfer-encoding": "chunked"})


async def read(gate: Bodies, sent: Any, client_ip: str = ADDRESS) -> Body | int:
    """The body, or the status of the refusal."""
    try:
        async with gate.whole(sent, sent, client_ip) as body:
            return body
    except BodyRefused as refused:
        return int(refused.status)


def one(sent: Sent) -> Body | int:
    return in_a_loop(read(Bodies(Limits(most=MOST)), sent))


def test_what_carries_no_body_enters_no_gate() -> None:
    for headers in ({}, {"content-length": "0"}):
        assert one(Sent(headers=headers, silent=True)) is NO_BODY


def test_a_body_that_is_too_long_is_told_by_its_length_and_not_read() -> None:
    sent = announced(MOST + 1, b"x" * (MOST + 1))
    assert one(sent) == Body(MOST + 1, b"")
    assert sent.taken == 0


def test_a_body_without_a_length_is_read_a_byte_further_than_allowed() -> None:
    assert one(chunked(b"x" * MOST, b"")) == Body(MOST, b"x" * MOST)
    sent = chunked(*[b"x" * 30] * 1000, b"")
    assert one(sent) == Body(MOST + 1, b"x" * (MOST + 1))
    assert sent.taken == 120


@pytest.mark.parametrize("sent", [announced(10, b"12345", b"", b""), announced(10, b"1", b""), chunked(b"1", b"", b"")])
def test_a_body_that_breaks_off_is_no_request(sent: Sent) -> None:
    assert one(sent) == 400


def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_S", 0.0)
    assert one(announced(10, silent=True)) == 408
    assert one(announced(10, b"12345", silent=True)) == 408


def test_what_has_come_buys_time_and_never_more_than_there_is() -> None:
    sizes = (0, 2_000, 4_000, 106_000, 8_000_000)
    assert [allowance_s(received, most_s=TOTAL_S) for received in sizes] == [5.0, 6.0, 7.0, 15.0, 15.0]
    assert [allowance_s(received, most_s=UPLOAD_S) for received in sizes] == [5.0, 6.0, 7.0, 58.0, 120.0]


async def full(gate: Bodies, addresses: Iterator[str]) -> list["asyncio.Task[Body | int]"]:
    slow = [asyncio.create_task(read(gate, announced(10, silent=True), client_ip)) for client_ip in addresses]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return slow


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is given up for its slowness."""
    monkeypatch.setattr(bodies, "GRACE_S", 600.0)
    monkeypatch.setattr(bodies, "TOTAL_S", 600.0)
    monkeypatch.setattr(bodies, "HONEST_S", 0.0)


@pytest.mark.usefixtures("patient")
def test_who_comes_when_an_address_has_all_its_places_gets_the_oldest() -> None:
    async def attack() -> None:
        gate = Bodies(Limits(most=MOST))
        slow = await full(gate, iter([ADDRESS] * bodies.OF_ONE_ADDRESS))
        elsewhere = (await full(gate, iter(["198.51.100.1"])))[0]
        assert await read(gate, announced(2, b"ok", b"")) == Body(2, b"ok")
        assert await slow[0] == 408
        assert not any(waiting.done() for waiting in [*slow[1:], elsewhere])
        for waiting in [*slow[1:], elsewhere]:
            waiting.cancel()

    in_a_loop(attack())


@pytest.mark.usefixtures("patient")
def test_an_office_that_sends_much_in_one_moment_is_not_taken_for_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "HONEST_S", 600.0)

    async def office() -> None:
        gate = Bodies(Limits(most=MOST))
        sending = await full(gate, iter([ADDRESS] * (bodies.OF_ONE_ADDRESS + 20)))
        assert await read(gate, announced(2, b"ok", b"")) == Body(2, b"ok")
        assert not any(one.done() for one in sending)
        for one in sending:
            one.cancel()

    in_a_loop(office())


@pytest.mark.usefixtures("patient")
def test_slow_bodies_from_everywhere_hold_no_place_that_somebody_needs() -> None:
    async def attack() -> None:
        gate = Bodies(Limits(most=MOST))
        slow = await full(gate, (f"198.51.100.{number}" for number in range(bodies.AT_ONCE)))
        assert await read(gate, announced(2, b"ok", b"")) == Body(2, b"ok")
        slow += await full(gate, iter(["203.0.113.1", "203.0.113.2"]))
        assert await read(gate, announced(2, b"ok", b"")) == Body(2, b"ok")
        assert [await waiting for waiting in slow[:3]] == [408, 408, 408]
        assert len(gate._sending) == bodies.AT_ONCE - 1
        for waiting in slow[3:]:
            waiting.cancel()

    in_a_loop(attack())


@pytest.mark.usefixtures("patient")
def test_places_whose_time_is_just_over_stop_no_newcomer() -> None:
    async def crowd() -> None:
        gate = Bodies(Limits(most=MOST))
        for _ in range(bodies.OF_ONE_ADDRESS):
            async with asyncio.timeout(600) as over:
                await asyncio.sleep(0)
            gate._sending[over] = Sending(ADDRESS, 0.0, upload=False)
        assert await read(gate, announced(2, b"ok", b"")) == Body(2, b"ok")

    in_a_loop(crowd())


def test_whoever_has_lost_the_place_does_not_win_it_back_by_one_more_byte() -> None:
    gate = Bodies(Limits(most=MOST))

    class Late(Sent):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            gate._sending.clear()
            yield b"12345"
            yield b""

    assert in_a_loop(read(gate, Late(headers={"content-length": "5"}))) == 408


UPLOAD = "/admin/people/import"


def upload(*chunks: bytes, length: int = 50, silent: bool = False) -> Sent:
    return Sent(chunks, {"content-length": str(length)}, path=UPLOAD, silent=silent)


FILE = upload(b"x" * 50, b"")
WHOLE = Body(50, b"x" * 50)


async def uploading(gate: Bodies, addresses: list[str], *begun: bytes) -> list["asyncio.Task[Body | int]"]:
    """Files that never come to their end."""
    found = [asyncio.create_task(read(gate, upload(*begun, silent=True), client_ip)) for client_ip in addresses]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return found


def addresses(number: int) -> list[str]:
    return [f"198.51.100.{one}" for one in range(number)]


def test_uploads_that_have_just_begun_keep_their_places_and_hold_up_no_other_bodies() -> None:
    """Each may be held in memory whole: more than a few at once are sent away, and forms are read as before."""

    async def many() -> None:
        gate = Bodies(Limits(most=MOST, upload=100))
        assert await read(gate, FILE) == WHOLE
        sending = await uploading(gate, addresses(bodies.UPLOADS_AT_ONCE))
        assert await read(gate, FILE) == 503
        assert await read(gate, announced(1, b"1", b"")) == Body(1, b"1")
        assert not any(one.done() for one in sending)
        for one in sending:
            one.cancel()

    in_a_loop(many())


@pytest.mark.usefixtures("patient")
def test_slow_uploads_from_several_addresses_keep_nobody_else_out() -> None:
    async def attack() -> None:
        gate = Bodies(Limits(most=MOST, upload=100))
        fast = await uploading(gate, addresses(bodies.UPLOADS_AT_ONCE - 1), b"x" * 40)
        slow = await uploading(gate, ["203.0.113.99"], b"x")
        assert await read(gate, FILE) == WHOLE
        assert await slow[0] == 408, "the slowest"
        assert not any(one.done() for one in fast)
        for one in fast:
            one.cancel()

    in_a_loop(attack())


@pytest.mark.usefixtures("patient")
def test_one_address_takes_over_its_own_upload_and_nobody_elses() -> None:
    async def attack() -> None:
        gate = Bodies(Limits(most=MOST, upload=100))
        elsewhere = await uploading(gate, ["198.51.100.9"])
        own = await uploading(gate, [ADDRESS] * bodies.UPLOADS_OF_ONE_ADDRESS, b"x" * 40)
        assert await read(gate, FILE) == WHOLE
        assert await own[0] == 408
        assert not own[1].done()
        assert not elsewhere[0].done()
        for one in (*own, *elsewhere):
            one.cancel()

    in_a_loop(attack())


@pytest.mark.usefixtures("patient")
def test_files_that_wait_for_a_thread_fill_no_memory() -> None:
    """A file that is whole keeps its place until it is answered, and is taken from nobody."""

    async def attack() -> None:
        gate, answered = Bodies(Limits(most=MOST, upload=100)), asyncio.Event()

        async def answer(client_ip: str) -> Body:
            file: Any = FILE
            async with gate.whole(file, file, client_ip) as body:
                await answered.wait()
                return body

        waiting = [asyncio.create_task(answer(one)) for one in addresses(bodies.UPLOADS_AT_ONCE)]
        for _ in range(5):
            await asyncio.sleep(0)
        assert await read(gate, FILE) == 503
        answered.set()
        assert [await one for one in waiting] == [WHOLE] * bodies.UPLOADS_AT_ONCE
        assert await read(gate, FILE) == WHOLE

    in_a_loop(attack())
