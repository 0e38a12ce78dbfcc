"""Which ways into a tenant are open."""

import pytest

from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy, Method, refusal


@pytest.mark.parametrize(
    ("policy", "method", "expected"),
    [
        (LoginPolicy.PASSWORD, Method.PASSWORD, None),
        (LoginPolicy.PASSWORD, Method.SSO, ReasonCode.SSO_NOT_ALLOWED),
        (LoginPolicy.SSO_OPTIONAL, Method.PASSWORD, None),
        (LoginPolicy.SSO_OPTIONAL, Method.SSO, None),
        (LoginPolicy.SSO_ONLY, Method.PASSWORD, ReasonCode.PASSWORD_NOT_ALLOWED),
        (LoginPolicy.SSO_ONLY, Method.SSO, None),
    ],
)
def test_a_policy_lets_in_what_it_says(policy: LoginPolicy, method: Method, expected: ReasonCode | None) -> None:
    assert refusal(policy, method) is expected


def test_every_policy_leaves_a_way_in() -> None:
    for policy in LoginPolicy:
        assert any(refusal(policy, method) is None for method in Method)
