import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.provider.token_response import Tokens, parse_token_response
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.outbound import Answer
from tests.unit.adapters.provider.in_memory import answer

FORM = "application/x-www-form-urlencoded"
GOOD = {"access_token": "at", "token_type": "Bearer", "id_token": "a.b.c"}


def refused(response: Answer) -> SsoError:
    with pytest.raises(SsoError) as stopped:
        parse_token_response(response)
    return stopped.value


@pytest.mark.parametrize(
    "response",
    [
        answer(GOOD),
        answer(GOOD, status=201),
        answer(GOOD, kind="text/plain; charset=utf-8"),
        answer(GOOD, kind="text/html"),
        answer({**GOOD, "token_type": "bearer"}),
        answer({**GOOD, "token_type": "BEARER"}),
        answer({"access_token": "at", "id_token": "a.b.c"}),
        answer({**GOOD, "error": None}),
        answer({**GOOD, "error": ""}),
        answer(b"access_token=at&token_type=bearer&id_token=a.b.c", kind=FORM),
        answer(b"access_token=at&id_token=a.b.c&scope=", kind="text/plain"),
        answer({**GOOD, "scope": "Office Manager", "expires": "2016-11-11T16:05:10.301803"}),
    ],
)
def test_tokens_are_read_in_every_shape_in_which_servers_send_them(response: Answer) -> None:
    assert parse_token_response(response) == Tokens(access_token="at", id_token="a.b.c")


@pytest.mark.parametrize("odd", ["3599", "abc", None, -1, 1e300, [], True, "1h"])
def test_how_long_an_access_token_lives_does_not_matter(odd: object) -> None:
    assert parse_token_response(answer({**GOOD, "expires_in": odd})).access_token == "at"


@pytest.mark.parametrize("nothing", [{}, {"id_token": None}, {"id_token": ""}])
def test_an_answer_without_an_id_token_has_none(nothing: dict[str, object]) -> None:
    assert parse_token_response(answer({"access_token": "at", **nothing})).id_token is None


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        ("invalid_client", 401, ReasonCode.CLIENT_REFUSED),
        ("invalid_client", 400, ReasonCode.CLIENT_REFUSED),
        ("unauthorized_client", 400, ReasonCode.CLIENT_REFUSED),
        ("incorrect_client_credentials", 200, ReasonCode.CLIENT_REFUSED),
        ("something_else", 401, ReasonCode.CLIENT_REFUSED),
        ("invalid_grant", 400, ReasonCode.GRANT_REFUSED),
        ("invalid_grant", 401, ReasonCode.GRANT_REFUSED),
        ("redirect_uri_mismatch", 200, ReasonCode.GRANT_REFUSED),
        ("bad_verification_code", 200, ReasonCode.GRANT_REFUSED),
        ("invalid_scope", 400, ReasonCode.SCOPE_REFUSED),
        ("invalid_request", 400, ReasonCode.AUTHORIZATION_ERROR),
        ("invalid_grant", 500, ReasonCode.PROVIDER_ERROR),
        ({"message": "no", "code": 100}, 400, ReasonCode.AUTHORIZATION_ERROR),
    ],
)
def test_an_error_is_told_by_its_word_whatever_its_status(error: object, status: int, code: ReasonCode) -> None:
    stopped = refused(answer({"error": error, "error_description": "because"}, status=status))
    assert stopped.code is code
    assert stopped.details["error"] == (error if isinstance(error, str) else "not a text")
    assert stopped.details["error_description"] == "because"
    assert stopped.details["status"] == status


