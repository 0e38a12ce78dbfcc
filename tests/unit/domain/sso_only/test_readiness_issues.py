from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain.accounts.account import Account, AccountId, Role
from app.domain.connections.connection import Connection, ConnectionId, Provider
from app.domain.sso_only.readiness import PROVEN_S, Group, Tally
from app.domain.sso_only.readiness_issues import GROUP_TEXTS, NAMES_MOST, Facts, Kind, blockers, some_names, warnings
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status, Tenant, TenantId

NOW = 1_795_240_000.0
ACME = Tenant(id=TenantId("acme"), slug="acme", name="Acme", policy=LoginPolicy.SSO_OPTIONAL)
UNTESTED = Connection(id=ConnectionId("1"), tenant_id=ACME.id, name="main", provider=Provider(client_id="bridge"))
TESTED = replace(UNTESTED, tested_at=NOW - 100, tested_fingerprint=UNTESTED.fingerprint)
ADA = Account(id=AccountId("ada"), tenant_id=ACME.id, username="ada", roles=(Role.TENANT_ADMIN,), last_sso_at=NOW)
NOBODY = Tally(dict.fromkeys(Group, 0))
SOMEBODY = Tally({group: int(group is Group.PROVEN) for group in Group})


def facts(
    connections: Sequence[Connection] = (TESTED,), admins: Sequence[Account] = (ADA,), tenant: Tenant = ACME
) -> Facts:
    return Facts(tenant, connections, admins, NOW)


def kinds(found: Facts) -> list[Kind]:
    return [issue.kind for issue in blockers(found)]


def warned(found: Facts, tally: Tally = SOMEBODY, held: int = 0) -> list[Kind]:
    return [issue.kind for issue in warnings(found, tally, held=held)]


def test_a_tested_connection_and_an_admin_who_came_in_are_enough() -> None:
    assert kinds(facts()) == []
    assert warned(facts()) == []


@pytest.mark.parametrize("connections", [(), (replace(TESTED, status=Status.DISABLED),)])
def test_without_an_active_connection_nobody_gets_in(connections: Sequence[Connection]) -> None:
    assert kinds(facts(connections)) == [Kind.NO_CONNECTION]


def test_a_test_of_other_settings_does_not_count() -> None:
    changed = replace(TESTED, provider=replace(TESTED.provider, client_id="another"))
    assert kinds(facts([changed])) == [Kind.NOT_TESTED]
    assert "the current settings of main" in blockers(facts([changed]))[0].text


def test_one_tested_connection_of_several_is_enough_and_the_others_are_named() -> None:
    both = (TESTED, replace(UNTESTED, name="spare"))
    assert kinds(facts(both)) == []
    assert warned(facts(both)) == [Kind.CONNECTION_UNTESTED]


@pytest.mark.parametrize("last", [None, NOW - PROVEN_S - 1])
def test_an_admin_who_has_not_come_in_lately_may_be_locked_out(last: float | None) -> None:
    found = facts(admins=[replace(ADA, last_sso_at=last)])
    assert kinds(found) == [Kind.NO_ADMIN_PROVEN]
    assert blockers(found)[0].text == (
        "No admin of acme has signed in with OAuth Login in the last 30 days. "
        "Ask one of them to sign in with it once: ada."
    )


def test_an_admin_who_came_in_before_the_settings_were_tested_may_have_come_by_another_provider() -> None:
    lately = replace(ADA, last_sso_at=NOW - 3600)
    found = facts([replace(TESTED, tested_at=NOW)], [lately])
    assert kinds(found) == [Kind.NO_ADMIN_PROVEN]
    assert "since its settings were last changed" in blockers(found)[0].text
    assert kinds(facts([replace(TESTED, tested_at=NOW - 3600)], [lately])) == []
    assert kinds(facts([replace(TESTED, tested_at=NOW - 3599)], [lately])) == [], "one login notes both"


def test_a_provider_that_is_switched_off_proves_nothing_about_the_one_that_is_left() -> None:
    old = replace(TESTED, name="old", status=Status.DISABLED, tested_at=NOW - 7200)
    lately = replace(ADA, last_sso_at=NOW - 3600)
    assert kinds(facts([old, TESTED], [lately])) == [Kind.NO_ADMIN_PROVEN]
    assert kinds(facts([replace(old, status=Status.ACTIVE), TESTED], [lately])) == []


def test_one_admin_of_several_is_enough_and_the_others_are_named() -> None:
    found = facts(admins=[ADA, replace(ADA, username="bob", last_sso_at=None)])
    assert kinds(found) == []
    assert warned(found) == [Kind.SOME_ADMINS_UNPROVEN]
    assert warnings(found, SOMEBODY, held=0)[0].values["admins"] == "bob"


def test_a_tenant_without_admins_is_warned_not_refused() -> None:
    assert kinds(facts(admins=[])) == []
    assert warned(facts(admins=[])) == [Kind.NO_ADMIN]


def test_whatever_is_missing_is_said_at_once() -> None:
    assert kinds(facts([UNTESTED], [replace(ADA, last_sso_at=None)])) == [Kind.NOT_TESTED, Kind.NO_ADMIN_PROVEN]


def test_people_who_will_not_get_in_are_counted() -> None:
    counts = {**NOBODY.counts, Group.NO_EMAIL: 2, Group.NO_EXTERNAL_ID: 3, Group.OUTSIDE_DOMAINS: 4}
    found = warnings(facts(), Tally(counts, password_people=7, password_only=5), held=6)
    assert [(one.kind, one.values["count"]) for one in found] == [
        (Kind.PASSWORD_ONLY, "5"),
        (Kind.NO_EMAIL, "2"),
        (Kind.NO_EXTERNAL_ID, "3"),
        (Kind.OUTSIDE_DOMAINS, "4"),
        (Kind.HELD, "6"),
    ]


def test_a_tenant_without_accounts_or_an_offer_on_its_login_page_is_warned() -> None:
    passwords = replace(ACME, policy=LoginPolicy.PASSWORD)
    assert warned(facts(tenant=passwords), NOBODY) == [Kind.NOT_OFFERED, Kind.NO_ACCOUNTS]


def test_every_remark_says_what_to_do() -> None:
    every = [
        *blockers(facts([], [replace(ADA, last_sso_at=None)])),
        *blockers(facts([UNTESTED])),
        *warnings(facts([TESTED, UNTESTED], [], replace(ACME, policy=LoginPolicy.PASSWORD)), NOBODY, held=1),
        *warnings(facts(), Tally(dict.fromkeys(Group, 1), 1, 1), held=1),
        *warnings(facts(admins=[ADA, replace(ADA, username="bob", last_sso_at=None)]), SOMEBODY, held=0),
    ]
    assert {issue.kind for issue in every} == set(Kind)
    for issue in every:
        assert issue.sentence.endswith(".")
        assert issue.remedy.endswith(".")
        assert "%(" not in issue.text


def test_every_group_has_a_name_and_a_meaning() -> None:
    assert set(GROUP_TEXTS) == set(Group)
    assert all(title and sentence for title, sentence, _ in GROUP_TEXTS.values())


def test_of_many_names_the_first_are_told() -> None:
    many = [replace(ADA, username=f"ada-{number}") for number in range(NAMES_MOST + 2)]
    assert some_names(many) == "ada-0, ada-1, ada-2, ada-3, ada-4 (+2)"
