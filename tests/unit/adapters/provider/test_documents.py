import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.provider.documents import BadDocument, parse_json, parse_object


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"sub": "a", "sub": "b"}', "it contains a member twice"),
        (b'{"a": {"sub": 1, "sub": 1}}', "it contains a member twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 50_000, "nested too deeply"),
        (b'{"email": "\\ud800"}', "it contains text that is not Unicode"),
        (b'{"email": "a\\u0000b"}', "it contains a NUL character"),
        (b"\xff\xfe{}", "not JSON"),
        (b'{"n": ' + b"9" * 10_000 + b"}", "not JSON"),
    ],
)
def test_what_two_readers_could_understand_differently_is_refused(raw: bytes, problem: str) -> None:
    with pytest.raises(BadDocument, match=f"^{problem}$"):
        parse_json(raw)


@pytest.mark.parametrize("raw", [b"[]", b'"text"', b"1", b"null", b"true"])
def test_only_an_object_is_an_object(raw: bytes) -> None:
    with pytest.raises(BadDocument, match="not a JSON object"):
        parse_object(raw)


def test_a_byte_order_mark_and_escaped_letters_are_read() -> None:
    assert parse_object(b'\xef\xbb\xbf{"name": "J\\u00f6rg \\ud83d\\ude00"}') == {"name": "Jörg 😀"}


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_make_it_fail_otherwise(raw: bytes) -> None:
    try:
        parse_json(raw)
    except BadDocument as error:
        assert str(error)  # noqa: PT017  # the message is what is looked at
