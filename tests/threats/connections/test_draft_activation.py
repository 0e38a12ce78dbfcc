"""What a draft becomes: only what passed a test, in one step, and one step back (docs/rules.md, rule 23)."""

from dataclasses import replace

import pytest

from app.domain.connections.draft import Consequence
from app.domain.errors import ChangedMeanwhile
from app.domain.login.login_attempt import Purpose
from app.domain.reasons import ReasonCode
from app.domain.tenants.tenant import Status
from app.services.connections.draft_state import DraftProblem, DraftRefused
from tests.fake_idp import FakeProvider
from tests.threats.connections.drafting import ADA, SECRET, Drafting

# What may be activated


def test_an_untested_draft_is_not_activated(work: Drafting) -> None:
    for state in (work.new(), work.change(scopes=["openid", "email"])):
        with pytest.raises(DraftRefused) as refused:
            work.activate(state)
        assert refused.value.problem is DraftProblem.UNTESTED
    assert work.connection() == work.acme.main


def test_a_draft_that_was_changed_after_its_test_is_not_activated(work: Drafting) -> None:
    tested = work.passed(work.change(scopes=["openid", "email"]))
    changed = work.save(tested, scopes=["openid", "email", "groups"])
    with pytest.raises(DraftRefused, match="untested"):
        work.activate(changed)
    with pytest.raises(ChangedMeanwhile):
        work.activate(tested)
    assert work.connection().provider == work.acme.main.provider


def test_a_draft_that_is_changed_during_its_test_is_not_tested(work: Drafting) -> None:
    state = work.change(scopes=["openid", "email"])
    callback = work.begin_test(state)
    changed = work.save(state, scopes=["openid"])
    work.prover.refused(work.prover.end(callback), ReasonCode.CONNECTION_CHANGED)
    assert not work.now(changed).draft.tested


def test_a_test_of_the_connection_is_none_of_the_draft(work: Drafting) -> None:
    state = work.change(scopes=["openid", "email"])
    assert work.prover.attempt(Purpose.TEST).status_code == 200
    assert work.connection().tested
    assert not work.now(state).draft.tested


def test_a_failed_test_leaves_the_draft_untested(work: Drafting) -> None:
    work.acme.idp.client(client_secret=SECRET)
    state = work.change(client_secret="another secret")
    work.prover.refused(work.test(state), ReasonCode.CLIENT_REFUSED)
    assert not work.now(state).draft.tested


def test_a_draft_of_a_connection_that_was_changed_otherwise_is_not_activated(work: Drafting) -> None:
    tested = work.passed(work.change(scopes=["openid", "email"]))
    work.world.save(replace(work.connection(), provider=replace(work.acme.main.provider, pkce=False)))
    with pytest.raises(DraftRefused, match="overtaken"):
        work.activate(tested)
    assert work.connection().provider.scopes == work.acme.main.provider.scopes


def test_a_double_submit_activates_once(work: Drafting) -> None:
    tested = work.passed(work.change(scopes=["openid", "email"]))
    first, second = work.activate(tested), work.activate(tested)
    assert first == second
    actions = [link.entry.action for link in work.world.bridge.audit.entries("acme")]
    assert actions.count("connection.changed") == 1


def test_a_stale_tab_changes_nothing(work: Drafting) -> None:
    state = work.change()
    work.save(state, scopes=["openid", "email"])
    with pytest.raises(ChangedMeanwhile):
        work.save(state, scopes=["openid"])
    with pytest.raises(ChangedMeanwhile):
        work.drafts.discard(work.acme.tenant, state.draft.id, version=state.draft.version, by=ADA)
    assert work.now(state).draft.settings.provider.scopes == ("openid", "email")


def test_a_change_keeps_the_sessions_of_the_connection(work: Drafting) -> None:
    browser = work.world.client()
    assert work.acme.sign_in(browser).status_code == 303
    work.activate(work.passed(work.change(scopes=["openid", "email"])))
    assert work.acme.opened(browser) == "alice"
    assert work.connection().provider.scopes == ("openid", "email")


def test_what_people_will_notice_is_named(work: Drafting, rival: FakeProvider) -> None:
    assert work.change(scopes=["openid", "email"]).consequences == []
    state = work.save(work.change(), issuer=rival.issuer, match_by="username")
    assert state.consequences == [Consequence.NEW_IDENTITIES, Consequence.OTHER_MATCHING]
    assert set(state.changed_keys) == {"scopes", "issuer", "match_by", "client_secret"}


# Going back


def test_the_version_before_is_one_step_away_and_so_is_the_one_after(work: Drafting) -> None:
    drafts, tenant, main = work.drafts, work.acme.tenant, work.acme.main.id
    assert work.acme.sign_in(work.world.client()).status_code == 303, "so the present settings count as tested"
    assert drafts.undoable(tenant, main) is None
    changed = work.activate(work.passed(work.change(scopes=["openid", "email"])))
    restored = drafts.undo(tenant, main, version=changed.version, by=ADA)
    assert restored.provider == work.acme.main.provider
    assert restored.tested
    again = drafts.undo(tenant, main, version=restored.version, by=ADA)
    assert again.provider.scopes == ("openid", "email")
    actions = [link.entry.action for link in work.world.bridge.audit.entries("acme")]
    assert actions.count("connection.restored") == 2


def test_going_back_does_not_enable_a_connection_that_was_disabled_since(work: Drafting) -> None:
    work.acme.sign_in(work.world.client())
    changed = work.activate(work.passed(work.change(scopes=["openid", "email"])))
    work.world.save(replace(changed, status=Status.DISABLED))
    now = work.connection()
    work.drafts.undo(work.acme.tenant, now.id, version=now.version, by=ADA)
    assert work.connection().status is Status.DISABLED


def test_settings_that_never_worked_are_not_restored(work: Drafting) -> None:
    changed = work.activate(work.passed(work.change(scopes=["openid", "email"])))
    with pytest.raises(DraftRefused, match="no_previous"):
        work.drafts.undo(work.acme.tenant, changed.id, version=changed.version, by=ADA)


def test_nothing_is_restored_over_a_change_made_otherwise(work: Drafting) -> None:
    work.acme.sign_in(work.world.client())
    changed = work.activate(work.passed(work.change(scopes=["openid", "email"])))
    work.world.save(replace(changed, provider=replace(changed.provider, pkce=False)))
    now = work.connection()
    with pytest.raises(DraftRefused, match="no_previous"):
        work.drafts.undo(work.acme.tenant, now.id, version=now.version, by=ADA)


def test_of_going_back_and_a_new_change_at_once_the_second_is_refused(work: Drafting) -> None:
    work.acme.sign_in(work.world.client())
    changed = work.activate(work.passed(work.change(scopes=["openid", "email"])))
    next_change = work.passed(work.change(scopes=["openid", "email", "groups"]))
    work.drafts.undo(work.acme.tenant, changed.id, version=changed.version, by=ADA)
    with pytest.raises(DraftRefused, match="overtaken"):
        work.activate(next_change)
    with pytest.raises(ChangedMeanwhile):
        work.drafts.undo(work.acme.tenant, changed.id, version=changed.version, by=ADA)
    assert work.connection().provider == work.acme.main.provider
