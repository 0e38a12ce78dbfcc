import pytest
from joserfc.jwk import OctKey

from app.domain.accounts.identity import EmailClaim, ExternalIdentity
from app.domain.connections.connection import MatchBy
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.outbound import Answer
from tests.unit.adapters.provider import in_memory as idp
from tests.unit.adapters.provider.in_memory import (
    ISSUER,
    TOKEN,
    USERINFO,
    World,
    answer,
    claims,
    connection,
    signed,
    tokens,
)

THIN = {"email": ..., "email_verified": ...}
SUB = "248289761001"


def world(*, userinfo: object = ..., **changes: object) -> World:
    """A provider whose id_token has these changes, and this userinfo answer."""
    made = World()
    made.outbound.replies[TOKEN] = tokens(signed(claims(**changes)))
    if userinfo is not ...:
        made.outbound.replies[USERINFO] = userinfo if isinstance(userinfo, Answer) else answer(userinfo)
    return made


def test_a_full_id_token_says_who_it_is_without_userinfo() -> None:
    made = world(
        sid="s-1", auth_time=1_789_999_900, amr=["pwd", 7, "otp"], acr="urn:mace:silver", preferred_username="bob"
    )
    identity = made.identify()
    assert identity == ExternalIdentity(
        issuer=ISSUER,
        subject=SUB,
        email=EmailClaim(value="bob@acme.example", verified=True),
        match_claim=None,
        sid="s-1",
        id_token=identity.id_token,
        auth_time=1_789_999_900.0,
        amr=("pwd", "otp"),
        acr="urn:mace:silver",
        end_session_endpoint=f"{ISSUER}/logout",
        claims=identity.claims,
    )
    assert identity.id_token
    assert set(identity.claims.values()) == {"id_token"}
    assert made.log.steps == ["token", "id_token"]
    assert made.outbound.calls(USERINFO) == 0


def test_what_is_kept_beside_the_session_is_dropped_where_it_is_odd() -> None:
    identity = world(sid=7, auth_time="now", amr="pwd", acr=["x"]).identify()
    assert (identity.sid, identity.auth_time, identity.amr, identity.acr) == (None, None, (), None)


@pytest.mark.parametrize("absent", [{}, {"id_token": None}, {"id_token": ""}])
def test_no_id_token_fails_closed(absent: dict[str, object]) -> None:
    made = World()
    made.outbound.replies[TOKEN] = answer({"access_token": idp.ACCESS_TOKEN, **absent})
    assert made.refusal().code is ReasonCode.ID_TOKEN_MISSING
    assert made.log.steps == ["token", "id_token"]
    assert made.outbound.calls(USERINFO) == 0


def test_an_id_token_is_looked_at_though_the_scope_has_no_openid() -> None:
    made = world(aud="other")
    assert made.refusal(connection(scopes=("email",))).code is ReasonCode.AUDIENCE_MISMATCH


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "other", "azp": "bridge"},
        {"aud": ["bridge", "x"], "azp": "bridge"},
        {"iat": int(idp.NOW) - 315_360_000},
        {"nonce": "of another login"},
    ],
)
def test_after_a_bad_id_token_nothing_further_is_called(changes: dict[str, object]) -> None:
    made = world(**THIN, **changes)
    made.refusal()
    assert made.outbound.calls(USERINFO) == 0
    assert made.log.steps == ["token", "id_token"]


@pytest.mark.parametrize("changes", [THIN, {"email": ...}, {"email_verified": ...}, {"email": None}, {"email": ""}])
def test_a_thin_id_token_is_filled_in_by_userinfo(changes: dict[str, object]) -> None:
    made = world(**changes, userinfo={"sub": SUB, "email": "info@acme.example", "email_verified": "true"})
    assert made.identify().email == EmailClaim(value="info@acme.example", verified="true")
    assert made.outbound.headers(USERINFO)["Authorization"] == f"Bearer {idp.ACCESS_TOKEN}"
    assert made.log.steps == ["token", "id_token", "userinfo"]


def test_userinfo_is_not_asked_about_verification_where_all_emails_are_trusted() -> None:
    made = world(email_verified=...)
    email = made.identify(connection(email_trust="always")).email
    assert email == EmailClaim(value="bob@acme.example", verified=None)
    assert made.outbound.calls(USERINFO) == 0


@pytest.mark.parametrize("verified", [False, "false", 1, None])
def test_an_unverified_email_is_never_lifted_by_the_other_document(verified: object) -> None:
    made = world(email_verified=verified, userinfo={"sub": SUB, "email_verified": True})
    email = made.identify().email
    assert email == EmailClaim(value="bob@acme.example", verified=verified)


def test_an_email_of_userinfo_never_takes_the_id_tokens_word() -> None:
    made = world(email=..., userinfo={"sub": SUB, "email": "victim@acme.example"})
    assert made.identify().email == EmailClaim(value="victim@acme.example", verified=None)


def test_without_a_userinfo_endpoint_the_email_is_just_missing() -> None:
    made = world(**THIN)
    manual = connection(authorization_endpoint=f"{ISSUER}/a", token_endpoint=TOKEN, jwks_uri=idp.JWKS)
    assert made.identify(manual).email is None


