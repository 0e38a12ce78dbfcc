from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.connections.connection import Provider
from app.domain.errors import InvalidInput
from app.web.connections.connection_fields import SECRET, as_text, blank, changes

WORD = st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=8)
LINE = st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12).map(str.strip)
CLAIM_NAME = LINE.filter(lambda name: bool(name) and "=" not in name)
CLAIMS = st.dictionaries(CLAIM_NAME, st.one_of(LINE.filter(bool), st.integers(), st.booleans()), max_size=3)


@given(
    st.fixed_dictionaries(
        {
            "issuer": st.one_of(st.none(), LINE),
            "client_id": LINE,
            "scopes": st.lists(WORD).map(tuple),
            "pkce": st.booleans(),
            "required_claims": CLAIMS,
        }
    )
)
def test_a_form_that_nobody_touched_changes_nothing(base: dict[str, object]) -> None:
    posted = {key: as_text(value).replace("\n", "\r\n") for key, value in base.items()}
    assert changes({**posted, SECRET: ""}, base) == {}


@given(CLAIMS)
def test_claims_are_read_back_as_they_were_written(claims: dict[str, object]) -> None:
    assert changes({"required_claims": as_text(claims)}, {"required_claims": {"another": "one"}}) == {
        "required_claims": claims or None
    }


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tid = 42-a", {"tid": "42-a"}),
        ("tid=7", {"tid": 7}),
        ('tid = "7"', {"tid": "7"}),
        ("staff = true\n\nroom = b = c", {"staff": True, "room": "b = c"}),
        ("tid = [1]", {"tid": "[1]"}),
        ("tid = " + "[" * 100_000, {"tid": "[" * 100_000}),
    ],
)
def test_a_claim_is_what_it_looks_like(typed: str, meant: dict[str, object]) -> None:
    assert changes({"required_claims": typed}, {}) == {"required_claims": meant}


def test_a_claim_without_a_value_is_no_claim() -> None:
    with pytest.raises(InvalidInput, match="on each line"):
        changes({"required_claims": "tid = 1\nstaff"}, {})


def test_a_secret_keeps_its_spaces() -> None:
    assert changes({SECRET: " a "}, {}) == {SECRET: " a "}
    assert changes({SECRET: " "}, {}) == {SECRET: " "}


def test_an_emptied_list_is_an_empty_list_and_an_emptied_text_its_default() -> None:
    base = {"scopes": ("openid",), "email_claim": "mail", "required_claims": {"a": "b"}}
    assert changes({"scopes": " ", "email_claim": "", "required_claims": ""}, base) == {
        "scopes": [],
        "email_claim": None,
        "required_claims": None,
    }


def test_a_new_connection_begins_with_its_preset_and_the_usual_values() -> None:
    begun = blank({"issuer": "https://gitlab.example", "scopes": ["openid"]})
    assert begun["issuer"] == "https://gitlab.example"
    assert begun["status"] == "active"
    assert set(begun) == {field.name for field in fields(Provider)} | {"status"}
