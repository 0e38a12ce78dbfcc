"""`sso-bridge account remove-second-factor`: for people, staff included, who lost their phone and recovery codes."""

import click

from app.cli.bridge import actor, open_migrated_bridge
from app.cli.options import reason_option
from app.cli.output import show
from app.domain.tenants.security_policy import TotpRule


@click.command("remove-second-factor")
@click.argument("tenant")
@click.argument("username")
@reason_option
def remove_second_factor(*, tenant: str, username: str, reason: str) -> None:
    """Remove a lost second factor. Verify who is asking: until a new one is set up, the password alone signs in."""
    bridge = open_migrated_bridge()
    found = bridge.tenant_directory.one(tenant)
    account = bridge.tenant_directory.account(found, username)
    bridge.second_factors.remove(found.id, account.id, by=actor(reason))
    show(f"The second factor of {tenant}/{account.username} was removed.")
    if found.security.totp is TotpRule.REQUIRED:
        show("This tenant requires one: the person sets up a new one at their next password login.")
