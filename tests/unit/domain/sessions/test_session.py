"""Under which name a session is kept. How long it lives is one query (tests/contracts/sessions)."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.sessions.session import session_id


@given(token=st.text())
def test_a_session_is_kept_under_a_hash_of_what_the_cookie_holds(token: str) -> None:
    name = session_id(token)
    assert len(name) == 64
    assert set(name) <= set("0123456789abcdef")
    assert name != session_id(token + "x")
