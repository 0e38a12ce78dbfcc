"""What counts as one plain address, and when two of them are the same."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accounts.account import ascii_lower
from app.domain.accounts.email_address import ADDRESS_MOST, EmailAddress, domain_key, parse_email
from tests.threats.accounts.impostors import COMPANY, IMPOSTORS, PEOPLE

anything = st.none() | st.booleans() | st.integers() | st.floats() | st.binary() | st.lists(st.text())
plain = "abcXYZ019"
speckled = st.text(
    st.sampled_from('aBzKk\u212aıİiIßẞſsé\u0301ü.-_+@"(),:;<>[]\\ \t\r\n\0\x7f\u200b\u202e。．＠%!0١א\ud800'),
    max_size=40,
)
labels = st.text(st.sampled_from("abzABZ09-éüßאש\u0301"), min_size=1, max_size=12) | st.text(
    st.characters(categories=["Ll", "Lo", "Nd", "Mn"]), min_size=1, max_size=8
)
domains = st.lists(labels, min_size=1, max_size=4).map(".".join) | speckled
locals_ = st.text(st.sampled_from(plain + "+-_.'éKß\u212aı"), min_size=1, max_size=12) | speckled
addresses = st.builds("{}@{}".format, locals_, domains) | speckled | st.text(max_size=60)


def parsed(raw: object) -> EmailAddress | None:
    """None where it is refused. Any error but ValueError goes through."""
    try:
        return parse_email(raw)
    except ValueError:
        return None


def refolded(raw: str) -> tuple[str, str]:
    """What alone may make two addresses equal: ASCII case, and for the domain its A-labels."""
    local, _, domain = raw.partition("@")
    return ascii_lower(local), domain_key(domain)


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("bob@company.example", "bob@company.example"),
        ("Bob@Company.EXAMPLE", "bob@company.example"),
        ("bob+calls@company.example", "bob+calls@company.example"),
        ("bob.agent@company.example", "bob.agent@company.example"),
        ("o'neil@company.example", "o'neil@company.example"),
        ("!#$%&'*+-/=?^_`{|}~@company.example", "!#$%&'*+-/=?^_`{|}~@company.example"),
        ("7@7.example", "7@7.example"),
        ("josé@company.example", "josé@company.example"),
        ("José@company.example", "josé@company.example"),
        ("bob@bücher.example", "bob@xn--bcher-kva.example"),
        ("bob@xn--bcher-kva.example", "bob@xn--bcher-kva.example"),
        ("bob@XN--BCHER-KVA.example", "bob@xn--bcher-kva.example"),
        ("bob@Bücher.Example", "bob@xn--bcher-kva.example"),
        ("bob@faß.example", "bob@xn--fa-hia.example"),
        ("a" * 64 + "@company.example", "a" * 64 + "@company.example"),
        ("b@" + ".".join(["a" * 63] * 3) + ".example", "b@" + ".".join(["a" * 63] * 3) + ".example"),
    ],
)
def test_a_plain_address_is_compared_by_ascii_lower_case_and_a_labels(raw: str, key: str) -> None:
    assert parse_email(raw).key == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kim@company.example", "\u212aim@company.example"),
        ("iris@company.example", "ıris@company.example"),
        ("iris@company.example", "İris@company.example"),
        ("weiss@company.example", "weiß@company.example"),
        ("weiss@company.example", "wei\u017fs@company.example"),
        ("jose@company.example", "josé@company.example"),
        ("josé@company.example", "jose\u0301@company.example"),
        ("josé@company.example", "JOSÉ@company.example"),
        ("bob@company.example", "bob+x@company.example"),
        ("bob@company.example", "b.ob@company.example"),
        ("bob@fass.example", "bob@faß.example"),
        ("bob@company.example", "bob@c\u043empany.example"),
        ("bob@company.example", "bob@mail.company.example"),
    ],
)
def test_no_folding_beyond_that_makes_two_addresses_one(one: str, other: str) -> None:
    assert parse_email(one).key != parse_email(other).key


@pytest.mark.parametrize("raw", IMPOSTORS.values(), ids=IMPOSTORS.keys())
def test_an_impostor_is_refused_or_is_somebody_else(raw: object) -> None:
    address = parsed(raw)
    assert address is None or address.key not in {f"{name}@{COMPANY}" for name in PEOPLE}


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(IMPOSTORS[name], id=name)
        for name in (
            "a second at sign",
            "a second at sign the other way round",
            "a quoted at sign",
            "a quoted local part",
            "an escaped at sign",
            "a comment before the at sign",
            "a comment at the end",
            "a display name",
            "angle brackets",
            "a list by comma",
            "a group",
            "an address literal",
            "a NUL and another domain",
            "a NUL at the end",
            "a CRLF and a header",
            "a line feed at the end",
            "a lone surrogate",
            "a space before",
            "a zero width space",
            "a soft hyphen",
            "a right-to-left override",
            "fullwidth letters in the domain",
            "a Kelvin sign in the domain",
            "a final dot",
            "an ideographic dot",
            "two dots",
            "a dot at the beginning",
            "a dot before the at sign",
            "an underscore",
            "a domain above",
            "no local part",
            "no domain",
            "a list",
            "true",
        )
    ],
)
def test_what_is_not_one_plain_address_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match=r"address|domain|dots"):
        parse_email(raw)


@pytest.mark.parametrize("raw", ["a" * 65 + "@company.example", "b@" + "a" * 64 + ".example", "b@" + "a." * 127 + "de"])
def test_a_part_longer_than_mail_allows_is_refused(raw: str) -> None:
    assert parsed(raw) is None


def test_an_address_whose_a_labels_are_longer_than_mail_allows_is_refused() -> None:
    raw = "b" * 64 + "@" + ".".join(["ü" * 9] * 12) + ".example"
    assert len(raw) <= ADDRESS_MOST
    assert parsed(raw) is None


@pytest.mark.parametrize(
    "raw", ["a b.example", "company", "company.example.", ".example", "", "-a.example", "a-.example"]
)
def test_what_is_no_domain_name_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="domain"):
        domain_key(raw)


@given(raw=addresses | anything)
def test_whatever_comes_in_the_only_error_is_a_value_error(raw: object) -> None:
    parsed(raw)


@given(raw=domains | st.text())
def test_whatever_domain_comes_in_the_only_error_is_a_value_error(raw: str) -> None:
    try:
        key = domain_key(raw)
    except ValueError:
        return
    assert key.isascii()
    assert domain_key(key) == key


@given(raw=addresses)
def test_a_key_is_an_address_that_stays_as_it_is(raw: str) -> None:
    address = parsed(raw)
    if address is not None:
        assert parse_email(address.key) == address


@given(raw=addresses)
def test_a_key_is_text_that_every_database_keeps(raw: str) -> None:
    address = parsed(raw)
    if address is not None:
        assert address.key.isprintable()
        assert address.key.encode().decode() == address.key
        assert address.key.count("@") == 1
        assert len(address.key) <= ADDRESS_MOST


@given(one=addresses, other=addresses)
def test_two_addresses_are_equal_only_by_ascii_case_and_idna(one: str, other: str) -> None:
    left, right = parsed(one), parsed(other)
    if left is not None and right is not None:
        assert (left == right) == (refolded(one) == refolded(other))
        assert (left == right) == (left.key == right.key)


@given(raw=addresses, fold=st.sampled_from([str.upper, str.lower, str.swapcase, str.casefold, str.title]))
def test_another_spelling_is_the_same_only_where_ascii_letters_alone_changed(
    raw: str, fold: Callable[[str], str]
) -> None:
    left, right = parsed(raw), parsed(fold(raw))
    if left is not None and right is not None:
        assert (left == right) == (ascii_lower(raw) == ascii_lower(fold(raw)))
