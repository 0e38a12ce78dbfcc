"""What is kept between the redirect out and the callback."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.connections.connection import ConnectionId
from app.domain.login.login_attempt import LIFETIME_S, LoginAttempt, attempt_id
from app.domain.tenants.tenant import TenantId

texts = st.text()
attempts = st.builds(
    LoginAttempt,
    state=texts,
    nonce=texts,
    verifier=texts,
    tenant_id=texts.map(TenantId),
    connection_id=texts.map(ConnectionId),
    reference=texts,
    return_to=texts,
    started_at=st.floats(allow_nan=False),
)


@given(attempt=attempts)
def test_the_id_of_an_attempt_is_that_of_its_state(attempt: LoginAttempt) -> None:
    assert attempt.id == attempt_id(attempt.state)


@given(state=texts)
def test_an_id_names_a_cookie_whatever_state_comes_back(state: str) -> None:
    identity = attempt_id(state)
    assert len(identity) == 32
    assert set(identity) <= set("0123456789abcdef")


def test_an_id_does_not_contain_the_state_and_differs_with_it() -> None:
    states = ["a", "b", "A", "a ", "a\0", ""]
    assert len({attempt_id(state) for state in states}) == len(states)
    assert "state" not in attempt_id("state")


@given(attempt=attempts)
def test_an_attempt_is_good_for_ten_minutes(attempt: LoginAttempt) -> None:
    assert LIFETIME_S == 600
    assert attempt.expires_at == attempt.started_at + 600
