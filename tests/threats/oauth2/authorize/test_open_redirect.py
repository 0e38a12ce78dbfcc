"""Nobody is sent to an address before it is certain that it belongs to the app (RFC 9700, section 4.11.2)."""

import pytest
from werkzeug.test import TestResponse

from app.domain.reasons import ReasonCode
from app.domain.tenants.tenant import Status
from tests.oauth2_app import CALLBACK, OAuth2App, answered
from tests.threats.acme import Acme

EVIL = "https://evil.example"
MUTATED = [
    "", "/", "//evil.example", EVIL, f"{EVIL}/callback", "https://desk.example", "https://desk.example/",
    "http://desk.example/callback", "HTTPS://desk.example/callback", "https://DESK.example/callback",
    "https://desk.example:443/callback", "https://desk.example:8443/callback", "https://desk.example./callback",
    "https://desk.example.evil.example/callback", "https://evildesk.example/callback",
    "https://www.desk.example/callback", "https://evil.example/desk.example/callback",
    "https://desk.example@evil.example/callback", "https://evil.example@desk.example/callback",
    "https://desk.example\\@evil.example/callback", "https://desk.example\\.evil.example/callback",
    "https://desk.example%2eevil.example/callback", "https://desk.example%00.evil.example/callback",
    "https://desk.example#@evil.example/callback", "https://desk.example?@evil.example/callback",
    f"{CALLBACK}/", f"{CALLBACK}?", f"{CALLBACK}#", f"{CALLBACK}?x=1", f"{CALLBACK}#x",
    f"{CALLBACK}/..", f"{CALLBACK}/../x",
    f"{CALLBACK}/%2e%2e/x", f"{CALLBACK}%2f", f"{CALLBACK}%00", f"{CALLBACK}\x00", f"{CALLBACK}\r\nX: y",
    f"{CALLBACK}%0d%0a",
    f" {CALLBACK}", f"{CALLBACK} ", f"\t{CALLBACK}", f"{CALLBACK},{EVIL}", f"{CALLBACK} {EVIL}", f"{CALLBACK}&x={EVIL}",
    "https://desk.example//callback", "https://desk.example/./callback", "https://desk.example/Callback",
    "https://desk.example/callback;x", "https://desk.example/call%62ack", "https://desk.example/callbac",
    "https:desk.example/callback", "https:/desk.example/callback", "https:///desk.example/callback",
    "javascript:alert(1)//desk.example/callback", "data:text/html,x", "desk.example/callback", "*", "https://*/callback",
    "http://127.0.0.1/callback", "http://localhost/callback", "urn:ietf:wg:oauth:2.0:oob",
]  # fmt: skip


def refused(acme: Acme, response: TestResponse) -> None:
    assert "Location" not in response.headers
    assert EVIL not in response.headers.get("Content-Security-Policy", "")
    acme.refused(response, ReasonCode.APP_REQUEST_INVALID)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sixty_ways_to_write_another_redirect_uri(acme: Acme, app: OAuth2App, method: str) -> None:
    acme.sign_in()
    assert len(MUTATED) >= 60

    for uri in MUTATED:
        acme.world.clock.forward(10)  # so many refusals in one minute would not all be kept
        asked = app.parameters(redirect_uri=uri)
        if method == "GET":
            refused(acme, acme.browser.get("/oauth2/authorize", query_string=asked))
        else:
            refused(acme, acme.browser.post("/oauth2/authorize", data=asked))


@pytest.mark.parametrize(
    "wrong",
    [
        {"response_type": "token"},
        {"scope": "everything"},
        {"code_challenge": None},
        {"prompt": "none"},
        {"request": "e30.e30."},
        {"response_mode": "form_post"},
        {"id_token_hint": "x"},
    ],
)
def test_whatever_else_is_wrong_the_address_comes_first(
    acme: Acme, app: OAuth2App, wrong: dict[str, str | None]
) -> None:
    """Authlib CVE-2026-41479 and CVE-2026-44681."""
    refused(acme, app.ask(acme.browser, redirect_uri=EVIL, **wrong))
    refused(acme, app.ask(acme.browser, client_id="nobody", redirect_uri=EVIL, **wrong))


def test_a_redirect_uri_that_comes_twice(acme: Acme, app: OAuth2App) -> None:
    refused(acme, acme.browser.get(f"{app.url()}&redirect_uri={EVIL}"))
    refused(acme, acme.browser.get(f"{app.url()}&redirect_uri={CALLBACK}"))
    refused(acme, acme.browser.get(f"{app.url()}&client_id={app.client.client_id}"))


def test_an_address_and_a_form_are_not_mixed(acme: Acme, app: OAuth2App) -> None:
    refused(acme, acme.browser.post(app.url(), data=app.parameters(redirect_uri=EVIL)))
    refused(acme, acme.browser.post(app.url(), data={}))


def test_another_clients_address(acme: Acme, app: OAuth2App) -> None:
    OAuth2App.registered(acme.world, "evil", redirect_uris=(f"{EVIL}/",))

    refused(acme, app.ask(acme.browser, redirect_uri=f"{EVIL}/"))


def test_an_address_that_was_taken_back_meanwhile(acme: Acme, app: OAuth2App) -> None:
    onward = app.ask(acme.browser, tenant="acme").headers["Location"].partition("next=")[2].partition("&")[0]
    acme.sign_in()
    app.save(redirect_uris=("https://new.example/",))

    refused(
        acme,
        acme.browser.get("/oauth2/authorize/continue", query_string=onward.partition("%3F")[2].replace("%3D", "=")),
    )


def test_no_answer_tells_a_disabled_client_from_an_unknown_one_or_from_another_tenants(
    acme: Acme, app: OAuth2App
) -> None:
    acme.world.tenant("globex")
    theirs = OAuth2App.registered(acme.world, "theirs", tenant_id=acme.tenant.id)
    disabled = OAuth2App.registered(acme.world, "disabled", status=Status.DISABLED)

    def page(response: TestResponse) -> tuple[int, str]:
        text = response.get_data(as_text=True)
        reference = acme.world.trace(response)["reference"]
        return response.status_code, text.replace(str(reference), "")

    unknown = page(app.ask(acme.browser, client_id="nobody", tenant="globex"))
    assert page(disabled.ask(acme.browser, tenant="globex")) == unknown
    assert page(theirs.ask(acme.browser, tenant="globex")) == unknown
    acme.switch_off("tenant")
    assert page(theirs.ask(acme.browser)) == unknown


def test_the_app_hears_of_everything_else(acme: Acme, app: OAuth2App) -> None:
    assert answered(app.ask(acme.browser, scope="everything"))["error"] == "invalid_scope"
