from dataclasses import replace

import pytest

from app.domain.accounts.account import AccountId, Role
from app.domain.connections.connection import Connection, ConnectionId, MatchBy, Provider
from app.domain.sso_only.readiness import (
    PROVEN_S,
    Group,
    Sorting,
    Standing,
    admin_role,
    members,
    percent,
    tally,
)
from app.domain.tenants.tenant import STAFF, Status, Tenant, TenantId

NOW = 1_795_240_000.0
LONG_AGO = NOW - PROVEN_S - 1
ACME = Tenant(id=TenantId("acme"), slug="acme", name="Acme")
ADA = Standing(AccountId("1"), "ada", "ada@acme.example", None, LONG_AGO, None, None)


def connection(match_by: MatchBy = MatchBy.EMAIL, status: Status = Status.ACTIVE) -> Connection:
    return Connection(
        id=ConnectionId(match_by.value),
        tenant_id=ACME.id,
        name="main",
        provider=Provider(match_by=match_by),
        status=status,
    )


def sort(*accounts: Standing, by: tuple[Connection, ...] = (connection(),), tenant: Tenant = ACME) -> list[Group]:
    sorting = Sorting.of(tenant, by, accounts, now=NOW)
    return [sorting.group(one) for one in accounts]


def test_an_account_with_what_is_compared_would_match() -> None:
    assert sort(ADA) == [Group.WOULD_MATCH]


@pytest.mark.parametrize("at", [NOW, NOW - PROVEN_S])
def test_who_came_in_by_sso_within_thirty_days_has_proven_it(at: float) -> None:
    assert sort(ADA._replace(last_sso_at=at)) == [Group.PROVEN]


def test_an_older_proof_is_none() -> None:
    assert sort(ADA._replace(last_sso_at=LONG_AGO)) == [Group.WOULD_MATCH]


def test_a_proof_counts_whatever_the_fields_say() -> None:
    outside = replace(ACME, email_domains=("elsewhere.example",))
    assert sort(ADA._replace(last_sso_at=NOW, email_key=None)) == [Group.PROVEN]
    assert sort(ADA._replace(last_sso_at=NOW), tenant=outside) == [Group.PROVEN]


def test_what_cannot_be_matched_comes_before_what_was_never_seen() -> None:
    never = ADA._replace(last_login_at=None)
    elsewhere = replace(ACME, email_domains=("elsewhere.example",))
    assert sort(never) == [Group.NEVER_SEEN]
    assert sort(never._replace(email_key=None)) == [Group.NO_EMAIL]
    assert sort(never, tenant=elsewhere) == [Group.OUTSIDE_DOMAINS]
    assert sort(never, tenant=replace(ACME, email_domains=("acme.example",))) == [Group.NEVER_SEEN]


def test_a_proof_without_a_login_is_a_sight() -> None:
    assert sort(ADA._replace(last_login_at=None, last_sso_at=LONG_AGO)) == [Group.WOULD_MATCH]


def test_accounts_that_share_an_email_lead_to_the_chooser_seen_or_not() -> None:
    twin = ADA._replace(id=AccountId("2"), username_key="ada-lead", last_login_at=None)
    other = ADA._replace(id=AccountId("3"), username_key="bob", email_key="bob@acme.example")
    assert sort(ADA, twin, other) == [Group.SHARED, Group.SHARED, Group.WOULD_MATCH]


def test_who_shares_with_a_proven_account_is_not_proven_by_it() -> None:
    twin = ADA._replace(id=AccountId("2"), username_key="ada-lead", last_sso_at=NOW)
    assert sort(ADA, twin) == [Group.SHARED, Group.PROVEN]


def test_by_username_everybody_would_match() -> None:
    assert sort(ADA._replace(email_key=None), by=(connection(MatchBy.USERNAME),)) == [Group.WOULD_MATCH]


def test_by_external_id_the_email_says_nothing() -> None:
    by = (connection(MatchBy.EXTERNAL_ID),)
    twin = ADA._replace(id=AccountId("2"), external_id="E-1", email_key=None)
    assert sort(ADA, twin, by=by) == [Group.NO_EXTERNAL_ID, Group.WOULD_MATCH]
    assert sort(twin, twin._replace(id=AccountId("3")), by=by) == [Group.SHARED, Group.SHARED]
    assert sort(twin._replace(external_id=""), by=by) == [Group.NO_EXTERNAL_ID]


def test_of_several_connections_one_that_can_match_is_enough() -> None:
    by = (connection(), connection(MatchBy.EXTERNAL_ID))
    without = ADA._replace(email_key=None)
    assert sort(without._replace(external_id="E-1"), by=by) == [Group.WOULD_MATCH]
    assert sort(without, by=by) == [Group.NO_EMAIL]


def test_a_disabled_connection_matches_nobody() -> None:
    off = connection(MatchBy.USERNAME, Status.DISABLED)
    assert sort(ADA._replace(email_key=None), by=(off, connection(MatchBy.EXTERNAL_ID))) == [Group.NO_EXTERNAL_ID]


def test_without_a_connection_the_emails_can_be_put_right_beforehand() -> None:
    assert sort(ADA, ADA._replace(id=AccountId("2"), email_key=None), by=()) == [Group.WOULD_MATCH, Group.NO_EMAIL]


def test_every_account_is_counted_in_one_group() -> None:
    accounts = [
        ADA,
        ADA._replace(id=AccountId("2"), email_key="bob@acme.example", last_sso_at=NOW, last_password_at=NOW),
        ADA._replace(id=AccountId("3"), email_key=None, last_password_at=NOW),
    ]
    counted = tally(Sorting.of(ACME, [connection()], accounts, now=NOW), accounts)
    assert counted.accounts == 3
    assert {group: count for group, count in counted.counts.items() if count} == {
        Group.PROVEN: 1,
        Group.WOULD_MATCH: 1,
        Group.NO_EMAIL: 1,
    }
    assert set(counted.counts) == set(Group)
    assert (counted.password_people, counted.password_only) == (2, 1)


def test_a_group_is_listed_by_username_a_page_at_a_time() -> None:
    accounts = [
        ADA._replace(id=AccountId(name), username_key=name, email_key=None if name == "eve" else f"{name}@acme.example")
        for name in ("dan", "eve", "bob", "carol")
    ]
    sorting = Sorting.of(ACME, [connection()], accounts, now=NOW)
    assert members(sorting, accounts, Group.WOULD_MATCH, most=2, after="") == ["bob", "carol"]
    assert members(sorting, accounts, Group.WOULD_MATCH, most=2, after="carol") == ["dan"]
    assert members(sorting, accounts, Group.NO_EMAIL, most=2, after="") == ["eve"]


@pytest.mark.parametrize(("part", "whole", "shown"), [(0, 0, 0), (0, 3, 0), (999, 1000, 99), (3, 3, 100)])
def test_a_hundred_percent_means_all(part: int, whole: int, shown: int) -> None:
    assert percent(part, whole) == shown


def test_a_tenant_is_looked_after_by_its_admins_and_the_vendors_own_by_operators() -> None:
    assert admin_role(ACME) is Role.TENANT_ADMIN
    assert admin_role(replace(ACME, slug=STAFF)) is Role.OPERATOR
