"""A client secret is rotated without a failed login: the next one stands beside it, and takes its place by itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection
from app.domain.errors import ChangedMeanwhile
from app.domain.tenants.tenant import Tenant
from app.services.connections.next_secret import ROTATED, WITHDRAWN
from app.services.traces.traces import explain
from tests.builders import World, callback_of, choose, offered_accounts
from tests.contracts.race import AT_ONCE, all_at_once
from tests.fake_idp import FakeProvider
from tests.fake_idp.server import Reply
from tests.integration.connected import ALICE, SECRET, Connected

NEXT = "the next secret"


@pytest.fixture
def acme(world: World, tmp_path: Path, idp: FakeProvider) -> Connected:
    """A connection with both secrets, at a provider that accepts the first."""
    acme = Connected(world, tmp_path)
    idp.client(client_secret=SECRET)
    connect(acme, idp)
    return acme


def connect(acme: Connected, idp: FakeProvider, **keys: Any) -> None:
    acme.connect(
        issuer=idp.issuer,
        client_id="bridge",
        client_secret=SECRET,
        next_client_secret=NEXT,
        client_secret_expires="2027-01-31",
        **keys,
    )


def stored(acme: Connected) -> tuple[Tenant, Connection]:
    with acme.world.bridge.database.read() as work:
        tenant = work.tenants.by_slug("acme")
        assert tenant is not None
        (connection,) = work.connections.of_tenant(tenant.id)
    return tenant, connection


def rotations(acme: Connected) -> int:
    return [link.entry.action for link in acme.world.bridge.audit.entries("acme")].count(ROTATED)


def test_the_next_secret_is_used_where_the_present_one_is_refused_and_takes_its_place(
    acme: Connected, idp: FakeProvider
) -> None:
    assert acme.opens(idp)
    assert rotations(acme) == 0
    assert idp.calls.count("token") == 1
    before = stored(acme)[1]
    idp.client(client_secret=NEXT)
    idp.forget_requests()
    assert acme.opens(idp)
    assert idp.calls.count("token") == 2
    after = stored(acme)[1]
    assert (after.client_secret, after.next_client_secret) == (before.next_client_secret, None)
    assert after.client_secret_expires is None, "that was the day of the secret before"
    assert after.tested
    assert rotations(acme) == 1
    idp.forget_requests()
    assert acme.opens(idp)
    assert idp.calls.count("token") == 1


def test_logins_in_progress_when_the_provider_changes_all_succeed(acme: Connected, idp: FakeProvider) -> None:
    browsers = [acme.world.client() for _ in range(AT_ONCE)]
    callbacks = [callback_of(browser, idp) for browser in browsers]
    idp.client(client_secret=NEXT)
    statuses = all_at_once(lambda number: browsers[number].get(callbacks[number]).status_code)
    assert statuses == [303] * AT_ONCE
    assert all(acme.world.session(browser) for browser in browsers)
    assert rotations(acme) == 1


def test_a_choice_that_was_offered_before_the_rotation_can_still_be_made(acme: Connected, idp: FakeProvider) -> None:
    tenant, _ = stored(acme)
    acme.world.account(tenant, "alice-lead", email=ALICE)
    browser = acme.world.client()
    chooser = acme.world.sign_in(browser, idp)
    assert chooser.status_code == 200
    idp.client(client_secret=NEXT)
    assert acme.world.sign_in(acme.world.client(), idp).status_code == 200
    assert rotations(acme) == 1
    assert choose(browser, chooser, offered_accounts(chooser)[0]).status_code == 303


def test_a_file_that_still_names_both_changes_nothing_back(acme: Connected, idp: FakeProvider) -> None:
    idp.client(client_secret=NEXT)
    assert acme.opens(idp)
    promoted = stored(acme)[1]
    connect(acme, idp)
    again = stored(acme)[1]
    assert (again.client_secret, again.next_client_secret) == (promoted.client_secret, None)
    assert acme.opens(idp)
    assert rotations(acme) == 1


def test_two_wrong_secrets_are_refused_as_one(acme: Connected, idp: FakeProvider) -> None:
    idp.client(client_secret="a third one")
    assert acme.reason(idp) == "client_refused"
    assert rotations(acme) == 0
    assert stored(acme)[1].next_client_secret is not None


def refusal(error: str) -> Reply:
    return Reply(status=400, body=json.dumps({"error": error}).encode(), headers={"Content-Type": "application/json"})


def test_any_other_answer_is_no_reason_to_try_the_next_secret(acme: Connected, idp: FakeProvider) -> None:
    idp.on.answer("token", lambda _: refusal("invalid_grant"))
    assert acme.reason(idp) == "grant_refused"
    assert idp.calls.count("token") == 1
    assert rotations(acme) == 0


def test_a_provider_that_spends_the_code_all_the_same_costs_one_login(acme: Connected, idp: FakeProvider) -> None:
    answers = iter([refusal("invalid_client"), refusal("invalid_grant")])
    idp.on.answer("token", lambda _: next(answers))
    assert acme.reason(idp) == "grant_refused"
    assert rotations(acme) == 1
    idp.honest()
    idp.client(client_secret=NEXT)
    assert acme.opens(idp)


def test_a_pushed_request_tries_the_next_secret_too(acme: Connected, idp: FakeProvider) -> None:
    connect(acme, idp, par="required")
    assert acme.opens(idp)
    idp.client(client_secret=NEXT)
    assert acme.opens(idp)
    assert rotations(acme) == 1


def test_a_draft_beside_the_connection_follows_and_so_does_the_version_before(
    acme: Connected, idp: FakeProvider
) -> None:
    tenant, connection = stored(acme)
    drafts, by = acme.world.bridge.drafts, Actor("acme/ada")
    state = drafts.begin_change(tenant, connection.id, by=by)
    state = drafts.save(tenant, connection.id, {"max_age": 600}, version=state.draft.version, by=by)
    idp.client(client_secret=NEXT)
    assert acme.opens(idp)
    now = drafts.one(tenant, connection.id)
    assert now.draft.settings.client_secret == stored(acme)[1].client_secret
    assert not now.overtaken


def test_the_trace_says_so_and_names_no_secret(acme: Connected, idp: FakeProvider) -> None:
    idp.client(client_secret=NEXT)
    browser = acme.world.client()
    acme.sign_in(idp, browser)
    session: Any = acme.world.session(browser)
    trace = str(explain(acme.world.bridge.traces.get(session["reference"])))
    assert "trying the next one" in trace
    assert NEXT not in trace
    assert SECRET not in trace


def test_a_next_secret_that_leaked_is_withdrawn_wherever_it_stands(acme: Connected, idp: FakeProvider) -> None:
    bridge, by = acme.world.bridge, Actor("acme/ada")
    assert acme.opens(idp)
    tenant, connection = stored(acme)
    state = bridge.drafts.begin_change(tenant, connection.id, by=by)
    for _ in range(2):
        bridge.next_secret.withdraw(tenant, connection.id, version=connection.version, by=by)
    after = stored(acme)[1]
    assert (after.client_secret, after.next_client_secret, after.tested) == (connection.client_secret, None, True)
    now = bridge.drafts.one(tenant, connection.id)
    assert now.draft.settings.next_client_secret is None
    assert not now.overtaken
    assert state.draft.settings.next_client_secret is not None
    idp.client(client_secret=NEXT)
    assert acme.reason(idp) == "client_refused"
    assert [link.entry.action for link in bridge.audit.entries("acme")].count(WITHDRAWN) == 1


def test_undoing_a_change_brings_no_withdrawn_secret_back(acme: Connected, idp: FakeProvider) -> None:
    bridge, by = acme.world.bridge, Actor("acme/ada")
    assert acme.opens(idp)
    tenant, connection = stored(acme)
    state = bridge.drafts.begin_change(tenant, connection.id, by=by)
    bridge.drafts.save(tenant, connection.id, {"client_secret_expires": None}, version=state.draft.version, by=by)
    version = bridge.drafts.one(tenant, connection.id).draft.version
    changed = bridge.drafts.activate(tenant, connection.id, version=version, by=by)
    bridge.next_secret.withdraw(tenant, connection.id, version=changed.version, by=by)
    bridge.drafts.undo(tenant, connection.id, version=stored(acme)[1].version, by=by)
    assert stored(acme)[1].next_client_secret is None


def test_a_withdrawal_from_an_old_page_changes_nothing(acme: Connected) -> None:
    tenant, connection = stored(acme)
    with pytest.raises(ChangedMeanwhile):
        acme.world.bridge.next_secret.withdraw(tenant, connection.id, version="another", by=Actor("acme/ada"))
    assert stored(acme)[1].next_client_secret is not None
