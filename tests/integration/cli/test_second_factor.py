"""`sso-bridge account remove-second-factor`, for whoever lost phone and recovery codes."""

import pytest

from app.cli.bridge import actor
from app.domain.accounts.account import Account
from app.domain.connections.connection import Sealed
from app.domain.passwords.second_factor import SecondFactor
from app.domain.tenants.tenant import Tenant
from tests.integration.cli.conftest import Commands

STAFF = """
[[staff]]
username = "Sam"
roles = ["operator"]
"""
REMOVE = ("account", "remove-second-factor", "staff")
WHY = ("--reason", "phone lost, called back")


@pytest.fixture
def staff(commands: Commands) -> Commands:
    """Sam has one."""
    commands.apply(STAFF)
    tenant, sam = stored(commands)
    with commands.database().write() as work:
        work.second_factors.add(
            SecondFactor(tenant_id=tenant.id, account_id=sam.id, secret=Sealed("sealed"), confirmed_at=0.0, last_step=0)
        )
    return commands


def stored(commands: Commands) -> tuple[Tenant, Account]:
    with commands.database().read() as work:
        tenant = work.tenants.by_slug("staff")
        assert tenant
        return tenant, work.accounts.of_tenant(tenant.id)[0]


def test_staff_that_lost_everything_get_back_in_by_the_command_line(staff: Commands) -> None:
    assert staff.lines(*REMOVE, "sam", *WHY) == [
        "The second factor of staff/Sam was removed.",
        "This tenant requires one: the person sets up a new one at their next password login.",
    ]
    tenant, sam = stored(staff)
    with staff.database().read() as work:
        assert work.second_factors.get(tenant.id, sam.id) is None
        entry = work.audit.of_tenant(tenant.id)[-1]
    assert (entry.action, entry.actor, entry.subject) == ("second_factor.removed", actor().name, "staff/Sam")
    assert entry.reason == "phone lost, called back"


def test_there_must_be_one_and_a_reason(staff: Commands) -> None:
    staff.run(*REMOVE, "sam", exit_code=2)
    staff.run(*REMOVE, "sam", *WHY)
    for words in ((*REMOVE, "sam", *WHY), (*REMOVE, "nobody", *WHY), (*REMOVE[:2], "nowhere", "sam", *WHY)):
        said = staff.run(*words, exit_code=1).stderr
        assert said.count("\n") == 1, said
