from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.login_policy import LoginPolicy
from app.domain.tenant import SessionLimits, Status, Tenant, TenantId
from tests.contracts.samples import ACME, GLOBEX, unstorable


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
