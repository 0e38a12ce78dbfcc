"""Notices reach those whom they concern, in the transaction that causes them or from the worker, and nobody twice."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.accounts.account import Role
from app.domain.accounts.held import HeldDecision
from app.domain.audit.audit import Actor
from app.domain.errors import ChangedMeanwhile
from app.domain.mail.notice import AddressesRefused, Audience, NoticeKind, NoticeSetting, version
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand
from tests.builders import World
from tests.fake_idp import FakeProvider

SAM = Actor("staff/sam", "127.0.0.1", "ticket 4711")
DAY = 86_400


@pytest.fixture
def acme(world: World) -> Tenant:
    """Ada and Ben are its admins, ada by two accounts; alice is an agent. Sam is support."""
    staff = world.tenant("staff", name="Vendor")
    world.account(staff, "sam", email="sam@vendor.example", roles=[Role.SUPPORT])
    acme = world.tenant("acme", policy=LoginPolicy.SSO_OPTIONAL)
    world.account(acme, "ada", email="ada@acme.example", roles=[Role.TENANT_ADMIN])
    world.account(acme, "ada2", email="Ada@acme.example", roles=[Role.TENANT_ADMIN])
    world.account(acme, "ben", email="ben@acme.example", roles=[Role.TENANT_ADMIN])
    world.account(acme, "alice", email="alice@acme.example")
    return acme


class Mails:
    def __init__(self, world: World) -> None:
        self.world = world

    def sent(self) -> list[tuple[str, str]]:
        """Recipient and subject of all, sorted."""
        return sorted((queued.to.lower(), queued.subject) for queued, _ in self.world.bridge.outbox.newest(most=99))

    def bodies(self) -> str:
        return "\n".join(body for _, body in self.world.bridge.outbox.newest(most=99))


def day(world: World, ahead: int) -> str:
    return datetime.fromtimestamp(world.clock.now() + ahead * DAY, tz=UTC).date().isoformat()


def run(world: World, name: str) -> None:
    """One round of a worker's job."""
    (job,) = [job for job in world.bridge.jobs.jobs if job.name == name]
    job.run()


def decide(world: World, policy: LoginPolicy, *, ahead_s: float | None = None) -> None:
    at = None if ahead_s is None else world.clock.now() + ahead_s
    world.bridge.switching.decide(SwitchCommand("acme", policy, by=SAM, at=at, accepted=EVERY_BLOCKER))


def test_support_hears_of_a_request_and_the_tenants_admins_do_not(world: World, acme: Tenant) -> None:
    world.bridge.switching.request(acme.id, by=Actor("acme/ada", "127.0.0.1", "any Monday"))
    assert Mails(world).sent() == [("sam@vendor.example", "Acme asks for SSO only")]
    assert "any Monday" in Mails(world).bodies()
    assert "/support/tenants/acme/switch" in Mails(world).bodies()


def test_a_repeated_request_is_not_told_twice(world: World, acme: Tenant) -> None:
    for _ in range(2):
        world.bridge.switching.request(acme.id, by=Actor("acme/ada", "127.0.0.1", ""))
    assert len(Mails(world).sent()) == 1


def test_the_admins_hear_of_a_switch_and_of_its_way_back_each_once(world: World, acme: Tenant) -> None:
    assert acme.slug == "acme"
    decide(world, LoginPolicy.SSO_ONLY)
    assert Mails(world).sent() == [
        ("ada@acme.example", "Acme: SSO only from now on"),
        ("ben@acme.example", "Acme: SSO only from now on"),
    ]
    decide(world, LoginPolicy.SSO_OPTIONAL)
    assert [subject for to, subject in Mails(world).sent() if to == "ben@acme.example"] == [
        "Acme: SSO only from now on",
        "Acme: sign-in was changed",
    ]


def test_the_admins_hear_of_a_plan_its_end_and_what_stood_in_its_way(world: World, acme: Tenant) -> None:
    assert acme.slug == "acme"
    decide(world, LoginPolicy.SSO_ONLY, ahead_s=3600)
    world.bridge.switching.cancel("acme", by=SAM)
    subjects = {subject for _, subject in Mails(world).sent()}
    assert any("switch planned for" in subject for subject in subjects)
    assert "/admin/readiness\n" in Mails(world).bodies()
    assert "Acme: planned switch cancelled" in subjects


def test_a_plan_that_is_not_carried_out_says_why(world: World, acme: Tenant, idp: FakeProvider) -> None:
    main = world.connection(acme, idp)
    idp.person("ada", email="ben@acme.example")
    assert world.sign_in(world.client(), idp).status_code == 303
    world.bridge.switching.plan(
        SwitchCommand("acme", LoginPolicy.SSO_ONLY, by=SAM, at=world.clock.now() + 3600, accepted=EVERY_BLOCKER)
    )
    world.save(replace(main, provider=replace(main.provider, email_trust="always"), tested_fingerprint=None))
    world.clock.forward(3601)
    world.bridge.switching.carry_out_due()
    assert ("ben@acme.example", "Acme was not switched as planned") in Mails(world).sent()


