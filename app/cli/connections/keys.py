"""`sso-bridge keys`: the bridge's own keys."""

import click

from app.cli.bridge import actor, open_migrated_bridge
from app.cli.output import show
from app.domain.connections.connection_key import CACHEABLE_S, OVERLAP_S

DAYS = OVERLAP_S // 86_400
MINUTES = CACHEABLE_S // 60


@click.group()
def keys() -> None:
    """Keys that the bridge makes itself."""


@keys.command("rotate-connection")
@click.argument("slug")
@click.argument("name")
@click.option("--withdraw", is_flag=True, help="End the old keys at once: somebody else may have them.")
def rotate_connection(*, slug: str, name: str, withdraw: bool) -> None:
    """New keys for what the provider of a connection encrypts, and for how the bridge proves itself there."""
    bridge = open_migrated_bridge()
    kids = bridge.connection_keys.rotate(slug, name, withdraw=withdraw, by=actor())
    show(f"New keys of {slug}/{name}: {', '.join(kids)}")
    if withdraw:
        show("The old keys serve no more: logins stop until the provider has fetched the new ones.")
    else:
        show(f"They sign from {MINUTES} minutes on; what is encrypted to the old ones opens for {DAYS} more days.")
