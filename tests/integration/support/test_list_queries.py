"""A list asks as many questions for many rows as for few."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.accounts.account import Role
from app.domain.accounts.held import HeldDecision, HeldLogin, HeldLoginId
from app.domain.connections.connection import MatchBy, Sealed
from app.domain.passwords.second_factor import SecondFactor
from app.domain.reasons.codes import ReasonCode
from app.ports.counters import Limit
from app.services.throttling.throttle_keys import Counted, ThrottleKey
from tests.fake_idp import FakeProvider
from tests.integration.support.counter import Counter
from tests.services.statements import statements

MANY = 20


def staff(counter: Counter, _idp: FakeProvider, number: int) -> None:
    account = counter.world.account(counter.staff, f"member-{number}", roles=[Role.SUPPORT])
    with counter.world.bridge.database.write() as work:
        work.second_factors.add(
            SecondFactor(account.tenant_id, account.id, secret=Sealed("x"), confirmed_at=0.0, last_step=0)
        )


def held(counter: Counter, idp: FakeProvider, number: int) -> None:
    """Of two ways to match by, each in a tenant of its own."""
    by = (MatchBy.EMAIL, MatchBy.USERNAME)[number % 2]
    tenant = counter.world.tenant(f"shop-{number:02}")
    account = counter.world.account(tenant, f"Ann-{number}", email=f"ann-{number}@shop.example")
    connection = counter.world.connection(tenant, idp, match_by=by)
    login = HeldLogin(
        id=HeldLoginId(f"held-{number}"),
        tenant_id=tenant.id,
        connection_id=connection.id,
        issuer=idp.issuer,
        subject=f"subject-{number}",
        match_value=account.email if by is MatchBy.EMAIL and account.email else account.username.lower(),
        reason=ReasonCode.HELD_NEW_SUBJECT,
        before="subject-0",
        reference=f"7K3Q-9MWT-{number:02}",
        at=float(number),
    )
    with counter.world.bridge.database.write() as work:
        work.held.add(login)
        work.held.add(replace(login, id=HeldLoginId(f"decided-{number}"), match_value="x"))
        decided = replace(login, id=HeldLoginId(f"decided-{number}"), decision=HeldDecision.REFUSED)
        work.held.decide(replace(decided, decided_at=counter.world.clock.now(), decided_by="staff/sam"))


def throttled(counter: Counter, _idp: FakeProvider, number: int) -> None:
    tenant = counter.world.tenant(f"shop-{number:02}")
    account = counter.world.account(tenant, "ann")
    key = ThrottleKey(Counted.CODE, tenant.id, account_id=account.id)
    counter.world.bridge.counters.hit([Limit(str(key), most=1, window_s=600)])


@pytest.mark.parametrize(
    ("path", "add", "shown"),
    [
        ("/support/staff", staff, "member-{}"),
        ("/support/held", held, "Ann-{}"),
        ("/support/throttled", throttled, "Shop-{:02}"),
    ],
)
def test_many_rows_cost_no_more_queries_than_few(
    counter: Counter, idp: FakeProvider, path: str, add: Callable[[Counter, FakeProvider, int], None], shown: str
) -> None:
    browser = counter.browser("olga")
    add(counter, idp, 0)
    add(counter, idp, 1)

    def questions(rows: int) -> int:
        with statements(counter.world.bridge.database) as asked:
            page = browser.read(path)
        assert all(shown.format(number) in page for number in range(rows))
        return len(asked)

    few = questions(2)
    for number in range(2, MANY):
        add(counter, idp, number)
    assert questions(MANY) == few