def test_nobody_named_addresses_and_nobody_at_all(world: World, acme: Tenant) -> None:
    notices = world.bridge.notices
    was = version(notices.settings(acme))
    some = NoticeSetting(NoticeKind.SWITCH, Audience.ADDRESSES, ("it@acme.example", "IT@acme.example"))
    assert notices.save(acme, [some], was=was, by=SAM)
    decide(world, LoginPolicy.SSO_ONLY)
    assert [to for to, _ in Mails(world).sent()] == ["it@acme.example"]
    nobody = NoticeSetting(NoticeKind.SWITCH, Audience.NOBODY)
    assert notices.save(acme, [nobody], was=version(notices.settings(acme)), by=SAM)
    decide(world, LoginPolicy.SSO_OPTIONAL)
    assert len(Mails(world).sent()) == 1


def test_settings_of_an_old_page_are_refused_and_the_same_again_changes_nothing(world: World, acme: Tenant) -> None:
    notices = world.bridge.notices
    was = version(notices.settings(acme))
    nobody = [NoticeSetting(NoticeKind.SWITCH, Audience.NOBODY)]
    assert notices.save(acme, nobody, was=was, by=SAM)
    assert not notices.save(acme, nobody, was=was, by=SAM)
    with pytest.raises(ChangedMeanwhile):
        notices.save(acme, [NoticeSetting(NoticeKind.EXPIRY, Audience.NOBODY)], was=was, by=SAM)


@pytest.mark.parametrize(
    "addresses", [(), ("nobody",), ("a@b.example, c@d.example",), tuple(f"a{n}@b.example" for n in range(11))]
)
def test_addresses_that_cannot_be_used_are_refused(world: World, acme: Tenant, addresses: tuple[str, ...]) -> None:
    wanted = [NoticeSetting(NoticeKind.SWITCH, Audience.ADDRESSES, addresses)]
    was = version(world.bridge.notices.settings(acme))
    with pytest.raises(AddressesRefused):
        world.bridge.notices.save(acme, wanted, was=was, by=SAM)


def test_a_held_login_is_told_to_the_admins_once(world: World, acme: Tenant, idp: FakeProvider) -> None:
    world.connection(acme, idp)
    idp.person("one", email="alice@acme.example")
    assert world.sign_in(world.client(), idp).status_code == 303
    idp.person("two", email="alice@acme.example")
    assert world.sign_in(world.client(), idp).status_code == 403
    assert Mails(world).sent() == []
    for _ in range(2):
        run(world, "notices of held logins")
    assert Mails(world).sent() == [
        ("ada@acme.example", "Acme: a login is held"),
        ("ben@acme.example", "Acme: a login is held"),
    ]
    with world.bridge.database.read() as work:
        (held,) = work.held.of_tenant(acme.id, decision=HeldDecision.OPEN)
    assert f"/admin/people/held/{held.id}\n" in Mails(world).bodies()


def test_a_provider_that_begins_to_fail_is_told_once_and_not_each_time(
    world: World, acme: Tenant, idp: FakeProvider
) -> None:
    world.connection(acme, idp)
    idp.person("alice", email="alice@acme.example")
    idp.client("bridge", client_secret="another secret than ours")
    assert world.sign_in(world.client(), idp).status_code == 502
    run(world, "notices of failing providers")
    assert Mails(world).sent() == []  # it never worked: somebody is setting it up
    idp.clients.clear()
    world.clock.forward(1)
    assert world.sign_in(world.client(), idp).status_code == 303
    idp.client("bridge", client_secret="another secret than ours")
    for _ in range(3):
        world.clock.forward(1)
        assert world.sign_in(world.client(), idp).status_code == 502
        run(world, "notices of failing providers")
    assert Mails(world).sent() == [
        ("ada@acme.example", "Acme: logins fail at the provider"),
        ("ben@acme.example", "Acme: logins fail at the provider"),
    ]
    assert re.search(r"Reference: (\S+)\s+http://localhost:8000/admin/activity/\1\n", Mails(world).bodies())


def test_one_persons_refusal_is_no_failure_of_the_provider(world: World, acme: Tenant, idp: FakeProvider) -> None:
    world.connection(acme, idp)
    idp.person("alice", email="alice@acme.example")
    assert world.sign_in(world.client(), idp).status_code == 303
    idp.person("nobody", email="nobody@acme.example")
    assert world.sign_in(world.client(), idp).status_code == 403
    run(world, "notices of failing providers")
    assert Mails(world).sent() == []


def test_a_secret_that_expires_is_told_thirty_fourteen_and_three_days_ahead(
    world: World, acme: Tenant, idp: FakeProvider
) -> None:
    main = world.connection(acme, idp)
    world.save(replace(main, client_secret_expires=day(world, 40)))
    told = []
    for _ in range(45):
        run(world, "notices of expiry")
        told.append(len(Mails(world).sent()))
        world.clock.forward(DAY)
    assert told[9] == 0
    assert told[-1] == 3 * 2
    assert len(set(told)) == 4
    assert f"/admin/sso/{main.id}\n" in Mails(world).bodies()


def test_a_secret_whose_successor_is_stored_is_not_told(world: World, acme: Tenant, idp: FakeProvider) -> None:
    main = world.connection(acme, idp)
    world.save(replace(main, client_secret_expires=day(world, 2), next_client_secret=main.client_secret))
    run(world, "notices of expiry")
    assert Mails(world).sent() == []
