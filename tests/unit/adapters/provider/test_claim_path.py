import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.provider.claim_path import at_path

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "0", "a.b", ""]), inner),
    max_leaves=12,
)

DOCUMENT = {
    "email": "top@acme.example",
    "user": {"emails": [{"value": "first@acme.example"}, {"value": "second@acme.example"}]},
    "https://acme.example/email": "literal@acme.example",
    "user.name": "literal",
    "claims": {"https://acme.example/role.name": "agent"},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("email", "top@acme.example"),
        ("user.emails.0.value", "first@acme.example"),
        ("user.emails.1.value", "second@acme.example"),
        ("https://acme.example/email", "literal@acme.example"),
        ("user.name", "literal"),
        ("claims.https://acme.example/role.name", "agent"),
    ],
)
def test_a_path_leads_through_members_and_list_indexes(path: str, value: str) -> None:
    assert at_path(DOCUMENT, path) == value


@pytest.mark.parametrize(
    "path",
    ["", ".", "nobody", "user.emails.2.value", "user.emails.-1", "user.emails.²", "user.emails.0.value.x", "email.0"],
)
def test_a_path_that_leads_nowhere_gives_none(path: str) -> None:
    assert at_path(DOCUMENT, path) is None


@given(document=JSON, path=st.text(alphabet="ab0.1²-", max_size=12))
def test_no_document_and_no_path_make_it_fail(document: object, path: str) -> None:
    at_path(document, path)
