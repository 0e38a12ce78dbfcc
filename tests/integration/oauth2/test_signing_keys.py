"""The keys that tokens are signed with: made once, rotated without a gap, withdrawn at once."""

from dataclasses import replace

import pytest

from app.domain.audit.audit import Actor
from app.domain.errors import SsoError
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.oauth2.signing_alg import SigningAlg
from app.services.oauth2.signing_keys import SigningKeyService
from app.wiring import build
from tests.apps import App
from tests.builders import QuickHasher, World
from tests.contracts.race import all_at_once
from tests.integration.oauth2.issued import DESK, authorized, kid, published, verified

BY = Actor("command line")


def keys(world: World) -> SigningKeyService:
    return world.bridge.oauth2.signing_keys


def token(world: World) -> str:
    return world.bridge.oauth2.token_signer.access_token(client=DESK, scopes=["users:read"]).value


def opens(world: World, value: str) -> bool:
    try:
        world.bridge.oauth2.token_signer.open_access_token(value)
    except OAuth2Error:
        return False
    return True


def published_kids(world: World) -> set[str]:
    return {str(key.kid) for key in published(world).keys}


def test_many_requests_at_the_very_start_make_one_set_of_keys(world: World) -> None:
    made = set(all_at_once(lambda _: kid(token(world))))
    assert len(made) == 1
    assert {key.algorithm for key in keys(world).known()} == set(SigningAlg)
    assert len(keys(world).known()) == 2


def test_a_key_set_holds_no_private_part(world: World) -> None:
    entries = world.client().get("/oauth2/jwks").get_json()["keys"]
    assert [sorted(entry) for entry in entries] == [
        ["alg", "e", "kid", "kty", "n", "use"],
        ["alg", "crv", "kid", "kty", "use", "x", "y"],
    ]


def test_a_private_key_rests_sealed(world: World) -> None:
    token(world)
    assert not [key for key in keys(world).known() if '"d"' in key.private or "{" in key.private]


def test_a_new_key_is_published_before_it_signs(world: World) -> None:
    before = kid(token(world))
    new = {key.kid for key in keys(world).rotate(withdraw=False, by=BY)}
    assert new < published_kids(world)
    assert before in published_kids(world)
    assert kid(token(world)) == before
    world.clock.forward(601)
    assert kid(token(world)) in new


def test_an_old_key_verifies_until_the_last_token_has_expired(world: World) -> None:
    world.clock.stand()
    keys(world).rotate(withdraw=False, by=BY)
    world.clock.forward(599)
    last = token(world)
    world.clock.forward(3599)
    verified(world, last)
    assert opens(world, last)
    world.clock.forward(600)
    assert kid(last) not in published_kids(world)


def test_two_rotations_in_a_row_leave_a_key_that_signs_at_every_moment(world: World) -> None:
    for _ in range(3):
        keys(world).rotate(withdraw=False, by=BY)
        world.clock.forward(100)
        verified(world, token(world))
    for _ in range(30):
        world.clock.forward(200)
        value = token(world)
        assert opens(world, value)
        verified(world, value)


def test_rotations_at_the_same_moment_make_one_generation(world: World) -> None:
    token(world)
    made = all_at_once(lambda _: tuple(key.kid for key in keys(world).rotate(withdraw=False, by=BY)))
    assert len({key.generation for key in keys(world).known()}) <= 1 + len(set(made))
    verified(world, token(world))


def test_a_withdrawn_key_verifies_nothing_from_that_moment(world: World) -> None:
    leaked = token(world)
    hint = world.bridge.oauth2.token_signer.id_token(authorized("openid"))
    keys(world).rotate(withdraw=True, by=BY)
    assert not opens(world, leaked)
    with pytest.raises(OAuth2Error):
        world.bridge.oauth2.token_signer.open_id_token_hint(hint)
    assert kid(leaked) not in published_kids(world)
    assert opens(world, token(world))


def test_another_worker_verifies_nothing_with_a_withdrawn_key_and_soon_signs_with_the_new_one(world: World) -> None:
    other = build(world.bridge.settings, clock=world.clock, hasher=QuickHasher())
    leaked = other.oauth2.token_signer.access_token(client=DESK, scopes=[]).value
    keys(world).rotate(withdraw=True, by=BY)
    with pytest.raises(OAuth2Error):
        other.oauth2.token_signer.open_access_token(leaked)
    world.clock.forward(2)
    assert opens(world, other.oauth2.token_signer.access_token(client=DESK, scopes=[]).value)
    other.close()


def test_another_worker_that_knows_a_withdrawn_key_answers_nothing_about_its_tokens(world: World) -> None:
    """Not at introspection, nor at userinfo: it has the key in memory, and asks whether it is good."""
    desk, acme = App.registered(world), world.tenant("acme")
    bob = world.account(acme, "bob", password="correct horse battery")
    persons = desk.tokens(acme, bob)["access_token"]
    own = desk.client_credentials(scope="stats").get_json()["access_token"]
    assert desk.active(persons)
    assert desk.active(own)
    assert desk.userinfo(persons).status_code == 200
    other = build(world.bridge.settings, clock=world.clock, hasher=QuickHasher())
    other.oauth2.signing_keys.rotate(withdraw=True, by=BY)
    other.close()
    assert not desk.active(persons)
    assert not desk.active(own)
    assert desk.userinfo(persons).status_code == 401


def test_a_rotation_is_in_the_audit_log(world: World) -> None:
    new = keys(world).rotate(withdraw=False, by=BY)
    with world.bridge.database.read() as work:
        entry = next(entry for entry in work.audit.of_tenant(None) if entry.action == "keys.rotated")
    assert entry.after["kids"] == [key.kid for key in new]


def test_a_lost_secret_key_is_named_and_withdrawing_helps(world: World) -> None:
    token(world)
    settings = replace(world.bridge.settings, secret_keys=(b"n" * 32,))
    moved = build(settings, clock=world.clock, hasher=QuickHasher())
    with pytest.raises(SsoError) as stopped:
        moved.oauth2.token_signer.access_token(client=DESK, scopes=[])
    assert stopped.value.details["field"] == "signing_keys"
    moved.oauth2.signing_keys.rotate(withdraw=True, by=BY)
    moved.oauth2.token_signer.access_token(client=DESK, scopes=[])
    moved.close()
