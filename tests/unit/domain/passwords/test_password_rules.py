"""What may be set as a password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.crypto.common_passwords import FILE, CommonPasswords
from app.domain.accounts.account import Account, AccountId, ascii_lower
from app.domain.passwords.password_rules import (
    COMMON,
    LONGEST,
    OWN_WORDS,
    SHORTEST,
    TOO_LONG,
    TOO_SHORT,
    PasswordRules,
    own_words,
)
from app.domain.tenants.tenant import Tenant, TenantId

COMMONS = CommonPasswords()
RULES = PasswordRules(COMMONS)
ACME = Tenant(id=TenantId("t"), slug="acme-support", name="Acme Call Centre GmbH")
BOB = Account(
    id=AccountId("a"), tenant_id=ACME.id, username="b.müller", name="Bob Müller-Lüdenscheid", email="bob.m@acme.example"
)


def problem(password: str, tenant: Tenant = ACME, account: Account = BOB) -> str | None:
    return RULES.problem(password, own_words=own_words(tenant, account))


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "        ",
        "🗝" * SHORTEST,
        "x" * 60 + "y" * 68,
        "zxcvqwer\x00\x01",
        "aaaaaaaab",
        "PLUMS ONLY PLUMS",
        "4815162342 108",
        "bobsleigh-team",
        "a bridge too far away",
        "\ud800 lone surrogate",
    ],
)
def test_anything_goes_that_is_long_enough_and_not_known(password: str) -> None:
    assert problem(password) is None


@pytest.mark.parametrize("password", ["", "x", "1234567", "🗝" * 7, "e\u0301" * 3])
def test_seven_characters_are_too_few(password: str) -> None:
    assert problem(password) == TOO_SHORT


def test_129_characters_are_too_many_and_128_are_not() -> None:
    assert problem("🗝" * LONGEST) is None
    assert problem("🗝" * (LONGEST + 1)) == TOO_LONG
    assert problem("x" * 100_000) == TOO_LONG


@pytest.mark.parametrize("password", ["password", "PassWord", "12345678", "iloveyou", "QWERTYUIOP", "1q2w3e4r"])
def test_what_everybody_tries_first_is_refused_in_any_case(password: str) -> None:
    assert problem(password) == COMMON


@pytest.mark.parametrize(
    "password", ["ＰＡＳＳＷＯＲＤ", "pas\u017fword", "password\u200b", " password", "pa\u017f\u017fword"]
)
def test_only_ascii_letters_are_taken_for_their_small_ones(password: str) -> None:
    """A look-alike is another password: who guesses common ones does not guess these."""
    assert problem(password) is None


@pytest.mark.parametrize(
    "password",
    [
        "acme-support",
        "AcmeSupport2026!",
        "Acme-2024-2025!!",
        "support12345678",
        "b.müller1",
        "B.MÜLLER!!1!",
        "Bob123456789",
        "Müller-Bob-99",
        "lüdenscheid1",
        "LÜDENSCHEID 2026",
        "bob.m@acme.example",
        "SSO Bridge 1",
        "sso-bridge-sso-bridge",
        "call centre",
        "acmepassword",
        "12 acme 34 bob 56",
        "bobhorse7",
    ],
)
def test_what_others_know_is_no_password_whatever_is_added(password: str) -> None:
    assert problem(password) == OWN_WORDS


@pytest.mark.parametrize("password", ["acme and seven plums", "Bob likes lanterns", "my bridge, my lanterns"])
def test_a_known_word_in_a_password_that_needs_it_not_does_no_harm(password: str) -> None:
    assert problem(password) is None


def test_words_of_two_letters_are_nobodys_own() -> None:
    short = Account(id=AccountId("a"), tenant_id=ACME.id, username="al", name="Al Ed", email="al@xy.example")
    words = {"acme-support", "acme", "support", "call", "centre", "gmbh", "bridge", "sso"}
    assert problem("altogether", account=short) is None
    assert own_words(ACME, short) == words | {"al@xy.example", "xy.example"}


def test_an_account_of_which_nothing_is_known_has_only_its_workspaces_words() -> None:
    bare = Account(id=AccountId("a"), tenant_id=ACME.id, username="7")
    assert problem("a plain password", account=bare) is None


@given(st.text(min_size=SHORTEST, max_size=LONGEST))
def test_whatever_is_typed_the_answer_is_a_sentence_or_none(password: str) -> None:
    said = problem(password)
    assert said is None or said.endswith(".")


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(min_size=8, max_size=128))
def test_no_name_breaks_the_rules(slug: str, username: str, name: str, password: str) -> None:
    tenant = Tenant(id=TenantId("t"), slug=slug, name=name)
    account = Account(id=AccountId("a"), tenant_id=tenant.id, username=username, name=name, email=f"{username}@{slug}")
    assert problem(password, tenant, account) in {None, COMMON, OWN_WORDS}


def test_the_list_holds_nothing_that_its_length_refuses_already() -> None:
    text = FILE.read_text(encoding="utf-8")
    head, _, body = text.partition("\n\n")
    listed = body.rstrip("\n").split("\n")
    assert all(line.startswith("#") for line in head.splitlines())
    assert "Django Software Foundation" in head
    assert len(listed) == len(set(listed)) > 8000
    assert all(len(password) >= SHORTEST and password == ascii_lower(password) for password in listed)
    assert "#1stunna" in COMMONS, "what looks like a comment after the head is none"
    assert head.splitlines()[0] not in COMMONS
