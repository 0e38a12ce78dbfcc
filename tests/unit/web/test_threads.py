"""The threads that requests are answered in."""

import asyncio
from threading import Event, get_ident

from app.web.server.threads import Threads


async def thread_of(threads: Threads) -> int:
    """The one that a task runs in."""
    seen: list[int] = []
    await threads.run(lambda: seen.append(get_ident()))
    return seen[0]


async def held(threads: Threads, until: Event) -> asyncio.Future[None]:
    """A task that has begun, and lasts until then."""
    task = asyncio.ensure_future(threads.run(lambda: until.wait(10)))
    await asyncio.wait([task], timeout=0)
    return task


def test_one_request_after_the_other_is_answered_in_one_thread() -> None:
    async def ask() -> set[int]:
        threads = Threads(3, "test")
        return {await thread_of(threads) for _ in range(5)}

    assert len(asyncio.run(ask())) == 1


def test_requests_at_once_have_threads_of_their_own_and_then_wait() -> None:
    async def ask() -> tuple[int, bool, int]:
        threads, end = Threads(2, "test"), Event()
        first, second = await held(threads, end), await held(threads, end)
        third = asyncio.ensure_future(thread_of(threads))
        await asyncio.wait([third], timeout=0)
        at_once, waits = threads.busy, not third.done()
        end.set()
        await asyncio.gather(first, second, third)
        return at_once, waits, threads.busy

    assert asyncio.run(ask()) == (3, True, 0)


def test_a_task_that_raises_costs_no_thread() -> None:
    async def ask() -> set[int]:
        threads = Threads(1, "test")
        before = await thread_of(threads)
        await threads.run(lambda: next(iter(())))
        return {before, await thread_of(threads)}

    assert len(asyncio.run(ask())) == 1


def test_a_thread_whose_visitor_has_gone_is_busy_until_it_is_done() -> None:
    async def ask() -> tuple[int, int]:
        threads, end = Threads(2, "test"), Event()
        gone = await held(threads, end)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        busy = threads.busy
        answered = await asyncio.wait_for(thread_of(threads), 10)  # in another thread
        end.set()
        return busy, answered

    assert asyncio.run(ask())[0] == 1
