"""What a program may send to `/oauth2/…`: whatever it is, the answer is JSON, is not stored, and reveals nothing."""

import pytest
from werkzeug.test import TestResponse

from app.services.oauth2.token_inspection import TokenInspection
from app.web.headers import closed_headers
from app.web.mount import MACHINES
from app.web.server.limits import MAX_BODY_BYTES
from app.wiring.pages import site_options
from tests.builders import World

PATHS = (
    "/oauth2/token", "/oauth2/token/", "/oauth2/revoke", "/oauth2/introspect", "/oauth2/userinfo", "/oauth2/par",
    "/oauth2/device_authorization",
)  # fmt: skip
FORM = "application/x-www-form-urlencoded"


def posted(world: World, path: str, body: bytes, *, kind: str = FORM) -> TestResponse:
    return world.client().post(path, data=body, content_type=kind)


def error(answer: TestResponse, status: int) -> str:
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    return str(answer.get_json()["error"])


def test_these_are_all(world: World) -> None:
    assert sorted(world.app.extensions[MACHINES].endpoints) == sorted(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_headers_of_every_response_and_is_not_stored(world: World, path: str) -> None:
    answer = posted(world, path, b"token=x")
    assert set(closed_headers(site_options(world.bridge.settings))) <= set(answer.headers)
    assert (answer.headers["Pragma"], answer.headers["X-Request-Id"] != "") == ("no-cache", True)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "post"])
def test_another_method_is_refused_and_told_which_ones_there_are(world: World, path: str, method: str) -> None:
    answer = world.client().open(path, method=method)
    assert error(answer, 405) == "invalid_request"
    assert answer.headers["Allow"] == ("GET, HEAD, POST" if path == "/oauth2/userinfo" else "POST")


@pytest.mark.parametrize("path", PATHS)
def test_a_code_or_secret_in_an_address_that_is_followed_does_nothing(world: World, path: str) -> None:
    answer = world.client().get(f"{path}?client_id=desk&grant_type=client_credentials&access_token=x&token=x")
    assert answer.status_code == (401 if path == "/oauth2/userinfo" else 405)


@pytest.mark.parametrize("path", PATHS)
def test_a_body_beyond_the_limit_is_not_read(world: World, path: str) -> None:
    answer = posted(world, path, b"token=" + b"x" * MAX_BODY_BYTES)
    assert error(answer, 413) == "invalid_request"


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/oauth2/userinfo"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"token=\xff\xfe", FORM),
        (b"token=%ff%fe", FORM),
        (b"token=x", "text/plain"),
        (b'{"token": "x"}', "application/json"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"token=x&token=y", FORM),
        (b"token=x&token=", FORM),
    ],
)
def test_a_body_that_can_be_read_in_two_ways_is_refused(world: World, path: str, body: bytes, kind: str) -> None:
    assert error(posted(world, path, body, kind=kind), 400) == "invalid_request"


def test_only_endpoints_of_pages_answer_a_preflight_and_none_with_cookies(world: World) -> None:
    for path in PATHS:
        answer = world.client().options(path, headers={"Origin": "https://evil.example"})
        assert answer.status_code == (405 if path in ("/oauth2/introspect", "/oauth2/device_authorization") else 204)
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_mistake_of_ours_is_not_explained_to_the_program(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: TokenInspection, _token: str) -> None:
        raise ZeroDivisionError("what nobody should read")

    monkeypatch.setattr(TokenInspection, "userinfo", broken)
    answer = world.client().get("/oauth2/userinfo", headers={"Authorization": "Bearer x"})
    assert error(answer, 500) == "server_error"
    assert "nobody should read" not in answer.get_data(as_text=True)
    assert "Reference: " in answer.get_json()["error_description"]


def test_head_has_the_headers_of_get_and_no_body(world: World) -> None:
    wrong = {"Authorization": "Bearer x"}
    got = world.client().get("/oauth2/userinfo", headers=wrong)
    head = world.client().head("/oauth2/userinfo", headers=wrong)
    assert (got.status_code, got.get_data() != b"") == (401, True)
    assert (head.status_code, head.get_data()) == (401, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


def test_an_unknown_path_beside_them_is_not_theirs(world: World) -> None:
    assert world.client().post("/oauth2/tokens").status_code == 404
    assert world.client().post("/oauth2/introspect/").status_code == 404
