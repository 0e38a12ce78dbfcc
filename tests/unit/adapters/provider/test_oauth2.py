from typing import Any

import pytest

from app.domain.accounts.identity import EmailClaim, ExternalIdentity
from app.domain.connections.connection import Connection, MatchBy, Protocol
from app.domain.reasons.codes import ReasonCode
from app.ports.outbound import Answer
from tests.unit.adapters.provider.in_memory import ISSUER, TOKEN, USERINFO, World, answer, connection, tokens

EMAILS = f"{ISSUER}/emails"
FORM = "application/x-www-form-urlencoded"


def github(**settings: Any) -> Connection:
    usual: dict[str, Any] = {
        "protocol": Protocol.OAUTH2,
        "issuer": None,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": TOKEN,
        "userinfo_endpoint": USERINFO,
        "subject_claim": "id",
    }
    return connection(**{**usual, **settings})


def world(userinfo: object, *, emails: object = None) -> World:
    made = World()
    made.outbound.replies[TOKEN] = answer(b"access_token=gho_16C7e42F&scope=user&token_type=bearer", kind=FORM)
    made.outbound.replies[USERINFO] = userinfo if isinstance(userinfo, Answer) else answer(userinfo)
    if emails is not None:
        made.outbound.replies[EMAILS] = emails if isinstance(emails, Answer) else answer(emails)
    return made


def test_userinfo_says_who_it_is_under_its_own_name() -> None:
    made = world({"id": 583231, "login": "octocat", "email": "o@acme.example", "email_verified": True})
    assert made.identify(github()) == ExternalIdentity(
        issuer=USERINFO,
        subject="583231",
        email=EmailClaim(value="o@acme.example", verified=True),
        claims={"id": "userinfo", "login": "userinfo", "email": "userinfo", "email_verified": "userinfo"},
    )
    assert made.log.steps == ["token", "userinfo"]
    assert made.outbound.headers(USERINFO)["Authorization"] == "Bearer gho_16C7e42F"


@pytest.mark.parametrize("odd", [True, False, None, "", 1.5, [1], {"id": 1}, "x" * 256, "a\x1bb"])
def test_a_subject_that_is_neither_text_nor_whole_number_is_missing(odd: object) -> None:
    stopped = world({"id": odd, "sub": "somebody"}).refusal(github())
    assert stopped.code is ReasonCode.SUBJECT_MISSING
    assert stopped.details == {"claim": "id", "claims": ["id", "sub"]}


def test_values_may_stand_deep_in_the_answer() -> None:
    nested = github(subject_claim="user.id", email_claim="user.emails.0.value", email_verified_claim="user.ok")
    made = world({"user": {"id": "u-1", "emails": [{"value": "deep@acme.example"}], "ok": True}})
    identity = made.identify(nested)
    assert (identity.subject, identity.email) == ("u-1", EmailClaim(value="deep@acme.example", verified=True))


def test_an_id_token_that_comes_along_is_not_looked_at() -> None:
    made = world({"id": 1})
    made.outbound.replies[TOKEN] = tokens("not.a.token")
    identity = made.identify(github())
    assert (identity.subject, identity.id_token) == ("1", None)


def test_the_verified_primary_address_of_a_list_counts() -> None:
    made = world(
        {"id": 1, "email": None},
        emails=[
            {"email": "old@acme.example", "primary": False, "verified": True},
            {"email": "main@acme.example", "primary": True, "verified": True, "visibility": None},
        ],
    )
    email = made.identify(github(emails_endpoint=EMAILS)).email
    assert email == EmailClaim(value="main@acme.example", verified=True)
    assert made.outbound.headers(EMAILS)["Authorization"] == "Bearer gho_16C7e42F"


def test_a_list_goes_before_what_userinfo_says() -> None:
    made = world({"id": 1, "email": "public@acme.example", "email_verified": True}, emails=[])
    assert made.identify(github(emails_endpoint=EMAILS)).email is None


@pytest.mark.parametrize("verified", [False, None, "true", 1])
@pytest.mark.parametrize("email_trust", ["verified", "always"])
def test_a_primary_address_that_is_not_verified_is_refused(verified: object, email_trust: str) -> None:
    made = world({"id": 1}, emails=[{"email": "main@acme.example", "primary": True, "verified": verified}])
    stopped = made.refusal(github(emails_endpoint=EMAILS, email_trust=email_trust))
    assert stopped.code is ReasonCode.EMAIL_UNVERIFIED


@pytest.mark.parametrize("primary", ["true", "false", 1, "1", [True], {"a": 1}, None])
def test_an_address_is_primary_only_where_the_list_says_true(primary: object) -> None:
    entries = [
        {"email": "other@acme.example", "primary": primary, "verified": True},
        {"email": "main@acme.example", "primary": True, "verified": True},
    ]
    for listed in (entries, entries[::-1]):
        email = world({"id": 1}, emails=listed).identify(github(emails_endpoint=EMAILS)).email
        assert email == EmailClaim(value="main@acme.example", verified=True)
    assert world({"id": 1}, emails=entries[:1]).identify(github(emails_endpoint=EMAILS)).email is None


@pytest.mark.parametrize("entries", [[], [7, None, [], {}], [{"email": "a@acme.example", "verified": True}]])
def test_a_list_without_a_primary_address_has_none(entries: list[object]) -> None:
    assert world({"id": 1}, emails=entries).identify(github(emails_endpoint=EMAILS)).email is None


@pytest.mark.parametrize(
    ("emails", "code"),
    [
        (answer({"email": "a@acme.example"}), ReasonCode.ANSWER_INVALID),
        (answer(b"<html>"), ReasonCode.ANSWER_INVALID),
        (answer([], status=404), ReasonCode.USERINFO_FAILED),
        (answer([], status=502), ReasonCode.PROVIDER_ERROR),
    ],
)
def test_a_list_that_is_none_ends_the_login(emails: Answer, code: ReasonCode) -> None:
    stopped = world({"id": 1}, emails=emails).refusal(github(emails_endpoint=EMAILS))
    assert (stopped.code, stopped.details["endpoint"]) == (code, "emails")


def test_the_list_is_not_asked_for_where_accounts_are_matched_otherwise() -> None:
    made = world({"id": 1, "login": "octocat"})
    by_login = github(emails_endpoint=EMAILS, match_by=MatchBy.USERNAME, match_claim="login")
    assert made.identify(by_login).match_claim == "octocat"


def test_required_claims_are_looked_for_in_userinfo_where_there_is_nothing_else() -> None:
    made = world({"id": 1, "company": "acme"})
    assert made.identify(github(required_claims={"company": "acme"})).subject == "1"
    assert made.refusal(github(required_claims={"company": "globex"})).code is ReasonCode.CLAIM_INVALID
    assert made.refusal(github(required_claims={"team": "a"})).code is ReasonCode.CLAIM_MISSING


@pytest.mark.parametrize("reply", [answer([{"id": 1}]), answer(b"id=1", kind=FORM), answer({"id": 1}, status=201)])
def test_a_userinfo_answer_that_is_no_json_object_ends_the_login(reply: Answer) -> None:
    assert world(reply).refusal(github()).code in {ReasonCode.ANSWER_INVALID, ReasonCode.USERINFO_FAILED}


def test_subjects_of_another_userinfo_endpoint_are_others_whatever_issuer_the_connection_names() -> None:
    assert world({"id": 1}).identify(github(issuer=ISSUER)).issuer == USERINFO
