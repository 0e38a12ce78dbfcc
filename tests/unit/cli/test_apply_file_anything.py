"""Whatever stands in a file, it is read or refused with a path: never a traceback."""

import json
import string
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.adapters.apply_file.models import AccountTable, ClientTable, ConnectionTable, ScopeTable, TenantTable
from app.adapters.apply_file.problems import ApplyFileInvalid
from app.adapters.apply_file.read import parse_apply_file
from app.adapters.apply_file.urls import endpoint_problem, issuer_problem
from app.domain.oauth2.redirect_uris import redirect_uri_problem
from app.services.apply.spec import Spec

KEYS = {"tenants", "staff", "scopes", "clients"}.union(
    *(model.model_fields for model in (TenantTable, ConnectionTable, AccountTable, ScopeTable, ClientTable))
)
WORDS = ["acme", "main", "https://idp.example", "oauth2", "bob@acme.example", "env:X", "file:x", "HS256", "", "\u0000"]

keys = st.one_of(st.sampled_from(sorted(KEYS)), st.text(string.printable, min_size=1, max_size=5))
scalars = st.one_of(
    st.sampled_from(WORDS), st.text(max_size=20), st.booleans(), st.integers(), st.floats(allow_nan=False)
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=20,
)


def toml(value: object) -> str:
    """An inline value; TOML's strings and JSON's are written the same way."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else repr(value)


def quoted(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f")


def read(raw: bytes) -> Spec | None:
    try:
        return parse_apply_file(
            raw, folder=Path("/nonexistent"), environment={"X": "x"}, presets={"acme": {"pkce": 3}}, development=False
        )
    except ApplyFileInvalid:
        return None


@given(st.dictionaries(keys, values, max_size=4))
def test_any_document_is_read_or_refused(document: dict[str, object]) -> None:
    read("\n".join(f"{quoted(key)} = {toml(value)}" for key, value in document.items()).encode("utf-8", "replace"))


@given(st.lists(st.dictionaries(keys, values, max_size=5), max_size=3), st.sampled_from(["tenants", "clients"]))
def test_any_table_is_read_or_refused(tables: list[dict[str, object]], name: str) -> None:
    read(f"{name} = {toml(tables)}".encode("utf-8", "replace"))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    read(raw)


@given(st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=20), st.text(min_size=1, max_size=40))
def test_a_username_comes_through_as_it_is_or_not_at_all(slug: str, username: str) -> None:
    document = [{"slug": slug, "accounts": [{"username": username}]}]
    spec = read(f"tenants = {toml(document)}".encode("utf-8", "replace"))
    if spec is not None:
        assert spec.tenants[0].accounts[0].username == username


@given(st.one_of(st.text(max_size=60), st.from_regex(r"[a-z]{0,6}:/{0,3}[\[\]:@a-z0-9.?#*\\]{0,20}")))
def test_any_text_is_a_url_or_not(text: str) -> None:
    endpoint, issuer = endpoint_problem(text, development=False), issuer_problem(text, development=False)
    assert endpoint is None or endpoint.startswith("must ")
    assert issuer is not None or text.startswith("https://")
    assert redirect_uri_problem(text) is not None or "#" not in text
