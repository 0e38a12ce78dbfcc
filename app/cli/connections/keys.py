"""`sso-bridge keys`: the bridge's own keys."""

import click

from app.cli.bridge import actor, open_migrated_bridge
from app.cli.output import show
from app.domain.connections.connection_key import CACHEABLE_S, OVERLAP_S
from app.domain.connections.expiry import expiries
from app.domain.oauth2.signing_key import PUBLISHED_BEFORE_S
from app.domain.text import Moment

DAYS = OVERLAP_S // 86_400
MINUTES = CACHEABLE_S // 60
SIGNS_AFTER_MINUTES = PUBLISHED_BEFORE_S // 60


@click.group()
def keys() -> None:
    """Rotate keys that the bridge generates."""


@keys.command("list")
def of_bridge() -> None:
    """Show the keys that tokens for apps are signed with."""
    bridge = open_migrated_bridge()
    now = bridge.clock.now()
    found = bridge.oauth2.signing_keys.known()
    for key in found:
        later = f", signs from {Moment(key.signs_from)}" if key.signs_from > now else ""
        until = f", replaced, until {Moment(key.expires_at)}" if key.expires_at else ""
        show(f"{key.kid}: {key.algorithm}, created {Moment(key.made_at)}{later}{until}")
    if not found:
        show("No keys yet: they are created when the first app needs them.")


@keys.command("rotate")
@click.option("--withdraw", is_flag=True, help="Stop accepting the old keys immediately: they may be compromised.")
def rotate(*, withdraw: bool) -> None:
    """Generate new keys to sign tokens for apps with."""
    bridge = open_migrated_bridge()
    new = bridge.oauth2.signing_keys.rotate(withdraw=withdraw, by=actor())
    show(f"New keys: {', '.join(f'{key.kid} ({key.algorithm})' for key in new)}")
    if withdraw:
        show("The old keys no longer work, and neither does any token that they signed. Apps have to get new ones.")
    else:
        show(
            f"Signing with them starts in {SIGNS_AFTER_MINUTES} minutes. "
            "The old keys stay published until the last token that they signed has expired."
        )


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
