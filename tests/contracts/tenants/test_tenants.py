from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.adapters.sql.tenants import tenants
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import PlannedSwitch, SwitchRequest
from app.domain.tenants.tenant import SessionLimits, Status, Tenant, TenantId
from tests.contracts.plans import plan_of
from tests.contracts.samples import ACME, GLOBEX, NOW, unstorable


def test_a_tenant_comes_back_as_it_was_saved(database: SqlDatabase) -> None:
    tenant = replace(ACME, accent="teal", limits=SessionLimits(idle_s=60, absolute_s=120))
    with database.write() as work:
        work.tenants.save(tenant)
    with database.read() as work:
        assert work.tenants.get(ACME.id) == tenant
        assert work.tenants.by_slug("acme") == tenant


def test_saving_again_changes_everything_but_the_id(stored: SqlDatabase) -> None:
    changed = Tenant(
        id=ACME.id,
        slug="acme-new",
        name="New",
        policy=LoginPolicy.SSO_ONLY,
        password_epoch=2,
        email_domains=("new.example",),
        status=Status.DISABLED,
    )
    with stored.write() as work:
        work.tenants.save(changed)
    with stored.read() as work:
        assert work.tenants.by_slug("acme-new") == changed
        assert work.tenants.by_slug("acme") is None


def test_unknown_tenants_are_absent(stored: SqlDatabase) -> None:
    with stored.read() as work:
        assert work.tenants.get(TenantId("nobody")) is None
        assert work.tenants.by_slug("nobody") is None
        assert work.tenants.lock(TenantId("nobody")) is None


@pytest.mark.parametrize("text", unstorable())
def test_a_slug_that_no_database_can_hold_is_absent(stored: SqlDatabase, text: str) -> None:
    with stored.read() as work:
        assert work.tenants.by_slug(text) is None
        assert work.tenants.by_email_domain(text) == []
        assert work.tenants.by_slug_or_name(text, most=9) == []


@pytest.mark.parametrize("text", ["acme", "ACME", "Acme Support", "acme sUPPORT"])
def test_a_tenant_is_found_by_all_of_its_slug_or_its_name(stored: SqlDatabase, text: str) -> None:
    with stored.write() as work:
        work.tenants.save(replace(ACME, name="Acme Support"))
        work.tenants.save(Tenant(id=TenantId("gone"), slug="gone", name="Acme Support", status=Status.DISABLED))
    with stored.read() as work:
        assert [tenant.slug for tenant in work.tenants.by_slug_or_name(text, most=9)] == ["acme"]
        assert work.tenants.by_slug_or_name(text[:-1], most=9) == []


def test_tenants_of_one_name_come_by_slug_and_no_more_than_asked_for(stored: SqlDatabase) -> None:
    with stored.write() as work:
        for slug in ("c", "b", "a"):
            work.tenants.save(Tenant(id=TenantId(slug), slug=slug, name="Same_%"))
    with stored.read() as work:
        assert [tenant.slug for tenant in work.tenants.by_slug_or_name("same_%", most=2)] == ["a", "b"]


