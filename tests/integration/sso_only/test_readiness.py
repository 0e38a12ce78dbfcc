"""Readiness over a whole bridge: what people do shows in it."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Role
from app.domain.errors import NotFound
from app.domain.sso_only.readiness import PROVEN_S, Group, Summary
from app.domain.sso_only.readiness_issues import Kind
from app.domain.sso_only.readiness_report import Readiness
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import STAFF, TenantId
from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.integration.sso_only.switchable import PASSWORD, Switchable, switchable
from tests.services.statements import statements


@pytest.fixture
def acme(world: World, idp: FakeProvider) -> Switchable:
    return switchable(world, idp)


@pytest.fixture
def either_acme(either_world: World, idp: FakeProvider) -> Switchable:
    return switchable(either_world, idp)


def looked_at(acme: Switchable) -> Readiness:
    return acme.world.bridge.readiness.of("acme")


def counts(found: Readiness) -> dict[Group, int]:
    return {one.group: one.count for one in found.groups if one.count}


def test_a_tenant_where_nobody_has_tried_is_not_ready(either_acme: Switchable) -> None:
    found = looked_at(either_acme)
    assert not found.ready
    assert [issue.kind for issue in found.blockers] == [Kind.NOT_TESTED]
    assert counts(found) == {Group.NEVER_SEEN: 1}
    assert (found.percentage, found.expected_percentage) == (0, 100)
    assert found.last_sso is None


def test_a_login_through_the_provider_fills_it_in(either_acme: Switchable) -> None:
    either_acme.by_sso()
    found = looked_at(either_acme)
    assert found.ready
    assert counts(found) == {Group.PROVEN: 1}
    assert found.percentage == 100
    assert found.connections[0].tested
    assert found.last_sso is not None
    assert (found.last_sso.username, found.last_sso.connection) == ("alice", "main")
    assert "email" in found.last_sso.claims
    assert found.last_sso.reference == either_acme.world.bridge.traces.get(found.last_sso.reference).reference


def test_a_proof_wears_off(acme: Switchable) -> None:
    acme.by_sso()
    acme.world.clock.forward(PROVEN_S + 1)
    assert counts(looked_at(acme)) == {Group.WOULD_MATCH: 1}


def test_what_will_end_is_counted_beforehand(either_acme: Switchable) -> None:
    either_acme.by_sso()
    either_acme.by_password()
    either_acme.by_password()
    found = looked_at(either_acme)
    assert (found.password.people, found.password.without_sso) == (1, 0)
    assert (found.password.logins, found.password.at_least, found.password.sessions) == (2, False, 2)
    assert either_acme.world.bridge.switching.preview("acme").password_sessions == 2
    assert either_acme.switch(LoginPolicy.SSO_ONLY).sessions_ended == 2


def test_who_uses_passwords_only_is_worth_a_word(acme: Switchable) -> None:
    acme.by_sso()
    acme.world.account(acme.tenant, "bob", email="bob@acme.example", password=PASSWORD)
    acme.by_password("bob")
    (warning,) = [issue for issue in looked_at(acme).warnings if issue.kind is Kind.PASSWORD_ONLY]
    assert warning.values["count"] == "1"


def test_who_will_not_get_in_is_told_by_group(acme: Switchable) -> None:
    acme.by_sso()
    acme.world.account(acme.tenant, "bob")
    acme.world.account(acme.tenant, "carol", email="carol@elsewhere.example")
    acme.world.save(replace(acme.tenant, email_domains=("acme.example",)))
    found = looked_at(acme)
    assert counts(found) == {Group.PROVEN: 1, Group.NO_EMAIL: 1, Group.OUTSIDE_DOMAINS: 1}
    assert (found.preview.outside, found.preview.unproven) == (2, 0)
    assert found.expected_percentage == 33


def test_without_an_active_connection_nobody_is_expected_to_get_in(world: World) -> None:
    tenant = world.tenant()
    world.account(tenant, "alice", email="alice@acme.example")
    found = world.bridge.readiness.of("acme")
    assert [issue.kind for issue in found.blockers] == [Kind.NO_CONNECTION]
    assert (found.expected, counts(found)) == (0, {Group.NEVER_SEEN: 1})


def test_the_people_of_a_group_are_listed_by_username(either_acme: Switchable) -> None:
    for name in ("Dan", "bob", "carol"):
        either_acme.world.account(either_acme.tenant, name)
    readiness = either_acme.world.bridge.readiness
    first = readiness.accounts("acme", Group.NO_EMAIL, most=2)
    assert [account.username for account in first] == ["bob", "carol"]
    after = readiness.accounts("acme", Group.NO_EMAIL, most=2, after="carol")
    assert [account.username for account in after] == ["Dan"]
    assert readiness.accounts("acme", Group.PROVEN, most=2) == ()


def test_staff_is_looked_after_by_operators(world: World, idp: FakeProvider) -> None:
    staff = world.tenant(STAFF)
    world.connection(staff, idp)
    olga = world.account(staff, "olga", email="olga@vendor.example", roles=(Role.OPERATOR,))
    world.account(staff, "sam", email="sam@vendor.example", roles=(Role.SUPPORT,))
    found = world.bridge.readiness.of(STAFF)
    assert [(admin.account.username, admin.proven) for admin in found.admins] == [("olga", False)]
    assert Kind.NO_ADMIN_PROVEN in [issue.kind for issue in found.blockers]
    with world.bridge.database.write() as work:
        work.accounts.proven(staff.id, olga.id, at=world.clock.now())
    assert Kind.NO_ADMIN_PROVEN not in [issue.kind for issue in world.bridge.readiness.of(STAFF).blockers]


def test_logins_that_wait_for_a_decision_are_worth_a_word(acme: Switchable, idp: FakeProvider) -> None:
    acme.by_sso()
    idp.person("alice-made-anew", email="alice@acme.example")
    acme.world.sign_in(acme.world.client(), idp)
    assert Kind.HELD in [issue.kind for issue in looked_at(acme).warnings]


def test_a_list_shows_each_tenant_and_one_without_accounts_too(either_acme: Switchable) -> None:
    either_acme.by_sso()
    empty = either_acme.world.tenant("empty")
    found = either_acme.world.bridge.readiness.summaries([either_acme.tenant.id, empty.id])
    assert (found[either_acme.tenant.id].accounts, found[either_acme.tenant.id].proven) == (1, 1)
    assert found[empty.id] == Summary()
    assert either_acme.world.bridge.readiness.summaries([]) == {}
    assert either_acme.world.bridge.readiness.summaries([TenantId("nobody")]) == {TenantId("nobody"): Summary()}


def test_an_unknown_tenant_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        world.bridge.readiness.of("nobody")
    with pytest.raises(NotFound):
        world.bridge.readiness.accounts("nobody", Group.PROVEN, most=1)


def test_more_accounts_and_more_tenants_cost_no_more_queries(either_acme: Switchable) -> None:
    world = either_acme.world
    either_acme.by_sso()
    with statements(world.bridge.database) as few:
        world.bridge.readiness.of("acme")
    for number in range(60):
        other = world.tenant(f"other-{number}")
        world.account(other, "ada", roles=(Role.TENANT_ADMIN,))
        person = world.account(either_acme.tenant, f"person-{number}", roles=(Role.TENANT_ADMIN,))
        with world.bridge.database.write() as work:
            work.accounts.signed_in(person.tenant_id, person.id, at=world.clock.now(), method=Method.SSO)
    with statements(world.bridge.database) as many:
        assert world.bridge.readiness.of("acme").accounts == 61
    assert len(many) == len(few)
    assert len(few) <= 12
