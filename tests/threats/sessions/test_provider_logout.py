"""Whoever is signed out by the provider is signed out here, and nobody else; what is refused can be found out about."""

from functools import partial
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.adapters.sql.purge import SLACK_S
from app.domain.reasons import ReasonCode
from app.services.traces.traces import UNCORRELATED_PER_MINUTE, explain
from tests.builders import choose
from tests.contracts.removal import remove_all
from tests.fake_idp import changed, without
from tests.fake_idp.jws import Json
from tests.threats.acme import ALICE, Acme

FLOOD = 80
NAMING: dict[str, dict[str, Any]] = {"session and person": {}, "session": {"sub": None}, "person": {"sid": None}}
DAY_S = 86_400
BEFORE = "https://before.example"


def log_out(acme: Acme, token: str | None = None, *, connection: str | None = None, **claims: Any) -> TestResponse:
    """The provider's own request."""
    path = f"/backchannel-logout/{connection or acme.main.id}"
    return acme.world.client().post(path, data={"logout_token": token or acme.idp.logout_token(**claims)})


def reason_of(acme: Acme, answer: TestResponse) -> dict[str, object]:
    """The trace behind the reference that the provider is given."""
    assert answer.status_code == 400
    said: str = answer.get_json()["error_description"]
    return explain(acme.world.bridge.traces.get(said.partition("reference ")[2].rstrip(")")))


# A login that is under way


@pytest.mark.parametrize("claims", NAMING.values(), ids=list(NAMING))
def test_a_login_under_way_opens_nothing_once_the_provider_has_signed_its_person_out(
    acme: Acme, claims: dict[str, Any]
) -> None:
    there = acme.callback()
    assert log_out(acme, **claims).status_code == 200
    acme.refused(acme.browser.get(there), ReasonCode.SIGNED_OUT_MEANWHILE)
    assert acme.opened() is None
    assert acme.sign_in().status_code == 303, "the next login is another one"


@pytest.mark.parametrize("claims", NAMING.values(), ids=list(NAMING))
def test_a_choice_between_accounts_is_still_a_login_under_way(acme: Acme, claims: dict[str, Any]) -> None:
    lead = acme.world.account(acme.tenant, "alice-lead", email=ALICE)
    page = acme.sign_in()
    log_out(acme, **claims)
    acme.refused(choose(acme.browser, page, lead.id), ReasonCode.SIGNED_OUT_MEANWHILE)


def test_a_logout_is_remembered_for_as_long_as_a_login_may_take(acme: Acme) -> None:
    lead = acme.world.account(acme.tenant, "alice-lead", email=ALICE)
    acme.idp.code_seconds = 10_000
    there = acme.callback()
    log_out(acme)
    acme.world.clock.forward(599)
    acme.idp.clock_offset = 599
    acme.world.bridge.database.purge(acme.world.clock.now(), remove_all)
    page = acme.browser.get(there)
    acme.world.clock.forward(299)
    acme.world.bridge.database.purge(acme.world.clock.now(), remove_all)
    acme.refused(choose(acme.browser, page, lead.id), ReasonCode.SIGNED_OUT_MEANWHILE)
    acme.world.clock.forward(2 * DAY_S)
    acme.world.bridge.database.purge(acme.world.clock.now(), remove_all)
    assert acme.rows()["provider_logouts"] == 0


@pytest.mark.parametrize("claims", [{"sub": "mallory"}, {"sid": "another"}, {"sub": "mallory", "sid": None}])
def test_the_logout_of_somebody_else_stops_no_login(acme: Acme, claims: dict[str, Any]) -> None:
    there = acme.callback()
    assert log_out(acme, **claims).status_code == 200
    assert acme.browser.get(there).status_code == 303


def test_the_logout_of_another_connection_stops_no_login(acme: Acme) -> None:
    spare = acme.world.connection(acme.tenant, acme.idp, name="spare")
    there = acme.callback_of_connection("main")
    assert log_out(acme, connection=spare.id, sid=None).status_code == 200
    assert acme.browser.get(there).status_code == 303


