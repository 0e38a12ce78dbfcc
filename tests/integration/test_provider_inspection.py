"""The check-up of a customer's provider, over a provider that has one thing wrong."""

from typing import Any

import pytest

from app.domain.connection import ClientAuth
from app.domain.finding import Finding, Level
from tests.builders import World
from tests.fake_idp import FakeProvider, changed, without


def findings(world: World, idp: FakeProvider, **settings: Any) -> dict[str, Finding]:
    """By check."""
    connection = world.connection(world.tenant(), idp, **settings)
    deadline = world.clock.monotonic() + 10
    return {finding.check: finding for finding in world.bridge.connector.inspect(connection, deadline=deadline)}


def test_an_honest_provider_has_nothing_wrong(world: World, idp: FakeProvider) -> None:
    found = findings(world, idp)
    assert {finding.check for finding in found.values() if finding.level is Level.WRONG} == set()
    assert found["issuer"].text == idp.issuer
    assert found["keys"].text == "1 usable"
    assert found["PKCE"].text == "S256"
    assert found["iss in the answer"].text == "sent, and checked"
    assert found["clock"].level is Level.OK


def test_an_issuer_with_another_final_slash_is_named_so(world: World, idp: FakeProvider) -> None:
    idp.on.discovery(changed(issuer=f"{idp.issuer}/"))
    found = findings(world, idp)["issuer"]
    assert found.level is Level.WRONG
    assert "differ by the final slash" in found.text
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
    found = world.bridge.connector.inspect(connection, deadline=world.clock.monotonic() + 10)
    assert [one.text for one in found if one.check == "profile ipsie" and one.level is Level.WRONG] == [
        "pkce must be true by profile ipsie"
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