def test_an_error_in_a_form_is_one_too() -> None:
    assert refused(answer(b"error=invalid_grant", kind=FORM)).code is ReasonCode.GRANT_REFUSED


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, b"", ReasonCode.CLIENT_REFUSED),
        (401, b"<html>Unauthorized</html>", ReasonCode.CLIENT_REFUSED),
        (403, b"<html>", ReasonCode.ANSWER_INVALID),
        (404, b"{}", ReasonCode.ANSWER_INVALID),
        (204, b"", ReasonCode.ANSWER_INVALID),
        (302, b"", ReasonCode.ANSWER_INVALID),
        (302, json.dumps(GOOD).encode(), ReasonCode.ANSWER_INVALID),
        (500, b"<html>", ReasonCode.PROVIDER_ERROR),
        (503, json.dumps(GOOD).encode(), ReasonCode.PROVIDER_ERROR),
        (418, json.dumps(GOOD).encode(), ReasonCode.ANSWER_INVALID),
        (200, b"", ReasonCode.ANSWER_INVALID),
        (200, b"<html>", ReasonCode.ANSWER_INVALID),
        (200, b"[]", ReasonCode.ANSWER_INVALID),
        (200, b"null", ReasonCode.ANSWER_INVALID),
        (200, b'{"access_token": "a", "access_token": "b"}', ReasonCode.ANSWER_INVALID),
        (200, b'{"a":' * 100_000, ReasonCode.ANSWER_INVALID),
    ],
)
def test_an_answer_that_is_no_token_answer_is_told_by_its_status(status: int, body: bytes, code: ReasonCode) -> None:
    stopped = refused(Answer(status=status, headers={}, body=body, took_ms=1))
    assert (stopped.code, stopped.details["status"]) == (code, status)


@pytest.mark.parametrize("odd", [None, "", 1, [], {}, "a\r\nX-Injected: 1", "tökén", "a\x7f"])
def test_an_access_token_that_fits_no_header_is_refused(odd: object) -> None:
    stopped = refused(answer({**GOOD, "access_token": odd}))
    assert (stopped.code, stopped.details["field"]) == (ReasonCode.ANSWER_INVALID, "access_token")


@pytest.mark.parametrize("odd", ["DPoP", "mac", 1, [], ""])
def test_a_token_of_another_type_than_bearer_is_refused(odd: object) -> None:
    stopped = refused(answer({**GOOD, "token_type": odd}))
    assert (stopped.code, stopped.details["field"]) == (ReasonCode.ANSWER_INVALID, "token_type")


@pytest.mark.parametrize("odd", [1, [], {}, True])
def test_an_id_token_that_is_no_text_is_refused(odd: object) -> None:
    assert refused(answer({**GOOD, "id_token": odd})).details["field"] == "id_token"


def test_a_forms_field_that_stands_in_it_twice_is_refused() -> None:
    assert refused(answer(b"access_token=a&access_token=b", kind=FORM)).code is ReasonCode.ANSWER_INVALID


def test_the_providers_words_are_cut_made_one_line_and_rid_of_what_is_secret() -> None:
    words = "bad secret s3cret for code c0de\r\n\x1b[31m<b>" + "x" * 5000
    with pytest.raises(SsoError) as stopped:
        parse_token_response(
            answer({"error": "invalid_grant", "error_description": words}, status=400), hide=("s3cret", "c0de", "")
        )
    shown = stopped.value.details["error_description"]
    assert isinstance(shown, str)
    assert shown.startswith("bad secret … for code …")
    assert len(shown) == 300
    assert shown.isprintable()


@given(
    status=st.sampled_from([200, 201, 302, 400, 401, 404, 500]),
    kind=st.sampled_from(["application/json", FORM, "text/plain", ""]),
    body=st.binary(max_size=60)
    | st.dictionaries(
        st.sampled_from(["access_token", "token_type", "id_token", "error", "error_description", "expires_in"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.lists(st.none(), max_size=1),
    ).map(lambda document: json.dumps(document).encode()),
)
def test_no_answer_makes_it_fail_otherwise(status: int, kind: str, body: bytes) -> None:
    try:
        tokens = parse_token_response(Answer(status=status, headers={"content-type": kind}, body=body, took_ms=1))
    except SsoError:
        return
    assert tokens.access_token.isprintable()