def test_what_anybody_can_open_in_a_browser_is_not_remembered(acme: Acme) -> None:
    there = acme.callback()
    for sid in ("x", acme.idp.sessions["alice"].sid):
        query = {"iss": acme.idp.issuer, "sid": sid}
        assert acme.world.client().get(f"/frontchannel-logout/{acme.main.id}", query_string=query).status_code == 200
    assert acme.rows()["provider_logouts"] == 0
    assert acme.browser.get(there).status_code == 303


# Tokens that are good once, for one connection


def test_one_logout_token_counts_once_at_each_connection(acme: Acme) -> None:
    spare = acme.world.connection(acme.tenant, acme.idp, name="spare")
    other = acme.world.client()
    acme.browser.get(acme.callback_of_connection("main"))
    acme.world.sign_in(other, acme.idp, path="/t/acme/oauth/login?connection=spare")
    token = acme.idp.logout_token()
    assert log_out(acme, token).status_code == 200
    assert (acme.opened(), acme.opened(other)) == (None, "alice")
    assert log_out(acme, token, connection=spare.id).status_code == 200
    assert acme.opened(other) is None


def test_a_logout_token_is_remembered_for_as_long_as_it_is_good(acme: Acme) -> None:
    acme.sign_in()
    token = acme.idp.logout_token(exp=int(acme.world.clock.now()) + 20 * 3600)
    assert log_out(acme, token).status_code == 200
    for hours in (10, 9):
        acme.world.clock.forward(hours * 3600)
        acme.idp.clock_offset += hours * 3600
        acme.world.bridge.database.purge(acme.world.clock.now(), remove_all)
        acme.sign_in()
        assert reason_of(acme, log_out(acme, token))["reason"] == "attempt_used"
        assert acme.opened() == "alice"


def test_a_logout_token_is_remembered_through_the_leeway_in_which_it_is_still_taken(acme: Acme) -> None:
    acme.sign_in()
    token = acme.idp.logout_token(exp=int(acme.world.clock.now()) + 60)
    assert log_out(acme, token).status_code == 200
    acme.world.clock.forward(60 + 115)
    acme.idp.clock_offset += 60 + 115
    acme.world.bridge.database.purge(acme.world.clock.now() + SLACK_S, remove_all)
    acme.sign_in()
    assert reason_of(acme, log_out(acme, token))["reason"] == "attempt_used"
    assert acme.opened() == "alice"


def test_each_logout_token_of_a_connection_counts(acme: Acme) -> None:
    for _ in range(2):
        acme.sign_in()
        assert acme.opened() == "alice"
        assert log_out(acme).status_code == 200
        assert acme.opened() is None


@pytest.mark.parametrize("nonce", ["", None, 0, "of a login"])
def test_a_token_with_a_nonce_of_any_kind_is_no_logout_token(acme: Acme, nonce: object) -> None:
    acme.sign_in()
    sign = acme.idp.keys.sign

    def with_nonce(header: Json, claims: Json) -> str:
        return sign(header, {**claims, "nonce": nonce})

    acme.idp.on.sign = with_nonce
    assert reason_of(acme, log_out(acme))["reason"] == "token_type_refused"
    assert acme.opened() == "alice"


def of_the_issuer_before(acme: Acme) -> None:
    """Alice's session is of the provider from which the connection has moved on."""
    acme.sign_in()
    with acme.world.bridge.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE identities SET issuer = ?", (BEFORE,))


def test_the_sid_of_another_issuer_ends_nothing(acme: Acme) -> None:
    """It may look the same at both providers."""
    of_the_issuer_before(acme)
    assert log_out(acme, sub=None).status_code == 200
    assert acme.opened() == "alice"


def test_a_front_channel_logout_by_another_issuer_than_the_connections_ends_nothing(acme: Acme) -> None:
    of_the_issuer_before(acme)
    query = {"iss": BEFORE, "sid": acme.idp.sessions["alice"].sid}
    answer = acme.world.client().get(f"/frontchannel-logout/{acme.main.id}", query_string=query)
    acme.refused(answer, ReasonCode.RESPONSE_ISSUER_MISMATCH)
    assert acme.opened() == "alice"


# What is refused


