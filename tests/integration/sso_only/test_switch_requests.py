"""Before a switch: a tenant asks for it, support observes."""

import pytest

from app.domain.errors import InvalidInput, NotFound
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import TenantId
from app.services.sso_only.switching import NotPossible
from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.integration.sso_only.planning import ADDRESS, SAM, Planning, planning

ADA = "acme/ada"


@pytest.fixture
def office(world: World, idp: FakeProvider) -> Planning:
    return planning(world, idp)


@pytest.fixture
def either_office(either_world: World, idp: FakeProvider) -> Planning:
    return planning(either_world, idp)


def ask(office: Planning, note: str = "all of us have tried it") -> bool:
    return office.switching.request(office.acme.tenant.id, actor=ADA, client_ip=ADDRESS, note=note)


def observe(office: Planning, *, on: bool) -> bool:
    return office.switching.observe("acme", on=on, actor=SAM, client_ip=ADDRESS, reason="before the switch")


def test_a_request_is_kept_for_support_and_audited(either_office: Planning) -> None:
    assert ask(either_office)
    wish = either_office.tenant().requested
    assert wish is not None
    assert (wish.actor, wish.note) == (ADA, "all of us have tried it")
    entry = either_office.last()
    assert (entry.action, entry.actor, entry.reason) == ("tenant.switch_requested", ADA, wish.note)
    assert either_office.tenant().policy is LoginPolicy.SSO_OPTIONAL


def test_a_second_request_is_no_change(office: Planning) -> None:
    assert ask(office)
    assert not ask(office, "once more")
    assert office.actions() == ["tenant.switch_requested"]


def test_a_request_needs_no_note_but_one_line_where_there_is_one(office: Planning) -> None:
    with pytest.raises(InvalidInput):
        ask(office, "two\nlines")
    assert ask(office, "")


def test_what_is_so_or_planned_already_is_not_asked_for(office: Planning) -> None:
    office.plan()
    with pytest.raises(NotPossible, match="already planned"):
        ask(office)
    office.acme.switch(LoginPolicy.SSO_ONLY)
    with pytest.raises(NotPossible, match="already sso_only"):
        ask(office)


def test_support_declines_with_a_reason_and_the_tenant_may_ask_again(either_office: Planning) -> None:
    ask(either_office)
    words = {"actor": SAM, "client_ip": ADDRESS}
    with pytest.raises(InvalidInput):
        either_office.switching.decline("acme", **words, reason="")
    assert either_office.switching.decline("acme", **words, reason="after the holidays")
    assert not either_office.switching.decline("acme", **words, reason="after the holidays")
    entry = either_office.last()
    assert (entry.action, entry.before["requested_by"], entry.reason) == (
        "tenant.switch_declined",
        ADA,
        "after the holidays",
    )
    assert ask(either_office)


def test_observing_is_switched_on_and_off_once_each(either_office: Planning) -> None:
    assert [observe(either_office, on=on) for on in (True, True)] == [True, False]
    assert either_office.tenant().observing_since is not None
    assert [observe(either_office, on=on) for on in (False, False)] == [True, False]
    assert either_office.tenant().observing_since is None
    assert either_office.actions() == ["tenant.observing", "tenant.observing"]
    assert [entry.after for entry in either_office.acme.audit()] == [{"observing": True}, {"observing": False}]


def test_where_no_password_is_accepted_there_is_nothing_to_observe(office: Planning) -> None:
    office.acme.switch(LoginPolicy.SSO_ONLY)
    with pytest.raises(NotPossible, match="there are no password logins"):
        observe(office, on=True)
    assert not observe(office, on=False)


def test_an_unknown_tenant_is_not_found(office: Planning) -> None:
    with pytest.raises(NotFound):
        office.switching.request(TenantId("nobody"), actor=ADA, client_ip=ADDRESS)
    with pytest.raises(NotFound):
        office.switching.decline("nobody", actor=SAM, client_ip=ADDRESS, reason="no")
    with pytest.raises(NotFound):
        office.switching.observe("nobody", on=True, actor=SAM, client_ip=ADDRESS, reason="looking")
