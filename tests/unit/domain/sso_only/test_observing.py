"""What a tenant that observes finds out, and what it does to a login: nothing."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Account, AccountId
from app.domain.sso_only.observing import after_password_login, observed, unproven
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import Tenant, TenantId

TENANT = Tenant(id=TenantId("acme"), slug="acme", name="Acme", observing_since=1000.0)
ALICE = Account(id=AccountId("alice"), tenant_id=TENANT.id, username="alice")


@pytest.mark.parametrize("policy", LoginPolicy)
def test_what_would_be_refused_is_a_password_whatever_the_policy_is_now(policy: LoginPolicy) -> None:
    tenant = replace(TENANT, policy=policy)
    assert observed(tenant, Method.PASSWORD) == {"would_be_refused": "password_not_allowed"}
    assert observed(tenant, Method.SSO) == {}


def test_who_does_not_observe_finds_out_nothing() -> None:
    tenant = replace(TENANT, observing_since=None)
    assert observed(tenant, Method.PASSWORD) == {}
    assert not unproven(tenant, ALICE)
    assert after_password_login(tenant, ALICE, "/desk") == "/desk"


@pytest.mark.parametrize(("last_sso_at", "open_question"), [(None, True), (999.9, True), (1000.0, False)])
def test_what_counts_has_happened_since(last_sso_at: float | None, open_question: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert unproven(TENANT, replace(ALICE, last_sso_at=last_sso_at)) is open_question


def test_the_way_on_survives_the_offer_whole() -> None:
    assert after_password_login(TENANT, ALICE, "/desk?a=1&b=2") == "/account/try-sso?next=%2Fdesk%3Fa%3D1%26b%3D2"
