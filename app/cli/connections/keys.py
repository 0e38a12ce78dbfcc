"""`sso-bridge keys`: the bridge's own keys."""

import click

from app.cli.bridge import actor, open_migrated_bridge
from app.cli.output import show
from app.domain.connections.connection_key import CACHEABLE_S, OVERLAP_S

DAYS = OVERLAP_S // 86_400
MINUTES = CACHEABLE_S // 60


@click.group()
def keys() -> None:
    """Rotate keys that the bridge generates."""


@keys.command("rotate-connection")
@click.argument("slug")
@click.argument("name")
@click.option("--withdraw", is_flag=True, help="Stop using the old keys immediately, because they may be compromised.")
def rotate_connection(*, slug: str, name: str, withdraw: bool) -> None:
    """Generate new keys for a connection. They are for encrypted tokens and client authentication."""
    bridge = open_migrated_bridge()
    kids = bridge.connection_keys.rotate(slug, name, withdraw=withdraw, by=actor())
    show(f"New keys for {slug}/{name}: {', '.join(kids)}")
    if withdraw:
        show("The old keys no longer work. Logins fail until the provider has fetched the new keys.")
    else:
        show(f"Signing with them starts in {MINUTES} minutes. The old keys still decrypt for {DAYS} more days.")
