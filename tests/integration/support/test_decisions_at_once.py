"""Several people decide about one tenant at once, each on what a page showed them."""

from app.domain.errors import ChangedMeanwhile, InvalidInput
from app.domain.sso_only.readiness_issues import Kind
from app.domain.tenants.login_policy import LoginPolicy
from app.services.sso_only.switch_decisions import SwitchCommand, version
from tests.builders import World
from tests.contracts.race import all_at_once
from tests.fake_idp import FakeProvider

WHO = {"actor": "staff/sam", "client_ip": "10.0.0.1"}


def policy_changes(world: World) -> list[object]:
    with world.bridge.database.read() as work:
        tenant = work.tenants.by_slug("acme")
        assert tenant is not None
        return [entry.after["policy"] for entry in work.audit.of_tenant(tenant.id)]


def test_the_same_wish_is_carried_out_once(either_world: World) -> None:
    acme = either_world.tenant("acme")
    decision = SwitchCommand(
        "acme", LoginPolicy.SSO_ONLY, reason="t", version=version(acme), accepted=[Kind.NO_CONNECTION.value]
    )
    done = all_at_once(lambda _: either_world.bridge.switch_decisions.carry_out(decision, **WHO))
    assert all(one.tenant.policy is LoginPolicy.SSO_ONLY for one in done)
    assert policy_changes(either_world) == ["sso_only"]


def test_of_different_wishes_the_first_counts_and_the_others_are_told(either_world: World) -> None:
    acme = either_world.tenant("acme")
    wishes = [LoginPolicy.PASSWORD, LoginPolicy.SSO_ONLY]

    def decide(number: int) -> bool:
        decision = SwitchCommand(
            "acme", wishes[number % 2], reason="t", version=version(acme), accepted=["no_connection"]
        )
        try:
            either_world.bridge.switch_decisions.carry_out(decision, **WHO)
        except ChangedMeanwhile:
            return False
        return True

    done = all_at_once(decide)
    assert len(policy_changes(either_world)) == 1
    assert False in done


def test_of_two_forms_of_one_connection_one_is_saved(either_world: World, idp: FakeProvider) -> None:
    acme = either_world.tenant("acme")
    main = either_world.connection(acme, idp)

    def save(number: int) -> bool:
        changes: dict[str, object] = {"client_id": f"of {number}"}
        try:
            either_world.bridge.set_up.save_connection("acme", "main", changes, version=main.version, **WHO)
        except ChangedMeanwhile:
            return False
        return True

    assert all_at_once(save).count(True) == 1


def test_a_tenant_of_one_name_is_made_once(either_world: World) -> None:
    either_world.tenant("staff")

    def make(number: int) -> bool:
        document: dict[str, object] = {"slug": "acme", "name": f"Acme {number}"}
        try:
            either_world.bridge.set_up.create_tenant(document, **WHO)
        except InvalidInput:
            return False
        return True

    assert all_at_once(make).count(True) == 1
