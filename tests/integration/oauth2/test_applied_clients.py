"""Clients that an `apply` file sets, and what becomes of what is there already."""

from dataclasses import replace

import pytest

from app.domain.audit.audit import Actor
from app.domain.oauth2.authorization import Authorization, AuthorizationId, token_hash
from app.domain.oauth2.client import Client, GrantType
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status
from app.services.apply.spec import ClientSpec, Spec
from tests.builders import World

BY = Actor("command line")
SECRET, NEXT = "the secret of the desk, 32 or more", "the next secret of the desk, 32 or"
DESK = ClientSpec(
    path="clients[0]",
    client_id="desk",
    name="Desk",
    client_secret=SECRET,
    redirect_uris=("https://desk.example/",),
    backchannel_logout_uri="https://desk.example/logout",
)


def applied(world: World, spec: ClientSpec) -> list[str]:
    """The lines of the plan."""
    return [str(line) for line in world.bridge.applier.apply(Spec(clients=(spec,)), by=BY).lines]


def stored(world: World) -> Client:
    with world.bridge.database.read() as work:
        client = work.clients.get("desk")
    assert client is not None
    return client


def test_a_client_is_made_and_a_second_run_changes_nothing(world: World) -> None:
    assert applied(world, DESK) == ["+ client desk"]
    assert applied(world, DESK) == []
    client = stored(world)
    assert (client.secret_hash, client.backchannel_logout_uri) == (token_hash(SECRET), "https://desk.example/logout")
    assert client.made_at == client.secret_made_at
    assert client.made_at > 0


def test_a_plan_names_what_differs(world: World) -> None:
    applied(world, DESK)
    changed = replace(DESK, expires_iso=True, post_logout_redirect_uris=("https://desk.example/bye",))
    assert applied(world, changed) == ["~ client desk: expires_iso, post_logout_redirect_uris"]


def test_a_secret_that_is_already_the_second_of_two_takes_nothing_away(world: World) -> None:
    """The file learns of a rotation before or after the first secret is retired."""
    applied(world, DESK)
    with world.bridge.database.write() as work:
        work.clients.save(replace(stored(world), next_secret_hash=token_hash(NEXT)))
    assert applied(world, replace(DESK, client_secret=NEXT)) == []
    assert stored(world).secret_hash == token_hash(SECRET)


def test_a_disabled_client_ends_what_people_have_authorized(world: World) -> None:
    applied(world, DESK)
    acme, now = world.tenant("acme"), world.clock.now()
    authorization = Authorization(
        id=AuthorizationId("an authorization"),
        tenant_id=acme.id,
        account_id=world.account(acme, "alice").id,
        client_id=stored(world).client_id,
        reference="7K3Q-9MWT-2X",
        method=Method.PASSWORD,
        password_epoch=acme.password_epoch,
        auth_time=now,
        scopes=("openid", "offline_access"),
        created_at=now,
        expires_at=now + 3600,
    )
    with world.bridge.database.write() as work:
        work.authorizations.add(authorization)
    for status in (Status.DISABLED, Status.ACTIVE):
        assert applied(world, replace(DESK, status=status)) == ["~ client desk: status"]
        with world.bridge.database.read() as work:
            assert work.authorizations.live(authorization.id, now=now) is None


@pytest.mark.parametrize("key", [{"client_secret": None, "jwks": {"keys": [{"kty": "EC"}]}}, {"client_secret": SECRET}])
def test_a_credential_has_a_secret_or_a_key(world: World, key: dict[str, object]) -> None:
    grants = (GrantType.CLIENT_CREDENTIALS,)
    spec = replace(DESK, grants=grants, **key)  # type: ignore[arg-type]  # fields of the dataclass
    assert applied(world, spec) == ["+ client desk"]
    assert not stored(world).public
