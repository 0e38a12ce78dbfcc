"""What a file of people could be used for against a tenant (docs/rules.md, rule 26)."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Account, Role
from app.domain.accounts.account_import import UNSETTLED_MOST, ImportState
from app.domain.audit.audit import Actor
from app.domain.tenants.tenant import Tenant
from app.services.accounts.account_import import TooManyImports
from tests.builders import World

NEW = b"username\nnew\n"


@pytest.fixture
def acme(world: World) -> Tenant:
    return world.tenant("acme")


def admin(world: World, tenant: Tenant, username: str) -> Account:
    return world.account(tenant, username, roles=[Role.TENANT_ADMIN])


def by(account: Account) -> Actor:
    return Actor(f"acme/{account.username}", "192.0.2.1", "")


def test_confirming_somebody_elses_upload_is_recorded_as_ones_own_deed(world: World, acme: Tenant) -> None:
    imports, ada, bob = world.bridge.account_imports, admin(world, acme, "ada"), admin(world, acme, "bob")
    upload = imports.upload(acme, NEW, file_name="x.csv", by=by(ada), account=ada.id)
    imports.confirm(acme, upload, by=by(bob), account=bob.id)
    world.bridge.import_run.carry_out_waiting()
    with world.bridge.database.read() as work:
        created, imported = work.audit.of_tenant(acme.id)[-2:]
    assert (created.action, created.actor) == ("account.created", "acme/bob")
    assert (imported.action, imported.actor) == ("account.imported", "acme/bob")
    assert imported.after["uploaded_by"] == "acme/ada"


def test_whoever_confirms_a_file_and_loses_the_role_brings_nobody_in(world: World, acme: Tenant) -> None:
    imports, ada, bob = world.bridge.account_imports, admin(world, acme, "ada"), admin(world, acme, "bob")
    upload = imports.upload(acme, NEW, file_name="x.csv", by=by(ada), account=ada.id)
    imports.confirm(acme, upload, by=by(bob), account=bob.id)
    with world.bridge.database.write() as work:
        work.accounts.save(replace(bob, roles=(Role.AGENT,)))
    world.bridge.import_run.carry_out_waiting()
    assert imports.check(acme, upload, account=ada.id).upload.state is ImportState.STOPPED


def test_nobody_is_led_to_take_their_own_role_away_by_somebody_elses_file(world: World, acme: Tenant) -> None:
    imports, ada, bob = world.bridge.account_imports, admin(world, acme, "ada"), admin(world, acme, "bob")
    content = b"username,roles\nbob,agent\n"
    upload = imports.upload(acme, content, file_name="x.csv", by=by(ada), account=ada.id)
    assert imports.check(acme, upload, account=ada.id).totals.wrong == 0
    assert imports.check(acme, upload, account=bob.id).totals.wrong == 1


def test_uploads_that_nobody_confirms_fill_no_database(world: World, acme: Tenant) -> None:
    imports, ada = world.bridge.account_imports, admin(world, acme, "ada")
    upload = imports.upload(acme, NEW, file_name="x.csv", by=by(ada), account=ada.id)
    for _ in range(UNSETTLED_MOST):
        upload = imports.upload(acme, NEW, file_name="x.csv", by=by(ada), account=ada.id)
    with world.bridge.database.read() as work:
        assert work.account_imports.unsettled(acme.id) == 1
    imports.confirm(acme, upload, by=by(ada), account=ada.id)
    for _ in range(UNSETTLED_MOST - 1):
        upload = imports.upload(acme, NEW, file_name="x.csv", by=by(ada), account=ada.id)
        imports.confirm(acme, upload, by=by(ada), account=ada.id)
    with pytest.raises(TooManyImports):
        imports.upload(acme, NEW, file_name="x.csv", by=by(ada), account=ada.id)
    globex = world.tenant("globex")
    assert imports.upload(globex, NEW, file_name="x.csv", by=by(ada), account=ada.id)
