from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from joserfc.util import urlsafe_b64encode

from app.domain.connections.connection import OWN_PARAMETERS, Connection, Protocol
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.step_up import StepUp
from app.ports.provider_client import AuthorizationResponse
from tests.unit.adapters.provider import in_memory as idp
from tests.unit.adapters.provider.in_memory import DISCOVERY, ISSUER, World, answer, connection, metadata

OAUTH2: dict[str, Any] = {
    "protocol": Protocol.OAUTH2,
    "issuer": None,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": idp.TOKEN,
    "userinfo_endpoint": idp.USERINFO,
}
PROMISED = metadata(authorization_response_iss_parameter_supported=True)


def parameters(
    to: Connection | None = None, *, login_hint: str | None = None, step_up: StepUp | None = None
) -> dict[str, str]:
    url = World().begin(to, login_hint=login_hint, step_up=step_up)
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs), "a parameter stands in it twice"
    return dict(pairs)


def test_an_openid_request_carries_state_nonce_and_an_s256_challenge() -> None:
    assert parameters() == {
        "response_type": "code",
        "client_id": "bridge",
        "redirect_uri": idp.REDIRECT_URI,
        "scope": "openid email profile",
        "state": "state-of-this-login",
        "nonce": idp.NONCE,
        "code_challenge": urlsafe_b64encode(sha256(b"v" * 43).digest()).decode(),
        "code_challenge_method": "S256",
    }


def test_an_oauth2_request_carries_no_nonce() -> None:
    sent = parameters(connection(**OAUTH2, scopes=("read:user",)))
    assert "nonce" not in sent
    assert sent["scope"] == "read:user"
    assert sent["code_challenge_method"] == "S256"


def test_without_scopes_none_is_asked_for() -> None:
    assert "scope" not in parameters(connection(**OAUTH2, scopes=()))


def test_openid_is_always_asked_for_where_an_id_token_is_needed() -> None:
    assert parameters(connection(scopes=("email",)))["scope"] == "openid email"


def test_pkce_can_be_off_for_a_server_that_chokes_on_it() -> None:
    assert not {"code_challenge", "code_challenge_method"} & parameters(connection(pkce=False)).keys()


def test_form_post_is_asked_for_where_the_connection_says_so() -> None:
    assert parameters(connection(response_mode="form_post"))["response_mode"] == "form_post"


def test_extra_parameters_go_along_and_never_replace_the_protocols_own() -> None:
    own = dict.fromkeys(OWN_PARAMETERS, "evil")
    sent = parameters(connection(authorize_params={**own, "uri": "u", "resource": "r s&t"}))
    assert "evil" not in sent.values()
    assert not {"request", "request_uri", "client_secret", "dpop_jkt"} & sent.keys()
    assert (sent["uri"], sent["resource"]) == ("u", "r s&t")


def test_what_a_request_asks_for_goes_before_the_connections_defaults() -> None:
    usual = connection(authorize_params={"prompt": "select_account", "login_hint": "x"})
    assert parameters(usual)["prompt"] == "select_account"
    sent = parameters(usual, step_up=StepUp(prompt=("login",)), login_hint="bob@acme.example")
    assert (sent["prompt"], sent["login_hint"]) == ("login", "bob@acme.example")


def test_the_endpoints_own_query_stays() -> None:
    world = World()
    world.outbound.replies[DISCOVERY] = answer(metadata(authorization_endpoint=f"{ISSUER}/authorize?p=b2c&q="))
    url = world.begin()
    query = parse_qs(urlsplit(url).query, keep_blank_values=True)
    assert url.startswith(f"{ISSUER}/authorize?")
    assert (query["p"], query["q"], query["state"]) == (["b2c"], [""], ["state-of-this-login"])


def refusal(response: AuthorizationResponse, *, document: object = None, to: Connection | None = None) -> SsoError:
    world = World()
    world.outbound.replies[DISCOVERY] = answer(document or metadata())
    with pytest.raises(SsoError) as stopped:
        world.check(response, to)
    assert world.outbound.calls(idp.TOKEN) == 0
    return stopped.value


@pytest.mark.parametrize("iss", [None, ISSUER])
def test_a_response_with_a_code_gives_the_code(iss: str | None) -> None:
    assert World().check(AuthorizationResponse(code="c", iss=iss)) == "c"


def test_the_issuer_of_a_response_is_enough_where_it_was_promised() -> None:
    world = World()
    world.outbound.replies[DISCOVERY] = answer(PROMISED)
    assert world.check(AuthorizationResponse(code="c", iss=ISSUER)) == "c"


@pytest.mark.parametrize("iss", ["https://evil.example", f"{ISSUER}/", "", ISSUER.upper()])
@pytest.mark.parametrize("rest", [{"code": "c"}, {"error": "access_denied"}, {}])
def test_a_response_of_another_issuer_is_refused_before_anything_else(iss: str, rest: dict[str, str]) -> None:
    stopped = refusal(AuthorizationResponse(iss=iss, **rest))
    assert stopped.code is ReasonCode.RESPONSE_ISSUER_MISMATCH
    assert stopped.details == {"expected": ISSUER, "received": iss}


