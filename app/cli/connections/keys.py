"""`sso-bridge keys`: the bridge's own keys."""

import click

from app.cli.bridge import actor, open_migrated_bridge
from app.cli.output import show
from app.domain.connections.connection_key import CACHEABLE_S, OVERLAP_S
from app.domain.connections.expiry import expiries
from app.domain.text import Moment

DAYS = OVERLAP_S // 86_400
MINUTES = CACHEABLE_S // 60


@click.group()
def keys() -> None:
    """Rotate keys that the bridge generates."""


@keys.command("connection")
@click.argument("slug")
@click.argument("name")
def of_connection(*, slug: str, name: str) -> None:
    """Show a connection's keys and what expires."""
    bridge = open_migrated_bridge()
    tenant, connection = bridge.tenant_lookup.connection(slug, name)
    _, found = bridge.connection_keys.of_connection(tenant, connection.id)
    for key in found:
        until = f", replaced, until {Moment(key.expires_at)}" if key.expires_at else ""
        show(f"{key.kid}: {key.use} {key.key_type}, created {Moment(key.made_at)}{until}")
    if not found:
        show("No keys yet: they are created when the provider first fetches them.")
    for expiry in expiries(connection, now=bridge.clock.now()):
        left = f"{expiry.days_left} days left" if expiry.days_left >= 0 else "expired"
        show(f"{expiry.credential}: {left}" + ("; the next one takes its place" if expiry.replaced else ""))


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
