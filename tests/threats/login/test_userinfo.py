"""What a userinfo answer may say, and what nobody believes of it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.domain.connections.connection import Protocol
from app.domain.reasons import ReasonCode
from tests.fake_idp import FakeProvider, Reply, changed, forgeries, without
from tests.fake_idp.replies import Body
from tests.fake_idp.script import Change
from tests.threats.acme import ALICE, Acme


@pytest.fixture
def asking(steady: Acme) -> Iterator[Acme]:
    """The tenant acme where the email comes from userinfo only."""
    steady.idp.claims_in = "userinfo"
    yield steady
    steady.idp.signed_userinfo = False


def test_the_email_may_come_from_userinfo(asking: Acme) -> None:
    assert asking.sign_in().status_code == 303
    assert asking.opened() == "alice"


def test_userinfo_is_asked_by_a_token_in_the_header_and_nowhere_else(asking: Acme) -> None:
    asking.sign_in()
    (request,) = asking.idp.requests("userinfo")
    assert request.bearer
    assert (request.method, request.query, request.body) == ("GET", {}, b"")


@pytest.mark.parametrize("sub", ["bob", "Alice", "alice ", "", None, 7, ["alice"], {"sub": "alice"}, True])
def test_userinfo_about_another_person_is_dropped(asking: Acme, sub: object) -> None:
    asking.idp.on.userinfo(changed(sub=sub))
    asking.refused(asking.sign_in(), ReasonCode.SUBJECT_MISMATCH)
    assert asking.opened() is None


def test_userinfo_about_nobody_is_dropped(asking: Acme) -> None:
    asking.idp.on.userinfo(without("sub"))
    asking.refused(asking.sign_in(), ReasonCode.SUBJECT_MISMATCH)


@pytest.mark.parametrize("body", [[], [{"sub": "alice"}], b"null", b'"alice"', b"7", b"", b"<html>", b"\xff\xfe", b"{"])
def test_userinfo_that_is_no_object_is_refused(asking: Acme, body: Body) -> None:
    asking.idp.answer("userinfo", body=body)
    asking.refused(asking.sign_in(), ReasonCode.ANSWER_INVALID)


def test_userinfo_with_a_member_twice_is_refused(asking: Acme) -> None:
    asking.idp.answer("userinfo", body=b'{"sub":"alice","email":"a@acme.example","sub":"alice"}')
    asking.refused(asking.sign_in(), ReasonCode.ANSWER_INVALID)


def test_userinfo_without_end_is_cut_off(asking: Acme) -> None:
    asking.idp.answer("userinfo", body=b'{"sub":"' + b"x" * 300_000 + b'"}')
    asking.refused(asking.sign_in(), ReasonCode.ANSWER_TOO_LARGE)


def test_userinfo_nested_without_end_is_refused(asking: Acme) -> None:
    asking.idp.answer("userinfo", body=b"[" * 100_000)
    asking.refused(asking.sign_in(), ReasonCode.ANSWER_INVALID)


@pytest.mark.parametrize(("status", "code"), [
    (400, ReasonCode.USERINFO_FAILED), (401, ReasonCode.USERINFO_FAILED), (403, ReasonCode.USERINFO_FAILED),
    (404, ReasonCode.USERINFO_FAILED), (204, ReasonCode.USERINFO_FAILED), (500, ReasonCode.PROVIDER_ERROR),
    (503, ReasonCode.PROVIDER_ERROR),
])  # fmt: skip
def test_a_userinfo_that_refuses_signs_nobody_in(asking: Acme, status: int, code: ReasonCode) -> None:
    asking.idp.answer("userinfo", status=status, body={"sub": "alice", "email": ALICE, "email_verified": True})
    asking.refused(asking.sign_in(), code)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_access_token_is_not_carried_to_where_userinfo_moved(asking: Acme, rival: FakeProvider, status: int) -> None:
    asking.idp.answer_by("userinfo", lambda _: Reply(status=status, headers={"Location": rival.url("userinfo")}))
    asking.refused(asking.sign_in(), ReasonCode.ANSWER_INVALID)
    assert rival.calls == []


def test_a_code_is_not_carried_to_where_the_token_endpoint_moved(asking: Acme, rival: FakeProvider) -> None:
    asking.idp.answer_by("token", lambda _: Reply(status=307, headers={"Location": rival.url("token")}))
    asking.refused(asking.sign_in(), ReasonCode.ANSWER_INVALID)
    assert rival.calls == []


def test_a_signed_answer_must_be_signed_by_the_provider(asking: Acme) -> None:
    asking.idp.signed_userinfo = True
    assert asking.sign_in().status_code == 303
    asking.idp.on.sign_userinfo = forgeries.unsigned
    asking.refused(asking.sign_in(), ReasonCode.ALGORITHM_REFUSED)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (changed(sub="bob"), ReasonCode.SUBJECT_MISMATCH),
        (changed(iss="https://evil.example"), ReasonCode.ISSUER_MISMATCH),
        (changed(aud="somebody-else"), ReasonCode.AUDIENCE_MISMATCH),
        (changed(exp=1), ReasonCode.TOKEN_EXPIRED),
    ],
)
def test_a_signed_answer_about_something_else_is_not_believed(asking: Acme, change: Change, code: ReasonCode) -> None:
    asking.idp.signed_userinfo = True
    asking.idp.on.userinfo_token(change)
    asking.refused(asking.sign_in(), code)


def test_the_email_of_one_document_is_not_verified_by_the_word_of_another(steady: Acme) -> None:
    steady.idp.on.id_token(without("email"))
    steady.idp.on.userinfo(without("email_verified"))
    steady.refused(steady.sign_in(), ReasonCode.EMAIL_UNVERIFIED)


def test_the_email_of_userinfo_is_not_verified_by_the_word_of_the_id_token_about_another(steady: Acme) -> None:
    steady.idp.on.id_token(lambda claims: {**without("email_verified")(claims), "email": "mallory@evil.example"})  # type: ignore[dict-item]  # a document
    steady.idp.on.userinfo(changed(email=ALICE, email_verified=False))
    steady.refused(steady.sign_in(), ReasonCode.EMAIL_UNVERIFIED)


@pytest.fixture
def plain(steady: Acme) -> Iterator[Acme]:
    """The tenant acme over a plain OAuth 2.0 server: userinfo alone says who it is."""
    provider = replace(
        steady.main.provider,
        protocol=Protocol.OAUTH2,
        authorization_endpoint=steady.idp.url("authorize"),
        token_endpoint=steady.idp.url("token"),
        userinfo_endpoint=steady.idp.url("userinfo"),
    )
    steady.world.save(replace(steady.main, provider=provider))
    steady.idp.kind = "oauth2"
    yield steady
    steady.idp.kind = "oidc"


def test_a_plain_oauth_server_signs_in_by_userinfo(plain: Acme) -> None:
    assert plain.sign_in().status_code == 303
    assert plain.opened() == "alice"


def test_an_id_token_of_a_plain_oauth_server_is_not_looked_at(plain: Acme) -> None:
    plain.idp.on.token_response(changed(id_token="not.a.token"))
    assert plain.sign_in().status_code == 303


@pytest.mark.parametrize("sub", ["", None, [], {}, True, 1.5, "x" * 256, "a\nb"])
def test_without_a_subject_a_plain_oauth_server_names_nobody(plain: Acme, sub: object) -> None:
    plain.idp.on.userinfo(changed(sub=sub))
    plain.refused(plain.sign_in(), ReasonCode.SUBJECT_MISSING)


def test_a_plain_oauth_servers_email_counts_only_when_verified(plain: Acme) -> None:
    plain.idp.on.userinfo(changed(email_verified="yes"))
    plain.refused(plain.sign_in(), ReasonCode.EMAIL_UNVERIFIED)


def test_a_token_that_the_browser_brings_along_is_never_used(plain: Acme) -> None:
    there = plain.callback().replace("code=", "access_token=")
    plain.idp.forget_requests()
    plain.refused(plain.browser.get(there), ReasonCode.CODE_MISSING)
    assert plain.idp.calls == []


@pytest.mark.parametrize("kind", ["mac", "DPoP", "", 7, ["Bearer"]])
def test_a_token_of_another_type_is_not_used_as_a_bearer(plain: Acme, kind: object) -> None:
    plain.idp.on.token_response(changed(token_type=kind))
    plain.refused(plain.sign_in(), ReasonCode.ANSWER_INVALID)
    assert plain.idp.calls[-1] == "token"


@pytest.mark.parametrize("token", ["", None, 7, ["x"], "a\r\nX-Evil: 1", "é"])
def test_a_token_that_is_none_is_not_sent_anywhere(plain: Acme, token: object) -> None:
    plain.idp.on.token_response(changed(access_token=token))
    plain.refused(plain.sign_in(), ReasonCode.ANSWER_INVALID)
    assert plain.idp.calls[-1] == "token"


@pytest.mark.parametrize(
    ("verified", "taken"), [(True, True), (False, False), ("true", False), (1, False), (None, False)]
)
def test_of_a_list_of_addresses_only_the_verified_primary_one_counts(
    plain: Acme,
    verified: object,
    taken: bool,  # noqa: FBT001 - a column of the table
) -> None:
    provider = replace(plain.main.provider, protocol=Protocol.OAUTH2, emails_endpoint=plain.idp.url("emails"))
    provider = replace(provider, userinfo_endpoint=plain.idp.url("userinfo"), token_endpoint=plain.idp.url("token"))
    plain.world.save(replace(plain.main, provider=replace(provider, authorization_endpoint=plain.idp.url("authorize"))))
    plain.idp.on.userinfo(changed(email=ALICE, email_verified=True))
    plain.idp.on.emails(
        lambda _: [
            {"email": "other@acme.example", "primary": False, "verified": True},
            {"email": ALICE, "primary": True, "verified": verified},
        ]
    )
    answer = plain.sign_in()
    if taken:
        assert answer.status_code == 303
    else:
        plain.refused(answer, ReasonCode.EMAIL_UNVERIFIED)
