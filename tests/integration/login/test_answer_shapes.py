"""Answers in the shapes in which servers really send them, through a whole login."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from app.domain.connections.connection import MatchBy, Protocol
from app.domain.reasons.codes import ReasonCode
from tests.builders import World, choose, offered_accounts
from tests.fake_idp import FakeProvider, Reply, changed, forgeries, without
from tests.fake_idp.jws import Json
from tests.integration.desk import Desk

FORM = "application/x-www-form-urlencoded"
THIN = without("email", "email_verified")
BROWSERS_LIMIT = 4096
"""Characters of one cookie, name and attributes included, that every browser keeps."""


@pytest.fixture
def desk(world: World, idp: FakeProvider) -> Desk:
    return Desk.furnished(world, idp)


@pytest.fixture
def plain(world: World, idp: FakeProvider) -> Desk:
    """At a plain OAuth 2.0 server."""
    idp.kind = "oauth2"
    return Desk.furnished(
        world,
        idp,
        protocol=Protocol.OAUTH2,
        issuer=None,
        authorization_endpoint=idp.url("authorize"),
        token_endpoint=idp.url("token"),
        userinfo_endpoint=idp.url("userinfo"),
    )


# The token answer


def in_form(tokens: Json) -> bytes:
    return urlencode(tokens).encode()


def in_json(tokens: Json) -> bytes:
    return json.dumps(tokens).encode()


@pytest.mark.parametrize(
    ("write", "kind", "status"),
    [
        pytest.param(in_form, FORM, 200, id="a form, as GitHub's older way"),
        pytest.param(in_form, f"{FORM}; charset=UTF-8", 200, id="a form with a charset"),
        pytest.param(in_form, "text/plain; charset=utf-8", 200, id="a form as plain text"),
        pytest.param(in_json, "text/plain", 200, id="JSON as plain text, as Weibo"),
        pytest.param(in_json, "text/html", 200, id="JSON as a page"),
        pytest.param(in_json, "", 200, id="JSON without a label"),
        pytest.param(in_json, "application/json", 201, id="201"),
        pytest.param(lambda tokens: b"\xef\xbb\xbf\r\n" + in_json(tokens), "application/json", 200, id="a BOM first"),
    ],
)
def test_tokens_are_read_in_every_form(desk: Desk, write: Callable[[Json], bytes], kind: str, status: int) -> None:
    desk.idp.on.token_form(lambda tokens: Reply(status=status, headers={"Content-Type": kind}, body=write(tokens)))
    assert desk.signed_in() == "alice"


@pytest.mark.parametrize(
    "odd",
    [
        {"expires_in": "3600"},
        {"expires_in": "3600.5"},
        {"expires_in": "never"},
        {"expires_in": "1h"},
        {"expires_in": None},
        {"expires_in": -1},
        {"expires_in": 0},
        {"expires_in": 59},
        {"expires_in": 1e300},
        {"expires_in": [3600]},
        {"expires": "2026-11-21T10:00:00Z"},
        {"expires": "2026-11-21T10:00:00Z", "expires_in": "1h"},
        {"expires_at": 1790000000},
        {"expires_at": "tomorrow"},
        {"scope": "Call Center Agent"},
        {"scope": ["openid", "email"]},
        {"scope": None},
        {"token_type": "bearer"},
        {"token_type": "BEARER"},
        {"refresh_token": None},
        {"id": 7, "user": {"role": "Account Administrator"}},
    ],
    ids=json.dumps,
)
def test_whatever_else_stands_beside_the_tokens_is_no_reason_to_stop(desk: Desk, odd: Json) -> None:
    desk.idp.on.token_response(changed(**odd))
    assert desk.signed_in() == "alice"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("bad_verification_code", ReasonCode.GRANT_REFUSED),
        ("incorrect_client_credentials", ReasonCode.CLIENT_REFUSED),
        ("invalid_grant", ReasonCode.GRANT_REFUSED),
        ("something_else", ReasonCode.AUTHORIZATION_ERROR),
    ],
)
@pytest.mark.parametrize("form", [True, False], ids=["a form", "JSON"])
def test_an_error_with_status_200_is_one(desk: Desk, error: str, code: ReasonCode, *, form: bool) -> None:
    document = {"error": error, "error_description": "The code passed is incorrect or expired."}
    body, kind = (urlencode(document), FORM) if form else (json.dumps(document), "application/json")
    desk.idp.answer("token", body=body, headers={"Content-Type": kind})
    assert desk.refused() is code
    assert desk.idp.calls[-1] == "token"


# Who it is


@pytest.mark.parametrize("subject", [7, 583231, 2**63, "583231", "a b", "ü"])
def test_a_plain_oauth_servers_subject_may_be_a_number(plain: Desk, subject: object) -> None:
    plain.idp.on.userinfo(changed(sub=subject))
    assert plain.signed_in() == "alice"
    assert plain.signed_in() == "alice"
    with plain.world.bridge.database.read() as work:
        found = work.identities.find(plain.connection.id, issuer=plain.idp.url("userinfo"), subject=str(subject))
    assert found is not None


def test_a_number_and_its_digits_are_one_person(plain: Desk) -> None:
    plain.idp.on.userinfo(changed(sub=583231))
    assert plain.signed_in() == "alice"
    plain.idp.on.userinfo(changed(sub="583231"))
    assert plain.signed_in() == "alice"


GROUPS: list[object] = [
    "agents",
    "agents supervisors",
    ["agents", "supervisors"],
    [{"id": 1, "name": "agents"}, {"id": 2, "name": "supervisors"}],
    {"agents": True},
    {"agents": {"members": ["alice"]}},
    [["agents"], None, 7, {"name": []}],
    None,
    [],
    "",
]


@pytest.mark.parametrize("groups", GROUPS, ids=json.dumps)
def test_groups_come_in_any_shape(desk: Desk, groups: object) -> None:
    desk.idp.on.id_token(changed(groups=groups, roles=groups, realm_access={"roles": groups}))
    desk.idp.on.userinfo(changed(groups=groups))
    assert desk.signed_in() == "alice"


@pytest.mark.parametrize("groups", [*GROUPS, ["alice@acme.example"]], ids=json.dumps)
def test_an_address_is_never_made_of_something_else(desk: Desk, groups: object) -> None:
    desk.idp.claims_in = "id_token"
    desk.idp.on.id_token(changed(email=groups))
    assert desk.refused() in (ReasonCode.EMAIL_MISSING, ReasonCode.EMAIL_INVALID)


def test_a_claim_deep_inside_is_found(world: World, idp: FakeProvider) -> None:
    desk = Desk.furnished(world, idp, match_by=MatchBy.EMAIL, email_claim="user.emails.1.value", email_trust="always")
    idp.on.id_token(changed(user={"emails": [{"value": "other@acme.example"}, {"value": "alice@acme.example"}]}))
    assert desk.signed_in() == "alice"


@pytest.mark.parametrize("names", [["groups"], ["groups", "email"]])
def test_claims_that_somebody_else_holds_are_never_fetched(desk: Desk, names: list[str]) -> None:
    elsewhere = {"endpoint": desk.idp.url("emails"), "access_token": "x"}
    aggregated = {"JWT": "eyJhbGciOiJub25lIn0.eyJlbWFpbCI6Im1hbGxvcnlAYWNtZS5leGFtcGxlIn0."}
    sources: Json = {
        "_claim_names": dict.fromkeys(names, "src1"),
        "_claim_sources": {"src1": {**elsewhere, **aggregated}},
    }
    desk.idp.person("alice", email="alice@acme.example", **sources)
    assert desk.signed_in() == "alice"
    assert "emails" not in desk.idp.calls
    desk.idp.person("alice", **sources)
    assert desk.refused() is ReasonCode.EMAIL_MISSING
    assert "emails" not in desk.idp.calls


# Signed userinfo


def test_a_signed_userinfo_answer_is_verified_and_read(desk: Desk) -> None:
    desk.idp.on.id_token(THIN)
    desk.idp.signed_userinfo = True
    assert desk.signed_in() == "alice"


@pytest.mark.parametrize("left_out", [(), ("iss",), ("aud",), ("iss", "aud")])
def test_a_signed_userinfo_answer_need_not_say_whose_it_is(desk: Desk, left_out: tuple[str, ...]) -> None:
    desk.idp.on.id_token(THIN)
    desk.idp.signed_userinfo = True
    desk.idp.on.userinfo_token(without(*left_out))
    assert desk.signed_in() == "alice"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (changed(iss="https://other.example"), ReasonCode.ISSUER_MISMATCH),
        (changed(iss=["x"]), ReasonCode.ISSUER_MISMATCH),
        (changed(aud="another client"), ReasonCode.AUDIENCE_MISMATCH),
        (changed(aud=["bridge", "another client"]), ReasonCode.AUDIENCE_MISMATCH),
        (changed(sub="bob"), ReasonCode.SUBJECT_MISMATCH),
        (without("sub"), ReasonCode.SUBJECT_MISMATCH),
        (changed(exp=1), ReasonCode.TOKEN_EXPIRED),
        (changed(exp="soon"), ReasonCode.CLAIM_INVALID),
        (changed(nbf=9e9), ReasonCode.TOKEN_NOT_YET_VALID),
    ],
)
def test_what_a_signed_userinfo_answer_says_must_fit(desk: Desk, change: Any, code: ReasonCode) -> None:
    desk.idp.on.id_token(THIN)
    desk.idp.signed_userinfo = True
    desk.idp.on.userinfo_token(change)
    assert desk.refused() is code


def test_a_forged_userinfo_answer_opens_nothing(desk: Desk) -> None:
    desk.idp.on.id_token(THIN)
    desk.idp.signed_userinfo = True
    keys = desk.idp.keys
    for forgery, code in (
        (forgeries.unsigned, ReasonCode.ALGORITHM_REFUSED),
        (forgeries.hs256(b"the client secret of the bridge at this provider"), ReasonCode.ALGORITHM_REFUSED),
        (forgeries.spoilt(keys), ReasonCode.SIGNATURE_INVALID),
        (forgeries.by(keys.lend("RS256"), "RS256"), ReasonCode.SIGNATURE_INVALID),
        (forgeries.with_own_key_inside(keys), ReasonCode.SIGNATURE_INVALID),
    ):
        desk.idp.on.sign_userinfo = forgery
        assert desk.refused() is code


def test_a_userinfo_token_that_is_none_opens_nothing(desk: Desk) -> None:
    desk.idp.on.id_token(THIN)
    for body in (b"", b"a.b.c", b"....", b"\xff", json.dumps({"sub": "alice", "email": "alice@acme.example"})):
        desk.idp.answer("userinfo", body=body, headers={"Content-Type": "application/jwt; charset=utf-8"})
        assert desk.refused() in (ReasonCode.ANSWER_INVALID, ReasonCode.ALGORITHM_REFUSED)


# Size


def sizes_of_cookies(answer: TestResponse) -> list[int]:
    return [len(cookie) for cookie in answer.headers.getlist("Set-Cookie")]


@pytest.mark.parametrize("kilobytes", [10, 40])
def test_a_large_token_signs_in_and_leaves_small_cookies(desk: Desk, kilobytes: int) -> None:
    desk.idp.on.id_token(changed(groups=["g" * 100] * (kilobytes * 10)))
    answer = desk.sign_in()
    assert answer.status_code == 303
    assert max(sizes_of_cookies(answer)) < BROWSERS_LIMIT
    assert desk.world.session(desk.browser) is not None


@pytest.mark.parametrize("kilobytes", [10, 40])
def test_with_a_large_token_people_still_choose_their_account(desk: Desk, kilobytes: int) -> None:
    second = desk.world.account(desk.tenant, "alice-night", email="alice@acme.example")
    desk.idp.on.id_token(changed(groups=["g" * 100] * (kilobytes * 10)))
    page = desk.sign_in()
    assert second.id in offered_accounts(page)
    assert max([0, *sizes_of_cookies(page)]) < BROWSERS_LIMIT
    chosen = choose(desk.browser, page, second.id)
    assert chosen.status_code == 303
    assert max(sizes_of_cookies(chosen)) < BROWSERS_LIMIT
    session: Any = desk.world.session(desk.browser)
    assert session["account"]["username"] == "alice-night"


def test_a_large_token_in_a_form_encoded_answer_is_read(desk: Desk) -> None:
    desk.idp.on.id_token(changed(groups=["g" * 100] * 100))
    desk.idp.on.token_form(lambda tokens: Reply(headers={"Content-Type": FORM}, body=in_form(tokens)))
    assert desk.signed_in() == "alice"


def test_a_token_beyond_all_reason_is_refused(desk: Desk) -> None:
    desk.idp.on.id_token(changed(groups="g" * 100_000))
    assert desk.refused() is ReasonCode.ANSWER_INVALID
