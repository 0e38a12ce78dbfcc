"""The canary: every secret of a login is noted, then looked for wherever it must not be (gate 29; ASVS 16.2.5)."""

import json
from dataclasses import replace
from functools import partial

import pytest

from app.adapters.provider.authlib_functions import s256_challenge
from app.domain.connections.connection import Sealed
from app.domain.reasons import ReasonCode
from app.services.login.tickets import TICKET
from tests.builders import CLIENT_SECRET, choose, hidden_fields
from tests.fake_idp import changed
from tests.fake_idp.script import Change
from tests.threats.acme import ALICE, PASSWORD, Acme, noting, parameters
from tests.threats.canary import Canary, trace_of
from tests.threats.passwords.mailed import NEW, change, open_link, use
from tests.threats.passwords.mailed import send as mail_link
from tests.threats.passwords.phone import Phone, send


def test_a_login_leaves_none_of_its_secrets_anywhere(canary: Canary) -> None:
    acme = canary.acme
    acme.idp.claims_in = "userinfo"
    acme.idp.on.token_response(noting(partial(canary.know, "id_token")))
    acme.browser.get(canary.callback())
    session = acme.world.session(acme.browser)
    assert session
    canary.show(trace_of(canary, session["reference"]))
    canary.show(acme.browser.get("/session").get_data(as_text=True))
    canary.show(acme.browser.get("/metrics").get_data(as_text=True))
    assert canary.found() == []
    assert {"id_token", "access token", "code", "state", "nonce", "verifier", "basic"} <= canary.secrets.keys()


def test_a_choice_leaves_none_of_its_secrets_anywhere(canary: Canary) -> None:
    lead = canary.acme.world.account(canary.acme.tenant, "alice-lead", email=ALICE)
    page = canary.acme.browser.get(canary.callback())
    canary.know("ticket", hidden_fields(page)["ticket"])
    choose(canary.acme.browser, page, lead.id)
    assert canary.acme.opened() == "alice-lead"
    assert canary.found() == []


def test_a_password_login_leaves_none_of_its_secrets_anywhere(canary: Canary) -> None:
    acme = canary.acme
    canary.know("wrong password", "the wrong password of alice")
    answer = acme.password(acme.browser, password="the wrong password of alice")
    canary.show(answer.get_data(as_text=True))
    canary.know("a token", hidden_fields(answer)["csrf_token"])
    canary.shown.clear()
    acme.refused(answer, ReasonCode.WRONG_PASSWORD)
    assert acme.password(acme.browser).status_code == 303
    canary.show(acme.browser.get("/session").get_data(as_text=True))
    assert canary.found() == []


def test_a_second_factor_leaves_none_of_its_secrets_anywhere(canary: Canary) -> None:
    acme = canary.acme
    phone = Phone.of(acme.world, acme.tenant, acme.alice)
    for secret in (phone.secret, *phone.recovery, *(code.replace("-", "") for code in phone.recovery)):
        canary.know("second factor", secret)
    page = acme.password(acme.browser)
    canary.know("ticket", hidden_fields(page)["ticket"])
    canary.show(
        trace_of(canary, acme.refused(send(acme.browser, page, phone.secret), ReasonCode.WRONG_CODE)["reference"])
    )
    send(acme.browser, page, phone.recovery[0], recovery=True)
    assert acme.opened() == "alice"
    canary.show(acme.browser.get("/account/second-factor").get_data(as_text=True))
    assert canary.found() == []


def test_a_new_password_leaves_neither_itself_nor_its_link_anywhere(canary: Canary) -> None:
    acme = canary.acme
    link = mail_link(acme.world, acme.alice)
    canary.know("link", link.partition("link=")[2])
    canary.know("new password", NEW)
    canary.know("newer password", "nine more lanterns")
    assert use(acme.browser, link).status_code == 303
    used = acme.refused(open_link(acme.browser, link), ReasonCode.LINK_REFUSED)
    canary.show(trace_of(canary, used["reference"]))
    acme.password(acme.browser, password=NEW)
    canary.show(change(acme.browser, "nine more lanterns").text)
    assert change(acme.browser, NEW, "nine more lanterns").status_code == 303
    canary.show(acme.browser.get("/account").text)
    canary.show(acme.browser.get("/metrics").text)
    assert canary.found() == []


def test_a_logout_leaves_none_of_its_secrets_anywhere(canary: Canary) -> None:
    acme = canary.acme
    acme.browser.get(canary.callback())
    canary.note_cookies()
    out = acme.browser.post("/logout", data=hidden_fields(acme.browser.get("/account")))
    for name, value in parameters(out.headers["Location"]).items():
        if name in {"id_token_hint", "state"}:
            canary.know(name, value)
    assert canary.found() == []


WORDS = "code={code} state={state} nonce={nonce} verifier={verifier} secret={secret}"