def test_capitals_of_other_alphabets_are_told_apart_by_both_databases(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.tenants.save(replace(ACME, name="Ärzte Acme"))
    with stored.read() as work:
        assert [tenant.slug for tenant in work.tenants.by_slug_or_name("ÄRZTE ACME", most=9)] == ["acme"]
        assert work.tenants.by_slug_or_name("ärzte acme", most=9) == []


def test_a_name_of_any_length_is_stored_and_found(stored: SqlDatabase) -> None:
    name = "".join(f"{number:04}" for number in range(2000))
    with stored.write() as work:
        work.tenants.save(replace(ACME, name=name))
    with stored.read() as work:
        assert [tenant.slug for tenant in work.tenants.by_slug_or_name(name, most=9)] == ["acme"]


def test_a_slug_or_a_name_is_found_by_an_index_among_any_number(stored: SqlDatabase) -> None:
    with stored.write() as work:
        for number in range(2000):
            slug = f"tenant-{number:04}"
            work.tenants.save(Tenant(id=TenantId(slug), slug=slug, name=f"The Tenant {number}"))
    with stored.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    plan = plan_of(stored, tenants._CALLED, wanted="the tenant 17", most=9)
    assert "ix_tenants_lower_name" in plan, plan
    assert "Seq Scan" not in plan
    assert "SCAN tenants" not in plan


def test_all_tenants_come_by_slug_in_the_order_of_code_points(stored: SqlDatabase) -> None:
    with stored.write() as work:
        for slug in ("a-z", "aa", "a1"):
            work.tenants.save(Tenant(id=TenantId(slug), slug=slug, name=slug))
    with stored.read() as work:
        assert [tenant.slug for tenant in work.tenants.all()] == ["a-z", "a1", "aa", "acme", "globex"]


def test_a_domain_finds_the_active_tenants_that_name_it(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.tenants.save(replace(GLOBEX, email_domains=("acme.test",)))
        work.tenants.save(
            Tenant(id=TenantId("gone"), slug="gone", name="Gone", email_domains=("acme.test",), status=Status.DISABLED)
        )
    with stored.read() as work:
        assert [tenant.slug for tenant in work.tenants.by_email_domain("acme.test")] == ["acme", "globex"]
        assert [tenant.slug for tenant in work.tenants.by_email_domain("acme.example")] == ["acme"]
        assert work.tenants.by_email_domain("elsewhere.example") == []


def test_a_domain_that_was_taken_away_finds_nobody(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.tenants.save(replace(ACME, email_domains=()))
    with stored.read() as work:
        assert work.tenants.by_email_domain("acme.example") == []


def test_a_domain_named_twice_is_no_error(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.tenants.save(replace(ACME, email_domains=("acme.example", "acme.example")))
    with stored.read() as work:
        assert len(work.tenants.by_email_domain("acme.example")) == 1


def test_a_locked_tenant_is_read_as_it_is(stored: SqlDatabase) -> None:
    with stored.write() as work:
        assert work.tenants.lock(ACME.id) == ACME


def slugs(found: Sequence[Tenant]) -> list[str]:
    return [tenant.slug for tenant in found]


def test_tenants_are_found_by_a_part_of_their_slug_or_name_whatever_its_case(stored: SqlDatabase) -> None:
    with stored.read() as work:
        assert slugs(work.tenants.search("", most=10)) == ["acme", "globex"]
        assert slugs(work.tenants.search("LOB", most=10)) == ["globex"]
        assert slugs(work.tenants.search("me sup", most=10)) == ["acme"]
        assert slugs(work.tenants.search("acme.example", most=10)) == []


@pytest.mark.parametrize("query", ["%", "_", "a%e", "\\", *unstorable()])
def test_what_means_something_to_the_database_is_plain_text_in_a_search(stored: SqlDatabase, query: str) -> None:
    with stored.read() as work:
        assert slugs(work.tenants.search(query, most=10)) == []
        odd = replace(GLOBEX, id=TenantId("tenant-odd"), slug="odd", name=r"100%_\ Ltd")
    with stored.write() as work:
        work.tenants.save(odd)
    with stored.read() as work:
        assert slugs(work.tenants.search("0%_\\ L", most=10)) == ["odd"]


def test_a_page_of_tenants_begins_after_the_last_one_of_the_page_before(stored: SqlDatabase) -> None:
    with stored.write() as work:
        for number in range(5):
            work.tenants.save(Tenant(id=TenantId(f"id-{number}"), slug=f"shop-{number}", name="Shop"))
    with stored.read() as work:
        assert slugs(work.tenants.search("shop", most=2)) == ["shop-0", "shop-1"]
        assert slugs(work.tenants.search("shop", most=2, after="shop-1")) == ["shop-2", "shop-3"]
        assert slugs(work.tenants.search("shop", most=2, after="shop-3")) == ["shop-4"]
        assert slugs(work.tenants.search("", most=3, after="b")) == ["globex", "shop-0", "shop-1"]


PLAN = PlannedSwitch(
    LoginPolicy.SSO_ONLY,
    at=NOW,
    actor="staff/sam",
    address="192.0.2.7",
    reason="ticket 4711",
    overridden=("not_tested",),
)


def test_what_leads_up_to_a_switch_comes_back_as_it_was_saved(stored: SqlDatabase) -> None:
    before = replace(
        ACME, observing_since=NOW, planned=PLAN, requested=SwitchRequest(at=NOW, actor="acme/ada", note="please")
    )
    for tenant in (before, ACME):
        with stored.write() as work:
            work.tenants.save(tenant)
        with stored.read() as work:
            assert work.tenants.get(ACME.id) == tenant


def test_due_switches_are_found_the_longest_due_first(stored: SqlDatabase) -> None:
    later = Tenant(id=TenantId("later"), slug="later", name="Later", planned=replace(PLAN, at=NOW + 1))
    with stored.write() as work:
        for tenant in (replace(ACME, planned=PLAN), replace(GLOBEX, planned=replace(PLAN, at=NOW - 1)), later):
            work.tenants.save(tenant)
    with stored.read() as work:
        assert work.tenants.with_due_switch(now=NOW) == [GLOBEX.id, ACME.id]
        assert work.tenants.with_due_switch(now=NOW - 2) == []
