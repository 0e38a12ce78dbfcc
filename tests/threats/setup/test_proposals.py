"""What came through a set-up link is decided by somebody with an account (docs/rules.md, rule 24)."""

from app.domain.accounts.account import Role
from app.domain.audit.audit import Actor
from app.domain.setup.setup_link import DRAFTS_MOST, KEPT_S
from tests.builders import hidden_fields, password_login
from tests.contracts.removal import remove_all
from tests.threats.acme import PASSWORD
from tests.threats.setup.newcomer import IT, Newcomer

ADA = Actor("acme/ada")


def test_a_link_fills_no_database_with_drafts(newcomer: Newcomer) -> None:
    newcomer.open()
    begun = [newcomer.begin(name=f"number {number}") for number in range(DRAFTS_MOST)]
    form = {"csrf_token": newcomer.token(), "preset": "okta", "name": "one more"}
    answer = newcomer.browser.post("/setup/sso/new", data=form)
    assert answer.status_code == 400
    assert f"You have started {DRAFTS_MOST} set-ups. Discard one to start another." in answer.get_data(as_text=True)
    drafts = newcomer.world.bridge.drafts
    assert len(drafts.of_tenant(newcomer.tenant)) == DRAFTS_MOST
    version = drafts.one(newcomer.tenant, begun[0]).draft.version
    token = {"csrf_token": newcomer.token(), "version": version}
    assert newcomer.browser.post(f"/setup/sso/{begun[0]}/discard", data=token).status_code == 303
    newcomer.begin(name="one more")


def test_who_was_refused_is_told_why(newcomer: Newcomer) -> None:
    newcomer.open()
    draft = newcomer.world.bridge.drafts.one(newcomer.tenant, newcomer.begin()).draft
    newcomer.world.account(newcomer.tenant, "ada", password=PASSWORD, roles=[Role.TENANT_ADMIN])
    ada = newcomer.world.client()
    assert password_login(ada, "ada", PASSWORD).status_code == 303
    here = f"/admin/setup-links/proposals/{draft.id}/refuse"
    form = {**hidden_fields(ada.get(here)), "note": "Use the production tenant, please."}
    assert ada.post(here, data={**form, "note": "x" * 501}).status_code == 400
    before = len(newcomer.mails())
    assert ada.post(here, data=form).status_code == 303
    (mail,) = newcomer.mails()[: len(newcomer.mails()) - before]
    assert "was not accepted" in mail
    assert "Use the production tenant, please." in mail
    assert newcomer.audit()[-1].reason == "Use the production tenant, please."
    assert ada.post(here, data=form).status_code == 404
    assert len(newcomer.mails()) == before + 1


def test_a_proposal_discarded_in_the_wizard_is_refused_too_and_an_own_draft_tells_nobody(newcomer: Newcomer) -> None:
    newcomer.open()
    proposed = newcomer.world.bridge.drafts.one(newcomer.tenant, newcomer.begin()).draft
    proposals, before = newcomer.world.bridge.setup_proposals, len(newcomer.mails())
    own = newcomer.world.bridge.drafts.begin(newcomer.tenant, "oidc", "own", by=ADA).draft
    proposals.discard(newcomer.tenant, own.id, version=own.version, by=ADA)
    assert len(newcomer.mails()) == before
    proposals.discard(newcomer.tenant, proposed.id, version=proposed.version, by=ADA)
    assert len(newcomer.mails()) == before + 1


def test_old_links_are_deleted_and_their_proposals_stay(newcomer: Newcomer) -> None:
    newcomer.open()
    newcomer.begin()
    bridge, over = newcomer.world.bridge, newcomer.link.expires_at + KEPT_S
    bridge.database.purge(over, remove_all)
    assert len(bridge.setup_links.of_tenant(newcomer.tenant)) == 1
    bridge.database.purge(over + 3601, remove_all)
    assert not bridge.setup_links.of_tenant(newcomer.tenant)
    assert [email for _, email in bridge.setup_proposals.of_tenant(newcomer.tenant)] == [IT]
    assert "setup_link.opened" in {one.action for one in newcomer.audit()}
