"""The check-up of a customer's provider, over a provider that has one thing wrong."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.connections.connection import ClientAuth, Connection
from app.domain.connections.finding import Finding, Level
from tests.builders import World
from tests.fake_idp import FakeProvider, changed, without
from tests.integration.desk import Desk


def findings(world: World, idp: FakeProvider, **settings: Any) -> dict[str, Finding]:
    """By check."""
    return inspected(world, world.connection(world.tenant(), idp, **settings))


def inspected(world: World, connection: Connection, **options: Any) -> dict[str, Finding]:
    deadline = world.clock.monotonic() + 10
    found = world.bridge.provider_client.inspect(connection, deadline=deadline, **options)
    return {finding.check: finding for finding in found}


def rehearsed(world: World, idp: FakeProvider, **settings: Any) -> dict[str, Finding]:
    """With a login that nobody makes."""
    connection = world.connection(world.tenant(), idp, **settings)
    return inspected(world, connection, redirect_uri=world.bridge.login.redirect_uri(connection.id))


def test_an_honest_provider_has_nothing_wrong(world: World, idp: FakeProvider) -> None:
    found = findings(world, idp)
    assert {finding.check for finding in found.values() if finding.level is Level.WRONG} == set()
    assert found["issuer"].text == idp.issuer
    assert found["keys"].text == "1 usable"
    assert found["PKCE"].text == "S256"
    assert found["iss in the response"].text == "sent and checked"
    assert found["clock"].level is Level.OK


def test_an_issuer_with_another_final_slash_is_named_so(world: World, idp: FakeProvider) -> None:
    idp.on.discovery(changed(issuer=f"{idp.issuer}/"))
    found = findings(world, idp)["issuer"]
    assert found.level is Level.WRONG
    assert "differ only in the trailing slash" in found.text
    assert found.remedy


@pytest.mark.parametrize(("offset_s", "level"), [(60, Level.WARNING), (-300, Level.WRONG)])
def test_the_clocks_are_compared_by_the_date_of_the_answer(
    world: World, idp: FakeProvider, offset_s: int, level: Level
) -> None:
    idp.clock_offset = offset_s
    assert findings(world, idp)["clock"].level is level


def test_keys_that_fit_no_accepted_algorithm_are_found_before_a_login_fails(world: World, idp: FakeProvider) -> None:
    found = findings(world, idp, signing_algs=("ES256",))
    assert found["keys"].level is Level.WRONG
    assert found["signing"].level is Level.WRONG


def test_a_client_authentication_that_the_provider_does_not_take_is_named(world: World, idp: FakeProvider) -> None:
    idp.on.discovery(changed(token_endpoint_auth_methods_supported=["private_key_jwt"]))
    found = findings(world, idp, client_auth=ClientAuth.POST)["client authentication"]
    assert found.level is Level.WRONG
    assert "private_key_jwt" in found.text


IPSIE: dict[str, Any] = {
    "profile": "ipsie",
    "dpop": True,
    "signing_algs": ("ES256",),
    "client_auth": ClientAuth.PRIVATE_KEY_JWT,
    "client_assertion_audience": "issuer",
    "client_assertion_alg": "ES256",
}


@pytest.fixture
def modern(idp: FakeProvider) -> FakeProvider:
    """A provider that meets IPSIE SL1."""
    idp.rotate_keys(alg="ES256")
    return idp


def test_a_provider_that_meets_the_profile_has_nothing_wrong(world: World, modern: FakeProvider) -> None:
    found = findings(world, modern, **IPSIE)
    assert {finding.check for finding in found.values() if finding.level is Level.WRONG} == set()
    assert found["profile ipsie"].level is Level.OK


@pytest.mark.parametrize(
    "name",
    [
        "code_challenge_methods_supported",
        "dpop_signing_alg_values_supported",
        "authorization_response_iss_parameter_supported",
    ],
)
def test_what_a_provider_lacks_of_the_profile_is_named(world: World, modern: FakeProvider, name: str) -> None:
    modern.on.discovery(without(name))
    found = findings(world, modern, **IPSIE)["profile ipsie"]
    assert found.level is Level.WRONG
    assert name in found.text
    assert found.remedy


def test_claims_of_the_profile_that_a_provider_does_not_name_are_a_warning(world: World, modern: FakeProvider) -> None:
    modern.on.discovery(changed(claims_supported=["sub", "acr", "auth_time"]))
    found = findings(world, modern, **IPSIE)["profile ipsie"]
    assert found.level is Level.WARNING
    assert "amr, session_expiry" in found.text


def test_what_the_connection_itself_lacks_of_the_profile_is_named(world: World, modern: FakeProvider) -> None:
    connection = world.connection(world.tenant(), modern, **{**IPSIE, "pkce": False})
    found = world.bridge.provider_client.inspect(connection, deadline=world.clock.monotonic() + 10)
    assert [one.text for one in found if one.check == "profile ipsie" and one.level is Level.WRONG] == [
        "pkce must be true for profile ipsie"
    ]


@pytest.mark.parametrize(
    ("algs", "level"),
    [(["ES256"], Level.OK), (["PS256"], Level.WRONG), (None, Level.WARNING), ("ES256", Level.WARNING)],
)
def test_what_a_provider_says_of_dpop_is_compared(world: World, idp: FakeProvider, algs: object, level: Level) -> None:
    idp.on.discovery(changed(dpop_signing_alg_values_supported=algs))
    assert findings(world, idp, dpop=True)["DPoP"].level is level


def test_a_provider_that_offers_dpop_to_a_connection_without_it_is_no_finding(world: World, idp: FakeProvider) -> None:
    assert "DPoP" not in findings(world, idp)


def test_a_missing_endpoint_is_named(world: World, idp: FakeProvider) -> None:
    idp.on.discovery(without("token_endpoint"))
    assert findings(world, idp)["endpoints"].level is Level.WRONG


def test_a_provider_that_is_away_is_one_finding_and_no_error(world: World, idp: FakeProvider) -> None:
    idp.stop()
    found = findings(world, idp)
    assert [finding.level for finding in found.values()] == [Level.WRONG]


@pytest.mark.parametrize("body", ["not JSON", "[]", '{"issuer": 5}', "\x00"])
def test_whatever_the_provider_answers_is_a_finding_and_no_error(world: World, idp: FakeProvider, body: str) -> None:
    idp.answer("discovery", body=body)
    assert any(finding.level is Level.WRONG for finding in findings(world, idp).values())


# A login that nobody makes


def test_an_honest_provider_knows_client_and_redirect_uri(world: World, idp: FakeProvider) -> None:
    found = rehearsed(world, idp)
    assert found["redirect URI"].text == "registered: the provider redirects back to it"
    assert found["client"].text == "accepted: only the made-up code was rejected"
    assert Level.WRONG not in {one.level for one in found.values()}
    assert idp.requests("authorize")[-1].query["prompt"] == "none"


@pytest.mark.parametrize("par", ["absent", "required"])
def test_a_redirect_uri_that_is_not_registered_is_found_before_an_agent_does(
    world: World, idp: FakeProvider, par: Any
) -> None:
    idp.par = par
    idp.client(redirect_uris=["https://elsewhere.example/callback"])
    found = rehearsed(world, idp)["redirect URI"]
    assert found.level is Level.WRONG
    assert found.remedy


def test_a_client_that_the_provider_does_not_know_is_found_before_an_agent_does(
    world: World, idp: FakeProvider
) -> None:
    idp.client()
    found = rehearsed(world, idp, client_id="mistyped")
    assert found["redirect URI"].level is Level.WRONG
    assert found["client"].level is Level.WRONG


def test_a_wrong_secret_is_found_before_an_agent_does(world: World, idp: FakeProvider) -> None:
    idp.client(client_secret="another than the bridge has", auth_method="client_secret_basic")
    found = rehearsed(world, idp)
    assert (found["redirect URI"].level, found["client"].level) == (Level.OK, Level.WRONG)
    assert "client secret" in found["client"].remedy


def test_pushed_requests_that_one_client_must_send_are_found_before_an_agent_does(
    world: World, idp: FakeProvider
) -> None:
    idp.deny("invalid_request", description="Pushed Authorization Request is only allowed.")
    found = rehearsed(world, idp)["redirect URI"]
    assert found.level is Level.WRONG
    assert 'par = "required"' in found.remedy


def test_iss_that_only_error_responses_lack_is_a_warning(world: World, idp: FakeProvider) -> None:
    idp.on.authorization_response(without("iss"))
    found = rehearsed(world, idp)["redirect URI"]
    assert found.level is Level.WARNING
    assert found.text.startswith("registered, but ")
    assert "iss" in found.remedy


def test_an_error_response_of_another_issuer_is_wrong(world: World, idp: FakeProvider) -> None:
    idp.on.authorization_response(changed(iss="https://elsewhere.example"))
    assert rehearsed(world, idp)["redirect URI"].level is Level.WRONG


@pytest.mark.parametrize("status", [200, 403, 429])
def test_a_page_that_says_nothing_is_no_verdict(world: World, idp: FakeProvider, status: int) -> None:
    idp.answer("authorize", status=status, body="a page")
    assert rehearsed(world, idp)["redirect URI"].level is Level.OK


def test_unsaved_settings_never_take_the_stored_secret_anywhere(world: World, idp: FakeProvider) -> None:
    findings(world, idp)
    assert not {"token", "par", "authorize"} & set(idp.calls)


# Logout


def test_the_back_channel_is_said_to_work_only_once_something_has_come_by_it(world: World, idp: FakeProvider) -> None:
    desk = Desk.furnished(world, idp)
    assert desk.signed_in() == "alice"
    before = inspected(world, desk.connection)["logout"].text
    assert "by back channel," not in f"{before},"
    assert "not used yet" in before
    token = {"logout_token": idp.logout_token()}
    assert world.client().post(f"/backchannel-logout/{desk.connection.id}", data=token).status_code == 200
    with world.bridge.database.read() as work:
        found = work.connections.get(desk.tenant.id, desk.connection.id)
    assert found is not None
    after = inspected(world, found)["logout"].text
    assert "by back channel" in after
    assert "yet" not in after
    world.save(replace(found, backchannel_at=None))  # whoever saves settings knows nothing of it
    with world.bridge.database.read() as work:
        kept = work.connections.get(desk.tenant.id, desk.connection.id)
    assert kept == found
