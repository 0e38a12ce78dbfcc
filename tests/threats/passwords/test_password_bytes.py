"""A password is kept exactly as it was typed: nothing is trimmed, folded, normalised or cut."""

import pytest

from app.adapters.crypto.passwords import Argon2Hasher
from app.domain.reasons import ReasonCode
from app.domain.sessions.visitor import Visitor
from app.services.sessions.sessions import Opened
from tests.builders import hidden_fields
from tests.threats.acme import Acme
from tests.threats.passwords.mailed import open_link, send, use

TYPED = (
    "  two spaces before and after  ",
    "a tab\tand a line\nand a bell\a",
    "Ünïcödé as one code point each",
    "U\u0308ni\u0308co\u0308de\u0301 in two of them",
    "ＦＵＬＬＷＩＤＴＨ and ﬁ and ſ",
    "\N{KELVIN SIGN}elvin and Kelvin",
    "\u202eright to left\u202c and \u200b nothing",
    "🗝" * 8,
    "🗝" * 128,
    "x" + "é" * 126 + "y",
    "zero\x00and what follows",
    "%41%42%43 + &amp; <b>'\"",
)


def opens(acme: Acme, password: str) -> bool:
    return acme.password(acme.world.client(), password=password).status_code == 303


@pytest.mark.parametrize("password", TYPED, ids=range(len(TYPED)))
def test_what_was_typed_opens_and_what_looks_like_it_does_not(acme: Acme, password: str) -> None:
    assert use(acme.browser, send(acme.world, acme.alice), new=password).status_code == 303
    assert opens(acme, password)
    alike = {password.strip(), password.casefold(), password[:-1], password + " ", password.replace("\u0308", "")}
    for other in sorted(alike - {password})[:6]:
        assert not opens(acme, other)


def test_two_ways_to_write_one_letter_are_two_passwords(acme: Acme) -> None:
    use(acme.browser, send(acme.world, acme.alice), new="Zo\u00eb's lanterns")
    assert not opens(acme, "Zoe\u0308's lanterns")
    assert opens(acme, "Zo\u00eb's lanterns")


@pytest.mark.parametrize("raw", [b"%ED%A0%80", b"%FF%FE", b"%C0%AF", b"%F5%80%80%80"], ids=repr)
def test_bytes_that_are_no_unicode_are_kept_as_well(acme: Acme, raw: bytes) -> None:
    """No browser sends them; whoever does gets in with the very same ones, and with no others."""
    page = open_link(acme.browser, send(acme.world, acme.alice))
    link, token = (hidden_fields(page)[name].encode() for name in ("link", "csrf_token"))
    password = b"lanterns-" + raw + b"-plums"
    body = b"&".join([b"csrf_token=" + token, b"link=" + link, b"new=" + password, b"again=" + password])
    form = "application/x-www-form-urlencoded"
    answer = acme.browser.post("/t/acme/password/new", data=body, content_type=form)
    assert answer.status_code == 303, answer.text

    def login(typed: bytes) -> int:
        browser = acme.world.client()
        token = hidden_fields(browser.get("/t/acme/login"))["csrf_token"].encode()
        data = b"csrf_token=" + token + b"&username=alice&password=" + typed
        return browser.post("/t/acme/login", data=data, content_type=form).status_code

    assert login(password) == 303
    assert login(b"lanterns-%EF%BF%BD-plums") == 401
    assert login(b"lanterns--plums") == 401


def test_a_lone_surrogate_breaks_nothing(acme: Acme) -> None:
    sealed = send(acme.world, acme.alice).partition("link=")[2]
    changes, passwords = acme.world.bridge.password_changes, acme.world.bridge.passwords
    hasher = Argon2Hasher(time_cost=1, memory_kib=8)
    for service in (changes, passwords):
        object.__setattr__(service, "hasher", hasher)
    new = "lanterns \ud800 plums"
    assert changes.redeem(acme.tenant, sealed, new=new, client_ip="192.0.2.1") is None
    opened = passwords.login(
        acme.tenant, Visitor("192.0.2.1", browser=""), username="alice", password=new, return_to="/account"
    )
    assert isinstance(opened, Opened)


@pytest.mark.parametrize("length", [0, 1, 7, 129, 5000, 150_000])
def test_what_is_too_short_or_too_long_is_said_so_and_never_cut(acme: Acme, length: int) -> None:
    link = send(acme.world, acme.alice)
    answer = use(acme.browser, link, new="é" * length)
    assert answer.status_code == (413 if length > 100_000 else 400)
    assert not opens(acme, "é" * min(length, 128) or "x")
    assert use(acme.browser, link, new="é" * 128).status_code == 303, "the link is still good"


def test_a_body_without_a_password_sets_none(acme: Acme) -> None:
    link = send(acme.world, acme.alice)
    page = open_link(acme.browser, link)
    answer = acme.browser.post("/t/acme/password/new", data=hidden_fields(page))
    assert (answer.status_code, "Enter a new password." in answer.text) == (400, True)
    data = {**hidden_fields(page), "new": "lanterns and plums", "again": "lanterns and plum"}
    assert "Enter both again." in acme.browser.post("/t/acme/password/new", data=data).text
    acme.refused(acme.password(acme.world.client(), password="lanterns and plums"), ReasonCode.WRONG_PASSWORD)