@pytest.mark.parametrize("sub", ["another", "", None, ..., 248289761001, [SUB], True])
def test_userinfo_about_somebody_else_ends_the_login(sub: object) -> None:
    userinfo = {"email": "victim@acme.example", "email_verified": True}
    made = world(**THIN, userinfo=userinfo if sub is ... else {**userinfo, "sub": sub})
    stopped = made.refusal()
    assert stopped.code is ReasonCode.SUBJECT_MISMATCH
    assert stopped.details["expected"] == SUB


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer({}, status=401), ReasonCode.USERINFO_FAILED),
        (answer({}, status=403), ReasonCode.USERINFO_FAILED),
        (answer({}, status=404), ReasonCode.USERINFO_FAILED),
        (answer({}, status=500), ReasonCode.PROVIDER_ERROR),
        (answer({"sub": SUB}, status=302), ReasonCode.ANSWER_INVALID),
        (answer([{"sub": SUB}]), ReasonCode.ANSWER_INVALID),
        (answer(b"null"), ReasonCode.ANSWER_INVALID),
        (answer(b'{"sub": "248289761001", "sub": "victim"}'), ReasonCode.ANSWER_INVALID),
        (answer(b'{"sub":' + b"[" * 200_000), ReasonCode.ANSWER_INVALID),
    ],
)
def test_a_userinfo_answer_that_is_none_ends_the_login(reply: Answer, code: ReasonCode) -> None:
    stopped = world(**THIN, userinfo=reply).refusal()
    assert (stopped.code, stopped.details["endpoint"]) == (code, "userinfo")


def test_the_match_claim_comes_from_the_first_document_that_has_it() -> None:
    by_name = connection(match_by=MatchBy.USERNAME)
    made = world(**THIN, preferred_username="bob")
    assert made.identify(by_name).match_claim == "bob"
    assert made.outbound.calls(USERINFO) == 0
    made = world(**THIN, userinfo={"sub": SUB, "preferred_username": "bob-by-userinfo"})
    identity = made.identify(by_name)
    assert identity.match_claim == "bob-by-userinfo"
    assert identity.claims["preferred_username"] == "userinfo"
    assert identity.claims["sub"] == "id_token"


def test_an_external_id_is_the_subject_unless_another_claim_is_named() -> None:
    assert world().identify(connection(match_by=MatchBy.EXTERNAL_ID)).match_claim == SUB
    named = connection(match_by=MatchBy.EXTERNAL_ID, match_claim="ids.0.value")
    assert world(ids=[{"value": 4711}]).identify(named).match_claim == 4711


@pytest.mark.parametrize(("value", "subject"), [("o-1", "o-1"), (4711, "4711")])
def test_another_subject_claim_may_come_from_either_document(value: object, subject: str) -> None:
    by_oid = connection(subject_claim="oid")
    assert world(oid=value).identify(by_oid).subject == subject
    assert world(userinfo={"sub": SUB, "oid": value}).identify(by_oid).subject == subject


@pytest.mark.parametrize("odd", [True, 1.5, ["o-1"], {}, "x" * 256, "a\nb"])
def test_a_subject_that_is_neither_text_nor_number_is_missing(odd: object) -> None:
    stopped = world(oid=odd).refusal(connection(subject_claim="oid"))
    assert (stopped.code, stopped.details["claim"]) == (ReasonCode.SUBJECT_MISSING, "oid")


def test_a_list_of_addresses_goes_before_the_documents() -> None:
    listed = f"{ISSUER}/emails"
    made = world(**THIN)
    made.outbound.replies[listed] = answer([{"email": "listed@acme.example", "primary": True, "verified": True}])
    email = made.identify(connection(emails_endpoint=listed)).email
    assert email == EmailClaim(value="listed@acme.example", verified=True)
    assert made.outbound.calls(USERINFO) == 0


def test_required_claims_must_stand_in_the_id_token_not_in_userinfo() -> None:
    made = world(**THIN, userinfo={"sub": SUB, "hd": "acme.example"})
    stopped = made.refusal(connection(required_claims={"hd": "acme.example"}))
    assert (stopped.code, stopped.details["claim"]) == (ReasonCode.CLAIM_MISSING, "hd")


def test_a_login_younger_than_asked_for_must_be_shown() -> None:
    asked = connection(authorize_params={"max_age": "300"})
    assert world(auth_time=int(idp.NOW)).identify(asked).auth_time == idp.NOW
    assert world().refusal(asked).code is ReasonCode.CLAIM_MISSING


def test_a_client_secret_may_sign_where_the_connection_says_so() -> None:
    key = OctKey.import_key(idp.SECRET)
    made = World()
    made.outbound.replies[TOKEN] = tokens(signed(claims(), key=key, alg="HS256", header={"kid": None}))
    assert made.identify(connection(signing_algs=("HS256",))).subject == SUB
    assert made.refusal().code is ReasonCode.ALGORITHM_REFUSED
    public = connection(secret=None, client_auth="none", signing_algs=("HS256",))
    assert made.refusal(public).code is ReasonCode.ALGORITHM_REFUSED


def test_a_failing_line_names_the_endpoint_and_keeps_the_lines_own_details() -> None:
    made = World()
    made.outbound.replies[TOKEN] = SsoError(ReasonCode.PROVIDER_TIMEOUT, host="idp.acme.example")
    stopped = made.refusal()
    assert stopped.code is ReasonCode.PROVIDER_TIMEOUT
    assert stopped.details == {"host": "idp.acme.example", "endpoint": "token"}