def test_a_refused_logout_leaves_a_trace_of_its_connection_and_reason_and_no_token(acme: Acme) -> None:
    acme.sign_in()
    token = acme.idp.logout_token(aud="somebody-else")
    trace = reason_of(acme, log_out(acme, token))
    assert (trace["tenant"], trace["connection"], trace["reason"]) == ("acme", "main", "audience_mismatch")
    assert str(trace["summary"]).startswith("The provider's back-channel logout was refused")
    assert not any(part in str(trace) for part in token.split("."))
    assert acme.opened() == "alice"


@pytest.mark.parametrize("data", [{}, {"logout_token": ["a", "b"]}, {"logout_token": "x"}])
def test_a_request_without_a_token_is_refused_with_a_trace_too(acme: Acme, data: dict[str, Any]) -> None:
    answer = acme.world.client().post(f"/backchannel-logout/{acme.main.id}", data=data)
    assert reason_of(acme, answer)["connection"] == "main"


def test_a_flood_of_refused_logouts_fills_nothing_and_counts_as_no_login(acme: Acme) -> None:
    before = acme.rows()
    for _ in range(FLOOD):
        acme.world.client().post(f"/backchannel-logout/{acme.main.id}", data={"logout_token": "x"})
        acme.world.client().get(f"/frontchannel-logout/{acme.main.id}")
    grown = {name: count - before[name] for name, count in acme.rows().items() if count != before[name]}
    assert grown == {"traces": 2 * UNCORRELATED_PER_MINUTE}
    assert "logout_unidentified" not in acme.world.client().get("/metrics").get_data(as_text=True)


@pytest.mark.parametrize("query", [{}, {"iss": "https://idp.example"}, {"sid": "x"}, {"iss": "", "sid": ""}])
def test_a_front_channel_logout_that_names_nobody_says_what_to_set_at_the_provider(
    acme: Acme, query: dict[str, str]
) -> None:
    acme.sign_in()
    answer = acme.world.client().get(f"/frontchannel-logout/{acme.main.id}", query_string=query)
    trace = acme.refused(answer, ReasonCode.LOGOUT_UNIDENTIFIED)
    assert "frontchannel_logout_session_required" in str(trace["remedy"])
    assert trace["connection"] == "main"
    assert acme.opened() == "alice"


# Claims that are kept elsewhere


def pointing(acme: Acme, *claims: str) -> Json:
    """Where a provider keeps these claims (OpenID Connect Core, section 5.6.2): it must never be asked."""
    return {
        "_claim_names": dict.fromkeys(claims, "src1"),
        "_claim_sources": {"src1": {"endpoint": acme.idp.url("emails")}},
    }


def test_an_email_that_the_provider_only_points_to_is_named_and_not_fetched(acme: Acme) -> None:
    for document in (acme.idp.on.id_token, acme.idp.on.userinfo):
        document(partial(_without_email, pointing(acme, "email")))
    trace = acme.refused(acme.sign_in(), ReasonCode.EMAIL_MISSING)
    assert trace["details"]["distributed"] == "email"
    assert trace["details"]["distributed_claims"] == ["email"]
    assert "only a link to “email”" in trace["summary"]
    assert "include the value of “email”" in trace["remedy"]
    assert "emails" not in acme.idp.calls


def test_groups_that_the_provider_only_points_to_are_named_where_they_are_needed(acme: Acme) -> None:
    acme.idp.on.id_token(changed(**pointing(acme, "groups")))
    assert acme.sign_in().status_code == 303, "nothing needs them"
    session: Any = acme.world.session(acme.browser)
    assert acme.world.bridge.traces.get(session["reference"]).details["distributed_claims"] == ["groups"]
    acme.main = acme.world.connection(acme.tenant, acme.idp, name="agents", required_claims={"groups": ["agents"]})
    answer = acme.world.sign_in(acme.world.client(), acme.idp, path="/t/acme/oauth/login?connection=agents")
    trace = acme.refused(answer, ReasonCode.CLAIM_MISSING)
    assert trace["details"]["distributed"] == "groups"
    assert "Entra" in trace["remedy"]


def _without_email(more: Json, document: Json) -> Json:
    left: Any = without("email", "email_verified")(document)
    return {**left, **more}
