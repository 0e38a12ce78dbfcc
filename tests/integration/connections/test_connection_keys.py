"""The keys that the bridge makes for a connection: published, made once, rotated, and signing for the bridge."""

from dataclasses import replace

import pytest
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import update

from app.adapters.sql.tables import ConnectionKeyRow
from app.domain.connections.connection import ClientAuth
from app.domain.connections.connection_key import CACHEABLE_S, OVERLAP_S
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import Status
from tests.builders import World
from tests.contracts.race import all_at_once
from tests.contracts.removal import remove_all
from tests.fake_idp import FakeProvider
from tests.fake_idp.clients import ASSERTION_TYPE
from tests.fake_idp.jws import Json, read
from tests.integration.desk import Desk
from tests.services.statements import statements

PRIVATE = {"d", "p", "q", "dp", "dq", "qi"}


def register(desk: Desk, alg: str) -> None:
    """As the provider does it that takes the newest key of the set that the bridge publishes."""
    key = next(key for key in desk.key_set()["keys"] if key.get("alg") == alg)
    kind: type[RSAKey | ECKey] = RSAKey if key["kty"] == "RSA" else ECKey
    desk.idp.client(auth_method="private_key_jwt", public_key=kind.import_key(key))


def signed_with(desk: Desk) -> str:
    """The `kid` of the last assertion."""
    return str(read(desk.idp.requests("token")[-1].form["client_assertion"])[0]["kid"])


@pytest.fixture
def desk(world: World, idp: FakeProvider) -> Desk:
    return Desk.furnished(world, idp)


def test_the_published_keys_have_no_private_part_and_may_be_kept_for_an_hour(desk: Desk) -> None:
    answer = desk.world.client().get("/t/acme/jwks/main")
    assert answer.headers["Cache-Control"] == f"public, max-age={CACHEABLE_S}"
    assert answer.mimetype == "application/jwk-set+json"
    keys = answer.get_json()["keys"]
    assert {(key["kty"], key["use"], key.get("alg")) for key in keys} == {
        ("RSA", "sig", "RS256"),
        ("EC", "sig", "ES256"),
        ("RSA", "enc", "RSA-OAEP-256"),
        ("EC", "enc", "ECDH-ES"),
        ("EC", "enc", "ECDH-ES+A128KW"),
        ("EC", "enc", "ECDH-ES+A256KW"),
    }
    assert len({key["kid"] for key in keys}) == len(keys) == 6
    assert not any(PRIVATE & set(key) for key in keys)


def test_the_keys_are_made_once_whoever_asks_at_the_same_moment(world: World, idp: FakeProvider) -> None:
    desk = Desk.furnished(world, idp)
    answers = all_at_once(lambda _: world.client().get("/t/acme/jwks/main").get_data())
    assert len(set(answers)) == 1
    with world.bridge.database.read() as work:
        assert len(work.connection_keys.of_connection(desk.tenant.id, desk.connection.id)) == 4


def test_each_connection_has_keys_of_its_own(desk: Desk) -> None:
    desk.world.connection(desk.tenant, desk.idp, name="a b/c")
    other = desk.world.client().get("/t/acme/jwks/a%20b/c").get_json()["keys"]
    assert not {key["kid"] for key in other} & {key["kid"] for key in desk.key_set()["keys"]}


@pytest.mark.parametrize("path", ["/t/acme/jwks/nothing", "/t/nobody/jwks/main", "/t/acme/jwks/", "/t/acme/jwks/%00"])
def test_keys_of_an_unknown_connection_are_not_there(desk: Desk, path: str) -> None:
    answer = desk.world.client().get(path)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_connection_that_is_not_switched_on_yet_can_be_set_up_at_its_provider(desk: Desk) -> None:
    desk.world.save(replace(desk.connection, status=Status.DISABLED))
    assert desk.key_set()["keys"]


def test_a_disabled_tenant_publishes_nothing(desk: Desk) -> None:
    desk.world.save(replace(desk.tenant, status=Status.DISABLED))
    answer = desk.world.client().get("/t/acme/jwks/main")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_login_without_encryption_asks_for_no_keys(desk: Desk) -> None:
    with statements(desk.world.bridge.database) as asked:
        assert desk.signed_in() == "alice"
    assert asked
    assert not [statement for statement in asked if "connection_keys" in statement]


# Rotation


def test_after_a_rotation_providers_encrypt_to_the_new_key_and_may_still_use_the_old_one(desk: Desk) -> None:
    before = desk.key_set()
    desk.rotate()
    after = desk.key_set()
    old = {key["kid"] for key in before["keys"]}
    assert not old & {key["kid"] for key in after["keys"] if key["use"] == "enc"}
    for key_set in (before, after):
        for alg in ("RSA-OAEP-256", "ECDH-ES"):
            desk.idp.encrypt("id_token", key_set, alg=alg)
            assert desk.signed_in() == "alice"


