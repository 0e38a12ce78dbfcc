"""While apps ask without pause, what ends a session ends it with the next question, and people can still sign in."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from app.domain.audit.audit import Actor
from app.domain.sessions.session import session_id
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand
from tests.fake_idp import FakeProvider
from tests.integration.customer import Customer, new_customer
from tests.integration.server import Server, Visitor

PATHS = ("/session", "/forward-auth")
ASKING = 8


@pytest.fixture
def server(tmp_path: Path, either_database_url: str) -> Iterator[Server]:
    """Two workers."""
    running = Server.start(tmp_path, either_database_url)
    yield running
    running.close()


@pytest.fixture
def customer(server: Server, idp: FakeProvider) -> Customer:
    return new_customer(server, idp)


def everywhere(visitor: Visitor, path: str) -> set[int]:
    """What all workers answer."""
    server = visitor.server
    return server.everywhere(lambda: server.get(path, cookies=visitor.cookies).status_code)


def end(customer: Customer, visitor: Visitor) -> None:
    customer.server.world.bridge.sessions.end(session_id(visitor.cookies["sso_session"]))


def disable_account(customer: Customer, _: Visitor) -> None:
    customer.server.world.save(replace(customer.account, status=Status.DISABLED))


def disable_tenant(customer: Customer, _: Visitor) -> None:
    customer.server.world.save(replace(customer.tenant, status=Status.DISABLED))


def switch(customer: Customer, _: Visitor) -> None:
    customer.server.world.bridge.enforcement.switch(
        SwitchCommand(customer.slug, LoginPolicy.SSO_ONLY, by=Actor("sam", reason="ticket"), accepted=EVERY_BLOCKER)
    )


@pytest.mark.parametrize("act", [end, disable_account, disable_tenant, switch])
def test_what_is_ended_in_another_process_is_ended_for_every_question_after_it(
    customer: Customer, act: Callable[[Customer, Visitor], None]
) -> None:
    server, visitor = customer.server, customer.by_password()
    done = Event()

    def keep_asking(number: int) -> list[tuple[bool, int]]:
        """Whether it was over before the question, and the answer."""
        found: list[tuple[bool, int]] = []
        while len(found) < 20 or not found[-1][0]:
            over = done.is_set()
            found.append((over, server.get(PATHS[number % 2], cookies=visitor.cookies).status_code))
        return found

    with ThreadPoolExecutor(ASKING) as threads:
        asking = [threads.submit(keep_asking, number) for number in range(ASKING)]
        act(customer, visitor)
        done.set()
        answers = [answer for one in asking for answer in one.result()]
    assert {status for over, status in answers if over} == {401}
    assert {status for _, status in answers} <= {200, 401}
    for path in PATHS:
        assert everywhere(visitor, path) == {401}


def test_a_flood_of_checks_keeps_nobody_from_signing_in(customer: Customer) -> None:
    server, visitor = customer.server, customer.by_password()
    enough = Event()

    def flood() -> set[int]:
        found = set()
        while not enough.is_set():
            found.add(server.get("/forward-auth", cookies=visitor.cookies).status_code)
        return found

    with ThreadPoolExecutor(ASKING) as threads:
        asking = [threads.submit(flood) for _ in range(ASKING)]
        try:
            for _ in range(5):
                customer.by_password()
                customer.by_sso()
        finally:
            enough.set()
        assert set.union(*(one.result() for one in asking)) == {200}
