import pytest

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.search_text import folded, search_parts, search_text
from app.domain.tenants.tenant import TenantId

ANNA = Account(AccountId("a"), TenantId("t"), "A.Nowak", name="Łucja Ångström", email="ANNA@straße.example")


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Kovács", "kovacs"), ("ŁUKASZ", "lukasz"), ("Ștefan Țîrlea", "stefan tirlea"), ("STRASSE", "strasse"),
     ("Straße", "strasse"), ("İpek", "ipek"), ("ＡＢＣ", "abc"), ("a%_\\", "a%_\\")],
)  # fmt: skip
def test_capitals_and_accents_do_not_matter(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_every_name_is_a_line_of_its_own() -> None:
    assert search_text(ANNA) == "a.nowak\nlucja angstrom\nanna@strasse.example"


@pytest.mark.parametrize(
    ("query", "parts"),
    [("", ("", "", "")), ("  ", ("", "", "")), ("Anna", ("anna", "", "")), ("a b  c", ("a", "b", "c")),
     ("a b c\n d  e", ("a", "b", "c d e"))],
)  # fmt: skip
def test_a_search_has_up_to_three_parts(query: str, parts: tuple[str, ...]) -> None:
    assert search_parts(query) == parts