@pytest.mark.parametrize("kid", [{}, {"kid": None}])
def test_an_old_key_decrypts_for_the_overlap_and_no_longer(desk: Desk, kid: Json) -> None:
    desk.idp.encrypt("id_token", desk.key_set(), **kid)
    desk.rotate()
    desk.idp.clock = desk.world.clock.now
    desk.world.clock.forward(OVERLAP_S - 60)
    assert desk.signed_in() == "alice"
    desk.world.clock.forward(120)
    assert desk.refused() is ReasonCode.ANSWER_INVALID
    desk.idp.encrypt("id_token", desk.key_set(), **kid)
    assert desk.signed_in() == "alice"


def test_keys_in_wrong_hands_are_withdrawn_at_once(desk: Desk) -> None:
    before = desk.key_set()
    desk.idp.encrypt("id_token", before)
    desk.rotate()
    desk.rotate(withdraw=True)
    assert desk.refused() is ReasonCode.ANSWER_INVALID
    kids = {key["kid"] for key in desk.key_set()["keys"]}
    assert len(kids) == 6
    assert not kids & {key["kid"] for key in before["keys"]}


def test_rotations_at_the_same_moment_leave_one_newest_key_of_each_kind(world: World, idp: FakeProvider) -> None:
    desk = Desk.furnished(world, idp)
    desk.key_set()
    made = all_at_once(lambda _: desk.rotate())
    with world.bridge.database.read() as work:
        keys = work.connection_keys.of_connection(desk.tenant.id, desk.connection.id)
    newest = {key.kid for key in keys if key.expires_at is None}
    assert len(newest) == 4
    assert newest in [set(kids) for kids in made]


def test_a_rotation_is_in_the_audit(desk: Desk) -> None:
    desk.rotate()
    with desk.world.bridge.database.read() as work:
        last = work.audit.of_tenant(desk.tenant.id)[-1]
    assert (last.action, last.subject, last.actor) == ("connection.keys_rotated", "main", "a test")


def test_keys_whose_time_is_over_are_forgotten(desk: Desk) -> None:
    desk.key_set()
    desk.rotate()
    desk.world.bridge.database.purge(desk.world.clock.now() + 2 * OVERLAP_S, remove_all)
    with desk.world.bridge.database.read() as work:
        assert len(work.connection_keys.of_connection(desk.tenant.id, desk.connection.id)) == 4


# Proving the bridge by its own key


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_the_bridge_proves_itself_by_a_key_that_it_publishes(world: World, idp: FakeProvider, alg: str) -> None:
    desk = Desk.furnished(world, idp, client_auth=ClientAuth.PRIVATE_KEY_JWT, client_assertion_alg=alg)
    register(desk, alg)
    assert desk.signed_in() == "alice"
    form = idp.requests("token")[-1].form
    assert form["client_assertion_type"] == ASSERTION_TYPE
    header = read(form["client_assertion"])[0]
    published = next(key for key in desk.key_set()["keys"] if key["kid"] == header["kid"])
    assert (header["alg"], published["use"]) == (alg, "sig")


def test_a_new_key_signs_only_when_every_provider_has_had_time_to_fetch_it(world: World, idp: FakeProvider) -> None:
    desk = Desk.furnished(world, idp, client_auth=ClientAuth.PRIVATE_KEY_JWT)
    idp.clock = world.clock.now
    register(desk, "RS256")
    new = desk.rotate()
    assert desk.signed_in() == "alice"
    assert signed_with(desk) not in new
    assert set(new) <= {key["kid"] for key in desk.key_set()["keys"]}
    world.clock.forward(CACHEABLE_S)
    register(desk, "RS256")
    assert desk.signed_in() == "alice"
    assert signed_with(desk) in new


def test_after_a_withdrawal_the_new_key_signs_at_once(world: World, idp: FakeProvider) -> None:
    desk = Desk.furnished(world, idp, client_auth=ClientAuth.PRIVATE_KEY_JWT)
    desk.key_set()
    new = desk.rotate(withdraw=True)
    register(desk, "RS256")
    assert desk.signed_in() == "alice"
    assert signed_with(desk) in new


def test_keys_that_no_longer_open_are_our_set_up_and_new_ones_help(world: World, idp: FakeProvider) -> None:
    desk = Desk.furnished(world, idp)
    idp.encrypt("id_token", desk.key_set())
    with world.bridge.database.engine.begin() as connection:
        connection.execute(update(ConnectionKeyRow).values(private="sealed under a key that is gone"))
    answer = desk.sign_in()
    assert answer.status_code == 503
    assert world.trace(answer)["reason"] == ReasonCode.MISCONFIGURED
    desk.rotate()
    idp.encrypt("id_token", desk.key_set())
    assert desk.signed_in() == "alice"
