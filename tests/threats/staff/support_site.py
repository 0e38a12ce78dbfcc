"""The support console with something for each of its addresses: staff, acme, its people, a connection and a draft."""

from collections.abc import Iterator
from dataclasses import replace

from flask.testing import FlaskClient

from app.domain.accounts.account import TENANT_ROLES, Role
from app.domain.accounts.held import HeldDecision
from app.domain.audit.audit import Actor
from app.web.accounts.account_acts import DEEDS
from tests.builders import World, hidden_fields, password_login
from tests.contracts.samples import HELD, PERSON
from tests.fake_idp import FakeProvider
from tests.threats.staff.addresses import filled

PASSWORD = "correct horse battery staple"


def staffed(world: World, idp: FakeProvider) -> World:
    """The staff's tenant with sam and olga, and acme with its admin ada, an agent and a connection."""
    staff = world.tenant("staff", name="Vendor")
    world.account(staff, "sam", password=PASSWORD, roles=[Role.SUPPORT])
    world.account(staff, "olga", password=PASSWORD, roles=[Role.OPERATOR])
    acme = world.tenant("acme")
    ada = world.account(acme, "ada", email="alice@acme.example", password=PASSWORD, roles=list(TENANT_ROLES))
    main = world.connection(acme, idp)
    world.bridge.drafts.begin_change(acme, main.id, by=Actor("staff/olga"))
    with world.bridge.database.write() as work:
        work.held.add(replace(HELD, tenant_id=acme.id, connection_id=main.id))
        known = replace(PERSON, tenant_id=acme.id, connection_id=main.id)
        work.identities.save(known, at=world.clock.now())
        work.identities.link(known, ada.id, at=world.clock.now())
    browser(world, "ada", "acme")
    return world


def browser(world: World, username: str, tenant: str = "staff") -> FlaskClient:
    client = world.client()
    assert password_login(client, username, PASSWORD, tenant=tenant).status_code == 303
    return client


def routes(world: World, method: str) -> Iterator[str]:
    """Of the console, with something that is there for each variable part."""
    with world.bridge.database.read() as work:
        acme, staff = work.tenants.by_slug("acme"), work.tenants.by_slug("staff")
        assert acme is not None
        assert staff is not None
        ada, sam = work.accounts.by_username(acme.id, "ada"), work.accounts.by_username(staff.id, "sam")
        (held,) = work.held.of_tenant(acme.id, decision=HeldDecision.OPEN)
        (main,) = work.connections.of_tenant(acme.id)
        (signed_in,) = work.sessions.of_tenant(acme.id, now=world.clock.now(), most=1)
    assert ada is not None
    assert sam is not None
    known_names = {"slug": "acme", "name": "main", "domain": "d.example", "step": "address"}
    ids = {"held_id": held.id, "session_id": signed_in.session.id, "connection_id": main.id, "identity_id": PERSON.id}
    parts = {**known_names, **ids, "reference": HELD.reference}
    for rule in world.app.url_map.iter_rules():
        if not rule.rule.startswith("/support") or method not in (rule.methods or ()):
            continue
        account = sam if rule.rule.startswith("/support/staff") else ada
        known = {**parts, "account_id": account.id}
        for act in DEEDS if "<act>" in rule.rule else [""]:
            yield filled(rule.rule, {**known, "act": act})


def connection_page(world: World) -> str:
    """Of acme's."""
    return next(path for path in routes(world, "POST") if path.endswith("/status")).removesuffix("/status")


def token(client: FlaskClient) -> str:
    """Of the session's forms."""
    return hidden_fields(client.get("/account"))["csrf_token"]


def stored(world: World) -> tuple[object, ...]:
    """What the console could change."""
    with world.bridge.database.read() as work:
        tenants = work.tenants.all()
        return tuple(
            (tenant, *work.connections.of_tenant(tenant.id), *work.accounts.of_tenant(tenant.id)) for tenant in tenants
        )
