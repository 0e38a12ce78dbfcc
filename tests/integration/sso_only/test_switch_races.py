"""Several workers, support and the clock at once: one switch, one audit entry, or none."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from app.adapters.sql.audit.audit import SqlAudit
from app.adapters.sql.tenants.tenants import SqlTenants
from app.domain.audit.audit import ChainedEntry
from app.domain.errors import StoreUnavailable
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant, TenantId
from app.wiring import Bridge, build
from tests.builders import QuickHasher, World
from tests.contracts.race import AT_ONCE, all_at_once
from tests.fake_idp import FakeProvider
from tests.integration.sso_only.planning import ADDRESS, HOUR, SAM, Planning, planning


@pytest.fixture
def office(either_world: World, idp: FakeProvider) -> Planning:
    return planning(either_world, idp)


@pytest.fixture
def workers(office: Planning) -> Iterator[list[Bridge]]:
    """Each with connections of its own, as processes have them."""
    world = office.world
    bridges = [build(world.bridge.settings, clock=world.clock, hasher=QuickHasher()) for _ in range(AT_ONCE)]
    yield bridges
    for bridge in bridges:
        bridge.database.close()


def switches(office: Planning) -> list[str]:
    """What became of the policy, entry by entry."""
    return [str(entry.after["policy"]) for entry in office.acme.audit() if entry.action == "tenant.policy"]


def test_of_many_workers_one_carries_it_out(office: Planning, workers: list[Bridge]) -> None:
    office.acme.by_password()
    office.plan()
    office.world.clock.forward(HOUR + 1)
    done = all_at_once(lambda number: workers[number].switching.carry_out_due())
    assert sum(done) == 1
    assert office.actions() == ["tenant.switch_planned", "tenant.policy"]
    assert office.acme.policy() == (LoginPolicy.SSO_ONLY, True)


def test_of_many_workers_one_says_why_it_was_not_done(office: Planning, workers: list[Bridge]) -> None:
    office.plan()
    office.lose_the_test()
    office.world.clock.forward(HOUR + 1)
    done = all_at_once(lambda number: workers[number].switching.carry_out_due())
    assert sum(done) == 0
    assert office.actions() == ["tenant.switch_planned", "tenant.switch_not_done"]
    assert len(office.mail()) == 1


def test_a_switch_by_hand_at_the_same_moment_is_the_one_or_comes_before_it(
    office: Planning, workers: list[Bridge]
) -> None:
    office.plan()
    office.world.clock.forward(HOUR + 1)

    def act(number: int) -> None:
        if number % 2:
            workers[number].switching.carry_out_due()
        else:
            workers[number].enforcement.switch("acme", LoginPolicy.SSO_ONLY, actor="staff/nina", reason="by hand")

    all_at_once(act)
    assert switches(office) == ["sso_only"]
    assert office.acme.policy() == (LoginPolicy.SSO_ONLY, True)
    assert office.tenant().planned is None


def test_whatever_the_order_of_a_way_back_and_the_worker_the_changes_form_a_chain(
    office: Planning, workers: list[Bridge]
) -> None:
    office.plan()
    office.world.clock.forward(HOUR + 1)

    def act(number: int) -> None:
        if number % 2:
            workers[number].switching.carry_out_due()
        else:
            workers[number].enforcement.switch("acme", LoginPolicy.PASSWORD, actor="staff/nina", reason="by hand")

    all_at_once(act)
    entries = [entry for entry in office.acme.audit() if entry.action == "tenant.policy"]
    assert switches(office) in (["password"], ["sso_only", "password"])
    for earlier, later in pairwise(entries):
        assert earlier.after["policy"] == later.before["policy"]
    assert office.tenant().policy is LoginPolicy.PASSWORD
    assert office.tenant().planned is None


def test_a_plan_is_cancelled_or_carried_out_never_both(office: Planning, workers: list[Bridge]) -> None:
    office.plan()
    office.world.clock.forward(HOUR + 1)

    def act(number: int) -> int:
        if number % 2:
            return workers[number].switching.carry_out_due()
        return workers[number].switching.cancel("acme", actor=SAM, client_ip=ADDRESS, reason="not yet")

    assert sum(all_at_once(act)) == 1
    planned, ended = office.actions()
    assert planned == "tenant.switch_planned"
    done = {"tenant.policy": LoginPolicy.SSO_ONLY, "tenant.switch_cancelled": LoginPolicy.SSO_OPTIONAL}
    assert office.tenant().policy is done[ended]


def test_of_many_supporters_with_one_plan_one_writes_it(office: Planning, workers: list[Bridge]) -> None:
    at = office.world.clock.now() + HOUR

    def act(number: int) -> Tenant:
        return workers[number].switching.plan(
            "acme", LoginPolicy.SSO_ONLY, at=at, actor=f"staff/{number}", client_ip=ADDRESS, reason="ticket"
        )

    tenants = all_at_once(act)
    assert len({tenant.planned.actor for tenant in tenants if tenant.planned}) == 1
    assert office.actions() == ["tenant.switch_planned"]


def test_of_many_requests_one_is_written(office: Planning, workers: list[Bridge]) -> None:
    tenant_id = office.acme.tenant.id
    done = all_at_once(
        lambda number: workers[number].switching.request(tenant_id, actor=f"acme/{number}", client_ip=ADDRESS)
    )
    assert done.count(True) == 1
    assert office.actions() == ["tenant.switch_requested"]


@pytest.mark.parametrize("when", ["before the entry", "after the tenant"])
def test_a_worker_that_dies_in_the_middle_has_done_nothing_and_the_next_one_does_it(
    office: Planning, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    password = office.acme.by_password()
    office.plan()
    with monkeypatch.context() as patched:
        if when == "before the entry":
            patched.setattr(SqlAudit, "add", _away_instead_of_adding)
        else:
            patched.setattr(SqlTenants, "save", _save_and_die)
        with pytest.raises(StoreUnavailable):
            office.wait()
        assert office.acme.policy() == (LoginPolicy.SSO_OPTIONAL, False)
        assert office.tenant().planned is not None
        assert office.actions() == ["tenant.switch_planned"]
        assert office.acme.signed_in(password)
    assert office.switching.carry_out_due() == 1
    assert office.actions() == ["tenant.switch_planned", "tenant.policy"]
    assert not office.acme.signed_in(password)


def _away_instead_of_adding(_audit: SqlAudit, _link: ChainedEntry, *, seal: str) -> None:
    raise StoreUnavailable("database")


_save = SqlTenants.save


def _save_and_die(tenants: SqlTenants, tenant: Tenant) -> None:
    _save(tenants, tenant)
    raise StoreUnavailable("database")


def test_a_tenant_that_cannot_be_switched_keeps_no_other_waiting(
    office: Planning, monkeypatch: pytest.MonkeyPatch
) -> None:
    globex = office.world.tenant("globex")
    at = office.world.clock.now() + 2 * HOUR
    office.plan()
    office.switching.plan(
        "globex", LoginPolicy.SSO_ONLY, at=at, actor=SAM, client_ip=ADDRESS, reason="ticket", override=True
    )
    lock = SqlTenants.lock

    def locked_by_somebody(tenants: SqlTenants, tenant_id: TenantId) -> Tenant | None:
        if tenant_id == office.acme.tenant.id:
            raise StoreUnavailable("database")
        return lock(tenants, globex.id)

    monkeypatch.setattr(SqlTenants, "lock", locked_by_somebody)
    with pytest.raises(StoreUnavailable):
        office.wait(3 * HOUR)
    with office.world.bridge.database.read() as work:
        switched = work.tenants.get(globex.id)
    assert switched is not None
    assert switched.policy is LoginPolicy.SSO_ONLY
    assert office.tenant().policy is LoginPolicy.SSO_OPTIONAL
