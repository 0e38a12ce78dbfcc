"""A login that an app has led to ends at the app, if nothing is left to ask; and only then."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.domain.oauth2.pending_authorization import LIFETIME_S
from app.domain.reasons import ReasonCode
from app.domain.sessions.session import session_id
from app.domain.tenants.tenant import Status
from tests.oauth2_app import CALLBACK, CONTINUE, OAuth2App, answered, location, query_of
from tests.threats.acme import Acme, cookies, session_cookie


def asked(acme: Acme, app: OAuth2App, **changes: str | None) -> str:
    """Where the login has to lead to for the app that asks."""
    return query_of(location(app.ask(acme.browser, tenant="acme", **changes)))["next"]


def back(acme: Acme, onward: str) -> TestResponse:
    """What the callback answers."""
    return acme.world.sign_in(acme.browser, acme.idp, path=f"/t/acme/oauth/login?{urlencode({'next': onward})}")


def refused(acme: Acme, answer: TestResponse, code: ReasonCode) -> None:
    """Signed in, but no code: the page that the browser is sent to says why."""
    assert session_cookie(answer) is not None
    acme.refused(acme.browser.get(location(answer)), code)


def test_the_app_gets_a_code_of_the_session_that_was_just_opened(acme: Acme, app: OAuth2App) -> None:
    answer = back(acme, asked(acme, app))

    own = session_id(session_cookie(answer) or "")
    assert answered(answer)["state"] == "the state"
    assert not [name for name in cookies(acme.browser) if name.startswith("sso_app_")]
    now, code = acme.world.clock.now(), app.code(answer)
    with acme.world.bridge.database.read() as work:
        authorized, opened = work.authorizations.live(code.authorization_id, now=now), work.sessions.live(own, now=now)
    assert authorized is not None
    assert opened is not None
    assert authorized.authorization.reference == opened.session.reference


def test_the_trace_of_the_login_tells_at_which_app(acme: Acme, app: OAuth2App) -> None:
    back(acme, asked(acme, app))

    session = acme.world.session(acme.browser)
    assert session is not None
    trace = acme.world.bridge.traces.get(str(session["reference"]))
    assert (trace.reason, trace.details["client"]) == (None, "agent-desk")


def test_its_code_dies_with_the_session(acme: Acme, app: OAuth2App) -> None:
    answer = back(acme, asked(acme, app))
    authorization = app.code(answer).authorization_id

    acme.world.bridge.sessions.end(session_id(session_cookie(answer) or ""))

    with acme.world.bridge.database.read() as work:
        assert work.authorizations.live(authorization, now=acme.world.clock.now()) is None


def test_an_answer_by_a_form_is_posted_and_nothing_of_it_is_in_an_address(acme: Acme, app: OAuth2App) -> None:
    answer = back(acme, asked(acme, app, response_mode="form_post"))

    page = answer.get_data(as_text=True)
    assert (answer.status_code, f'action="{CALLBACK}"' in page, 'name="code"' in page) == (200, True, True)
    assert session_cookie(answer) is not None


@pytest.mark.parametrize("prompt", ["consent", "login consent"])
def test_whoever_has_to_be_asked_is_asked(acme: Acme, app: OAuth2App, prompt: str) -> None:
    assert location(back(acme, asked(acme, app, prompt=prompt))).startswith(CONTINUE)


def test_whoever_has_not_allowed_it_yet_is_asked(acme: Acme, app: OAuth2App) -> None:
    app.save(trusted=False)
    assert location(back(acme, asked(acme, app))).startswith(CONTINUE)


@pytest.mark.parametrize(
    "change",
    [
        lambda app: app.save(status=Status.DISABLED),
        lambda app: app.save(redirect_uris=("https://desk.example/elsewhere",)),
    ],
)
def test_an_app_that_was_changed_meanwhile_gets_nothing(
    acme: Acme, app: OAuth2App, change: Callable[[OAuth2App], None]
) -> None:
    onward = asked(acme, app)
    change(app)
    refused(acme, back(acme, onward), ReasonCode.APP_REQUEST_INVALID)


def test_scopes_that_were_taken_from_the_app_meanwhile(acme: Acme, app: OAuth2App) -> None:
    onward = asked(acme, app)
    app.save(scopes=("email",))
    answer = back(acme, onward)
    assert answered(acme.browser.get(location(answer)))["error"] == "invalid_scope"


def test_an_app_that_was_given_to_another_tenant_meanwhile(acme: Acme, app: OAuth2App) -> None:
    onward = asked(acme, app)
    app.save(tenant_id=acme.world.tenant("globex").id)
    answer = back(acme, onward)
    assert session_cookie(answer) is not None
    assert answered(acme.browser.get(location(answer)))["error"] == "access_denied"


def test_without_a_code_that_is_stored_nobody_is_signed_in(acme: Acme, app: OAuth2App) -> None:
    """Session, authorization and code are one transaction: nothing outlives a failure of the last one."""
    onward = asked(acme, app)
    full = text(
        "CREATE TRIGGER full BEFORE INSERT ON authorization_codes BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    )
    with acme.world.bridge.database.engine.begin() as connection:
        connection.execute(full)

    answer = back(acme, onward)

    assert (answer.status_code, session_cookie(answer)) == (500, None)
    with acme.world.bridge.database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sessions")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM authorizations")).scalar_one() == 0


def test_the_request_of_another_browser(acme: Acme, app: OAuth2App) -> None:
    onward = asked(acme, app)
    acme.browser = acme.world.client()
    refused(acme, back(acme, onward), ReasonCode.APP_REQUEST_GONE)


def test_a_request_that_has_expired(acme: Acme, app: OAuth2App) -> None:
    onward = asked(acme, app)
    acme.world.clock.forward(LIFETIME_S)
    refused(acme, back(acme, onward), ReasonCode.APP_REQUEST_GONE)


@pytest.mark.parametrize("onward", ["/account", f"{CONTINUE}/", f"{CONTINUE}x?request=y", f"//desk.example{CONTINUE}"])
def test_any_other_login_ends_where_it_was_to_lead(acme: Acme, app: OAuth2App, onward: str) -> None:
    asked(acme, app)
    answer = back(acme, onward)
    assert (answer.status_code, "code=" in location(answer)) == (303, False)
