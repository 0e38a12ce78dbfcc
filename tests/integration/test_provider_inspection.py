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
