"""`sso-bridge setup-link`: invite customer IT, without an account here, to set up a connection."""

import click

from app.cli.bridge import actor, open_migrated_bridge
from app.cli.options import reason_option
from app.cli.output import show


@click.command("setup-link")
@click.argument("tenant")
@click.argument("email")
@reason_option
def setup_link(*, tenant: str, email: str, reason: str) -> None:
    """Email customer IT a link to set up a connection of TENANT, without an account.

    It works once, within 72 hours. What comes of it is a proposal, which support or a tenant admin accepts or refuses.
    """
    bridge = open_migrated_bridge()
    link = bridge.setup_links.send(tenant, email, by=actor(reason))
    show(f"A set-up link was sent to {link.email}. It can be revoked in the support console.")