@pytest.mark.parametrize("rest", [{"code": "c"}, {"error": "access_denied"}])
def test_a_response_without_the_promised_issuer_is_refused(rest: dict[str, str]) -> None:
    stopped = refusal(AuthorizationResponse(**rest), document=PROMISED)
    assert stopped.code is ReasonCode.RESPONSE_ISSUER_MISMATCH
    assert stopped.details == {"expected": ISSUER, "received": None}


@pytest.mark.parametrize("promise", ["true", 1, None, []])
def test_only_true_is_a_promise(promise: object) -> None:
    world = World()
    world.outbound.replies[DISCOVERY] = answer(metadata(authorization_response_iss_parameter_supported=promise))
    assert world.check(AuthorizationResponse(code="c")) == "c"


def test_a_server_without_an_issuer_has_none_to_compare() -> None:
    assert World().check(AuthorizationResponse(code="c", iss="https://any.example"), connection(**OAUTH2)) == "c"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", ReasonCode.ACCESS_DENIED),
        ("login_required", ReasonCode.LOGIN_REQUIRED),
        ("interaction_required", ReasonCode.LOGIN_REQUIRED),
        ("consent_required", ReasonCode.LOGIN_REQUIRED),
        ("account_selection_required", ReasonCode.LOGIN_REQUIRED),
        ("invalid_scope", ReasonCode.SCOPE_REFUSED),
        ("unauthorized_client", ReasonCode.CLIENT_REFUSED),
        ("server_error", ReasonCode.AUTHORIZATION_ERROR),
        ("temporarily_unavailable", ReasonCode.AUTHORIZATION_ERROR),
        ("<script>", ReasonCode.AUTHORIZATION_ERROR),
    ],
)
def test_an_error_is_told_by_its_word_even_beside_a_code(error: str, code: ReasonCode) -> None:
    stopped = refusal(AuthorizationResponse(code="c", error=error, error_description="why"))
    assert (stopped.code, stopped.details) == (code, {"error": error, "error_description": "why"})


def test_the_providers_words_are_one_short_line_without_the_code_or_state() -> None:
    words = "no\r\nSet-Cookie: x c0de st4te " + "x" * 1000
    stopped = refusal(AuthorizationResponse(code="c0de", state="st4te", error="odd\n", error_description=words))
    assert stopped.details["error"] == "odd"
    shown = str(stopped.details["error_description"])
    assert len(shown) == 300
    assert shown.startswith("no  Set-Cookie: x … … x")


@pytest.mark.parametrize("code", [None, ""])
def test_a_response_with_neither_code_nor_error_lacks_the_code(code: str | None) -> None:
    assert refusal(AuthorizationResponse(code=code)).code is ReasonCode.CODE_MISSING


def test_whether_an_issuer_was_promised_is_asked_of_the_provider_where_it_is_not_known() -> None:
    world = World()
    world.outbound.replies.clear()
    with pytest.raises(SsoError) as stopped:
        world.check(AuthorizationResponse(code="c"))
    assert stopped.value.code is ReasonCode.PROVIDER_UNREACHABLE


WISH = StepUp(prompt=("select_account",))


@pytest.mark.parametrize(
    ("named", "sent"),
    [
        (["none", "login", "consent", "select_account"], "select_account"),
        (["none", "login", "consent"], "login"),
        ([], "login"),
        (None, "login"),
        ("select_account", "login"),
        ([["select_account"], 7, None], "login"),
    ],
)
def test_somebody_else_is_asked_for_in_a_word_that_the_provider_understands(named: object, sent: str) -> None:
    world = World()
    world.outbound.replies[DISCOVERY] = answer(metadata(prompt_values_supported=named))
    assert parse_qs(urlsplit(world.begin(step_up=WISH)).query)["prompt"] == [sent]


def test_the_connection_may_say_what_the_metadata_does_not() -> None:
    for settings in (
        {"prompt_values_supported": ("select_account",)},
        {"prompt": "select_account"},
        {"authorize_params": {"prompt": "select_account"}},
    ):
        assert parameters(connection(**settings), step_up=WISH)["prompt"] == "select_account"


def test_the_wish_and_a_demand_are_asked_once() -> None:
    assert parameters(connection(), step_up=StepUp(prompt=("select_account", "login")))["prompt"] == "login"


@pytest.mark.parametrize(
    ("wanted", "supported", "sent"),
    [
        ("de-AT en", ("de", "fr"), "de-AT"),
        ("hu", ("hu-HU",), "hu"),
        ("de", (), None),
        ("", ("de",), None),
    ],
)
def test_only_languages_that_the_provider_has_are_asked_for(
    wanted: str, supported: tuple[str, ...], sent: str | None
) -> None:
    world = World()
    world.outbound.replies[DISCOVERY] = answer(metadata(ui_locales_supported=list(supported)))
    url = world.begin(ui_locales=wanted)
    assert dict(parse_qsl(urlsplit(url).query)).get("ui_locales") == sent
