"""What happens in the very moment in which a password is replaced."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask.testing import FlaskClient

from app.domain.accounts.account import Account
from app.domain.reasons import ReasonCode
from app.services.throttling.link_limits import USES_MOST, USES_WINDOW_S, use_limits
from tests.builders import World, hidden_fields
from tests.threats.acme import ALICE, PASSWORD
from tests.threats.passwords.mailed import NEW, form_of, mails, send

LOGINS = 6


def founded(world: World) -> Account:
    return world.account(world.tenant("acme"), "alice", email=ALICE, password=PASSWORD)


def at_once(*acts: Callable[[], int]) -> list[int]:
    """What each answered."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], int]) -> int:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def login_of(world: World) -> tuple[FlaskClient, Callable[[], int]]:
    browser = world.client()
    data = {**hidden_fields(browser.get("/t/acme/login")), "username": "alice", "password": PASSWORD}
    return browser, lambda: browser.post("/t/acme/login", data=data).status_code


def test_no_login_with_the_old_password_outlives_the_new_one(either_world: World) -> None:
    """Each was before it, and is ended by it, or after it, and is refused."""
    link = send(either_world, founded(either_world))
    holder = either_world.client()
    form = form_of(holder, link)
    logins = [login_of(either_world) for _ in range(LOGINS)]
    answers = at_once(lambda: holder.post("/t/acme/password/new", data=form).status_code, *(act for _, act in logins))
    assert answers[0] == 303
    assert set(answers[1:]) <= {303, 401}
    assert [either_world.session(browser) for browser, _ in logins] == [None] * LOGINS


def test_of_a_change_and_a_link_at_once_one_sets_the_password(either_world: World) -> None:
    alice = founded(either_world)
    link = send(either_world, alice)
    holder, signed_in = either_world.client(), either_world.client()
    form = form_of(holder, link)
    login = {**hidden_fields(signed_in.get("/t/acme/login")), "username": "alice", "password": PASSWORD}
    assert signed_in.post("/t/acme/login", data=login).status_code == 303
    other = "another row of words"
    change = {
        **hidden_fields(signed_in.get("/account/password")),
        "current": PASSWORD,
        "new": other,
        "again": other,
    }
    by_link, by_hand = at_once(
        lambda: holder.post("/t/acme/password/new", data=form).status_code,
        lambda: signed_in.post("/account/password", data=change).status_code,
    )
    assert (by_link == 303) is not (by_hand == 303), (by_link, by_hand)
    with either_world.bridge.database.read() as work:
        stored = work.accounts.password_hash(alice.tenant_id, alice.id)
        entries = [entry.action for entry in work.audit.of_tenant(alice.tenant_id)]
    assert either_world.bridge.hasher.verify(NEW if by_link == 303 else other, stored)
    assert entries.count("account.password") == 1
    assert sum("was changed" in mail.subject for mail in mails(either_world)) == 1


def test_a_link_that_is_sent_again_and_again_makes_us_hash_a_few_times_only(world: World) -> None:
    """Twenty tries side by side would each be hashed before the first of them is done."""
    alice = founded(world)
    link = send(world, alice)
    browser = world.client()
    form = form_of(browser, link)
    with world.bridge.database.read() as work:
        tenant = work.tenants.by_slug("acme")
    assert tenant
    for _ in range(USES_MOST):
        assert world.bridge.counters.hit(use_limits(tenant, alice.id)) == 0
    answer = browser.post("/t/acme/password/new", data=form)
    assert (answer.status_code, world.trace(answer)["reason"]) == (429, ReasonCode.THROTTLED)
    assert answer.headers["Retry-After"]
    world.clock.forward(USES_WINDOW_S + 1)
    assert browser.post("/t/acme/password/new", data=form).status_code == 303
