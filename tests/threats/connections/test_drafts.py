"""A draft serves no login, and nothing gets into a connection that did not pass a test (docs/rules.md, rule 23)."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Role
from app.domain.audit.audit import Actor
from app.domain.connections.connection import SEALED_FOR
from app.domain.connections.draft import DraftKind
from app.domain.errors import InvalidInput, NotFound
from app.domain.login.login_attempt import Purpose
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import SecurityPolicy
from app.domain.tenants.tenant import Status
from app.domain.traces.trace import LoginStopped
from app.services.apply.reading import DocumentInvalid, key_of
from app.services.connections.draft_state import DraftState
from app.services.login.request import LoginRequest
from tests.fake_idp import FakeProvider
from tests.threats.acme import LOGIN, Acme
from tests.threats.connections.drafting import ADA, SECRET, Drafting
from tests.threats.login.proving import Prover


def problems(state: DraftState) -> set[str]:
    return {key_of(problem) for problem in state.problems}


# From the first click to the first login


def test_a_connection_is_set_up_step_by_step_tested_and_then_serves_logins(work: Drafting) -> None:
    acme, idp = work.acme, work.acme.idp
    idp.client(client_secret=SECRET)
    begun = work.drafts.begin(acme.tenant, "oidc", "second", by=ADA)
    assert begun.draft.kind is DraftKind.NEW
    assert problems(begun) == {"issuer", "client_id", "client_secret"}
    asked = work.save(begun, issuer=idp.issuer)
    named = work.save(asked, client_id="bridge")
    assert problems(named) == {"client_secret"}
    whole = work.save(named, client_secret=SECRET)
    assert not whole.problems
    assert not whole.ready, "untested"
    assert all(finding.level != "wrong" for finding in work.drafts.check(acme.tenant, whole.draft.id))
    tested = work.passed(whole)
    assert tested.ready
    connection = work.activate(tested)
    assert (connection.status, connection.tested, connection.id) == (Status.ACTIVE, True, begun.draft.id)
    assert work.drafts.of_tenant(acme.tenant) == []
    callback = acme.callback_of_connection("second")
    assert acme.browser.get(callback).status_code == 303


def test_every_step_leaves_an_entry_and_none_a_secret(work: Drafting) -> None:
    work.activate(work.passed(work.new()))
    entries = list(work.world.bridge.audit.entries("acme"))
    assert [link.entry.action for link in entries][-3:] == [
        "connection.draft_begun",
        "connection.draft_changed",
        "connection.created",
    ]
    assert all(link.entry.subject == "acme/second" for link in entries[-3:])
    assert SECRET not in str(entries)


# A draft serves no login


def test_a_new_connection_serves_no_login_before_it_is_activated(work: Drafting) -> None:
    work.passed(work.new())
    refused = work.acme.browser.get(f"{LOGIN}?connection=second")
    work.acme.refused(refused, ReasonCode.CONNECTION_DISABLED)


def test_a_login_uses_the_connection_and_never_the_draft_beside_it(work: Drafting, rival: FakeProvider) -> None:
    rival.person("alice", email="alice@acme.example")
    work.change(issuer=rival.issuer, client_secret=SECRET)
    assert work.acme.sign_in(work.world.client()).status_code == 303
    assert rival.calls == []


def test_the_callback_of_a_draft_opens_no_session(work: Drafting) -> None:
    before = work.prover.signed_in()
    shown = work.test(work.new())
    assert shown.status_code == 200
    assert "did not sign anyone in" in shown.get_data(as_text=True)
    assert work.prover.signed_in() == before


def test_a_draft_is_never_begun_as_a_login(work: Drafting) -> None:
    draft = work.new().draft
    for purpose in (Purpose.LOGIN, Purpose.PROVE, Purpose.REAUTH):
        with pytest.raises(ValueError, match="tests only"):
            LoginRequest(purpose=purpose, draft=draft, starter=None)


def test_the_test_of_a_draft_cannot_be_ended_by_another_browser(work: Drafting) -> None:
    callback = work.begin_test(work.new())
    work.prover.refused(work.world.client().get(callback), ReasonCode.ATTEMPT_UNKNOWN)


def test_the_test_of_a_draft_ends_with_the_session_that_began_it(work: Drafting) -> None:
    state = work.new()
    callback = work.begin_test(state)
    work.acme.browser.delete_cookie("sso_session")
    work.acme.refused(work.acme.browser.get(callback), ReasonCode.SESSION_CHANGED)
    assert not work.now(state).draft.tested


def test_an_admin_who_is_none_any_more_tests_no_draft(work: Drafting) -> None:
    state = work.new()
    callback = work.begin_test(state)
    work.world.save(replace(work.acme.alice, roles=(Role.AGENT,)))
    work.prover.refused(work.prover.end(callback), ReasonCode.SESSION_CHANGED)
    assert not work.now(state).draft.tested


def test_from_outside_the_allowed_networks_no_draft_is_tested_and_no_provider_asked(work: Drafting) -> None:
    state = work.new()
    callback = work.begin_test(state)
    work.world.save(replace(work.acme.tenant, security=SecurityPolicy(networks=("10.0.0.0/8",))))
    work.acme.idp.forget_requests()
    with pytest.raises(LoginStopped) as stopped:
        work.begin_test(state)
    assert stopped.value.code is ReasonCode.NETWORK_NOT_ALLOWED
    work.prover.refused(work.prover.end(callback), ReasonCode.NETWORK_NOT_ALLOWED)
    assert work.acme.idp.requests() == []
    assert not work.now(state).draft.tested


@pytest.mark.parametrize("policy", list(LoginPolicy))
def test_a_draft_is_tested_under_every_policy(acme: Acme, policy: LoginPolicy) -> None:
    sign_in = Prover.by_sso if policy is LoginPolicy.SSO_ONLY else Prover.by_password
    work = Drafting(sign_in(acme, policy))
    assert work.passed(work.new()).ready


# The stored secret


@pytest.mark.parametrize("key", ["issuer", "token_endpoint", "discovery_url", "par_endpoint"])
def test_a_draft_does_not_send_the_stored_secret_to_another_host(work: Drafting, rival: FakeProvider, key: str) -> None:
    rival.person("alice", email="alice@acme.example")
    state = work.change(**{key: rival.issuer if key == "issuer" else rival.url("token"), "par": "required"})
    assert state.draft.settings.client_secret is None
    assert "client_secret" in problems(state)
    work.drafts.check(work.acme.tenant, state.draft.id)
    stored = work.world.bridge.sealer.open(work.acme.main.client_secret or "", purpose=SEALED_FOR).decode()
    assert all(stored not in str(request) for request in rival.requests())
    with pytest.raises(DocumentInvalid, match="entered again"):
        work.activate(state)


def test_a_secret_is_kept_while_its_host_is_and_there_again_when_a_change_is_taken_back(
    work: Drafting, rival: FakeProvider
) -> None:
    state = work.change(scopes=["openid", "email"])
    assert state.draft.settings.client_secret == work.acme.main.client_secret
    elsewhere = work.save(state, issuer=rival.issuer)
    assert elsewhere.draft.settings.client_secret is None
    back = work.save(elsewhere, issuer=work.acme.idp.issuer)
    assert back.draft.settings.client_secret == work.acme.main.client_secret


def test_a_secret_typed_for_one_host_is_not_sent_to_the_next(work: Drafting, rival: FakeProvider) -> None:
    state = work.save(work.new(), issuer=rival.issuer)
    assert state.draft.settings.client_secret is None


# Whose it is


def test_another_tenants_admin_finds_no_draft(work: Drafting) -> None:
    globex = work.world.tenant("globex")
    state, gina = work.new(), Actor("globex/gina")
    version = state.draft.version
    with pytest.raises(NotFound):
        work.drafts.one(globex, state.draft.id)
    with pytest.raises(NotFound):
        work.drafts.begin_change(globex, work.acme.main.id, by=gina)
    for act in (work.drafts.discard, work.drafts.activate, work.drafts.undo):
        with pytest.raises(NotFound):
            act(globex, state.draft.id, version=version, by=gina)
    with pytest.raises(NotFound):
        work.drafts.save(globex, state.draft.id, {"client_id": "x"}, version=version, by=gina)
    assert work.drafts.of_tenant(globex) == []
    assert work.now(state).draft == state.draft


def test_staff_test_the_draft_of_any_tenant_and_another_tenants_admin_of_none(work: Drafting) -> None:
    world, state = work.world, work.new()
    staff = world.tenant("staff")
    world.account(staff, "sam", password="the password of sam", roles=[Role.SUPPORT])
    globex = world.tenant("globex")
    world.account(globex, "gina", password="the password of gina", roles=[Role.TENANT_ADMIN])
    for slug, username, passes in (("globex", "gina", False), ("staff", "sam", True)):
        browser = world.client()
        work.acme.password(browser, username=username, password=f"the password of {username}", tenant=slug)
        work.prover.end(work.begin_test(state, browser=browser), browser)
        assert work.now(state).draft.tested is passes


# Names, and what is left behind


def test_a_name_is_used_once(work: Drafting) -> None:
    with pytest.raises(InvalidInput, match="already used"):
        work.drafts.begin(work.acme.tenant, "oidc", "main", by=ADA)
    with pytest.raises(DocumentInvalid):
        work.drafts.begin(work.acme.tenant, "oidc", "two\nlines", by=ADA)


def test_a_discarded_draft_leaves_the_connection_and_a_new_one_nothing(work: Drafting) -> None:
    before = work.acme.rows()
    for state in (work.new(), work.change(scopes=["openid"])):
        work.world.bridge.connection_keys.published("acme", state.connection.name)
        work.drafts.discard(work.acme.tenant, state.draft.id, version=state.draft.version, by=ADA)
    after = work.acme.rows()
    assert after["connection_drafts"] == 0
    assert after["connections"] == before["connections"]
    assert work.connection() == work.acme.main


def test_discarding_the_draft_of_a_connection_that_a_file_has_set_up_leaves_the_connection(work: Drafting) -> None:
    state = work.new()
    begun = work.connection(state.draft.id)
    work.world.save(replace(begun, provider=state.draft.settings.provider, status=Status.ACTIVE))
    work.drafts.discard(work.acme.tenant, state.draft.id, version=state.draft.version, by=ADA)
    assert work.connection(state.draft.id).status is Status.ACTIVE


def test_a_wrong_value_is_refused_and_what_is_missing_is_only_named(work: Drafting) -> None:
    begun = work.drafts.begin(work.acme.tenant, "entra", "second", by=ADA)
    with pytest.raises(DocumentInvalid) as refused:
        work.save(begun, token_endpoint="ftp://idp.example/token", client_id="bridge")
    assert [key_of(problem) for problem in refused.value.problems] == ["token_endpoint"]
    with pytest.raises(DocumentInvalid):
        work.save(begun, pkce="perhaps")
    assert work.now(begun).draft == begun.draft
