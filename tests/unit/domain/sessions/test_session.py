"""How long a session lives, and under which name it is kept."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accounts.account import AccountId
from app.domain.sessions.session import Session, SessionId, session_id
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import TenantId

LOGIN = 1_790_000_000.0
SESSION = Session(
    id=SessionId("session"),
    tenant_id=TenantId("acme"),
    account_id=AccountId("bob"),
    method=Method.SSO,
    reference="7K3Q-9MWT-2X",
    auth_time=LOGIN,
    created_at=LOGIN,
    last_seen_at=LOGIN,
    idle_s=600,
    expires_at=LOGIN + 3600,
    password_epoch=1,
)


@pytest.mark.parametrize(("after_s", "alive"), [(0.0, True), (599.9, True), (600.0, False), (3600.0, False)])
def test_a_session_that_is_not_used_ends_at_the_idle_limit(after_s: float, alive: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert SESSION.alive(LOGIN + after_s) is alive


@pytest.mark.parametrize(("after_s", "alive"), [(3599.9, True), (3600.0, False), (3700.0, False)])
def test_a_session_that_is_used_ends_at_the_absolute_limit(after_s: float, alive: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert replace(SESSION, last_seen_at=LOGIN + after_s).alive(LOGIN + after_s) is alive


@given(seen=st.floats(0, 4000), first=st.floats(0, 5000), second=st.floats(0, 5000))
def test_what_has_ended_stays_ended(seen: float, first: float, second: float) -> None:
    session = replace(SESSION, last_seen_at=LOGIN + seen)
    earlier, later = sorted((LOGIN + first, LOGIN + second))
    assert session.alive(earlier) or not session.alive(later)


@given(token=st.text())
def test_a_session_is_kept_under_a_hash_of_what_the_cookie_holds(token: str) -> None:
    name = session_id(token)
    assert len(name) == 64
    assert set(name) <= set("0123456789abcdef")
    assert name != session_id(token + "x")