def test_a_provider_that_repeats_our_secrets_in_its_error_gives_none_away(canary: Canary) -> None:
    acme = canary.acme
    there = canary.callback()
    (attempt,) = [values for name, values in canary.secrets.items() if name == "verifier"]
    words = WORDS.format(
        code=parameters(there)["code"],
        state=parameters(there)["state"],
        nonce=next(iter(canary.secrets["nonce"])),
        verifier=next(iter(attempt)),
        secret=CLIENT_SECRET,
    )
    refusal: dict[str, object] = {"error": "invalid_grant", "error_description": words}
    acme.idp.answer("token", status=400, body=refusal)
    answer = acme.browser.get(there)
    canary.show(answer.get_data(as_text=True))
    canary.show(json.dumps(acme.refused(answer, ReasonCode.GRANT_REFUSED)))
    assert canary.found() == []


def test_a_browser_that_brings_our_secrets_back_as_an_error_stores_none(canary: Canary) -> None:
    acme = canary.acme
    there = parameters(canary.callback())
    nonce = next(iter(canary.secrets["nonce"]))
    answer = acme.browser.get(
        f"/callback/{acme.main.id}",
        query_string={
            "state": there["state"],
            "iss": there["iss"],
            "error": nonce,
            "error_description": f"{there['state']} {nonce}",
        },
    )
    canary.show(answer.get_data(as_text=True))
    canary.show(json.dumps(acme.refused(answer, ReasonCode.AUTHORIZATION_ERROR)))
    assert canary.found() == []


FAILURES: dict[str, tuple[Change, ReasonCode]] = {
    "another audience": (changed(aud="else"), ReasonCode.AUDIENCE_MISMATCH),
    "another nonce": (changed(nonce="x" * 43), ReasonCode.NONCE_MISMATCH),
    "our nonce as issuer": (lambda claims: {**claims, "iss": claims["nonce"]}, ReasonCode.ISSUER_MISMATCH),
    "our nonce as the name of a claim": (
        lambda claims: {claims["nonce"]: 1, **{name: value for name, value in claims.items() if name != "sub"}},
        ReasonCode.CLAIM_MISSING,
    ),
    "another hash": (changed(at_hash="x" * 22), ReasonCode.TOKEN_HASH_MISMATCH),
}


@pytest.mark.parametrize("case", FAILURES)
def test_a_login_that_fails_leaves_none_of_its_secrets_anywhere(canary: Canary, case: str) -> None:
    change, code = FAILURES[case]
    acme = canary.acme
    there = canary.callback()
    acme.idp.on.id_token(change)
    acme.idp.on.token_response(noting(partial(canary.know, "id_token")))
    answer = acme.browser.get(there)
    canary.show(answer.get_data(as_text=True))
    canary.show(json.dumps(acme.refused(answer, code)))
    assert canary.found() == []


def test_a_bug_of_ours_shows_and_stores_nothing_of_what_it_met(canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    acme = canary.acme

    def broken(*_arguments: object, **_named: object) -> None:
        raise LookupError("the broken thing")

    there = canary.callback()
    monkeypatch.setattr(type(acme.world.bridge.accounts), "whom", broken)
    answer = acme.browser.get(there)
    canary.show(answer.get_data(as_text=True))
    trace = acme.refused(answer, ReasonCode.INTERNAL)
    canary.show(json.dumps(trace))
    assert trace["details"]["error"] == "LookupError"
    assert "the broken thing" not in answer.get_data(as_text=True)
    assert canary.found() == []


def test_the_database_holds_no_secret_that_it_only_compares(canary: Canary) -> None:
    acme = canary.acme
    acme.browser.get(canary.callback())
    stored = "\n".join(file.read_bytes().decode("latin-1") for file in canary.folder.rglob("*.sqlite3*"))
    assert "argon2id" in stored
    assert PASSWORD not in stored
    assert CLIENT_SECRET not in stored
    assert s256_challenge(next(iter(canary.secrets["verifier"]))) not in stored


def test_no_line_of_the_log_can_be_forged(canary: Canary) -> None:
    acme = canary.acme
    forged = 'x\r\n{"event": "signed_in", "account": "admin"}\x1b[2J'
    acme.browser.get("/t/acme/login", headers={"User-Agent": "x", "X-Request-Id": "x" * 9})
    acme.browser.get("/t/a%0d%0ab/login")
    acme.password(acme.browser, username=forged)
    acme.idp.deny("access_denied", description=forged)
    acme.refused(acme.sign_in(), ReasonCode.ACCESS_DENIED)
    for line in canary.log.getvalue().splitlines():
        assert "\x1b" not in line
        if line.startswith("{"):
            assert json.loads(line).get("event") != "signed_in"


def test_the_same_secret_never_looks_the_same_twice_at_rest(acme: Acme) -> None:
    other = acme.world.connection(acme.tenant, acme.idp, name="spare")
    assert acme.main.client_secret
    assert other.client_secret != acme.main.client_secret


def test_what_was_sealed_for_something_else_does_not_serve_as_a_client_secret(acme: Acme) -> None:
    sealed = Sealed(acme.world.bridge.sealer.seal(b"a ticket", purpose=TICKET.purpose))
    acme.world.save(replace(acme.main, client_secret=sealed))
    acme.refused(acme.sign_in(), ReasonCode.MISCONFIGURED)
    assert "token" not in acme.idp.calls
