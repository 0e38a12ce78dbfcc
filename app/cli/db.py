"""`sso-bridge db`: schema migrations."""

import click

from app.cli.bridge import actor, open_bridge
from app.cli.errors import REFUSED, Stopped

HEADS_ARE_SIGNED = "0009"
"""The migration from which on the audit's heads are; keys are at hand here, and not there."""
NEWER = "a newer version of SSO Bridge has upgraded the database: install that version here too"


@click.group()
def db() -> None:
    """Schema migrations of the database."""


@db.command()
def upgrade() -> None:
    """Bring the database up to date. Safe to run again, and by several machines at once."""
    bridge = open_bridge()
    database = bridge.database
    if database.newer():
        raise Stopped(f"There is nothing to upgrade: {NEWER}.")
    missing = database.missing_migrations()
    database.upgrade()
    if HEADS_ARE_SIGNED in missing:
        bridge.audit.sign_heads(at=bridge.clock.now(), by=actor("written before heads were signed"))
    for revision in missing:
        click.echo(f"+ migration {revision}")
    click.echo(f"The database is at {database.current()}." if missing else "The database is up to date.")


@db.command()
def current() -> None:
    """Show which version the database has; exit 1 where migrations are missing."""
    database = open_bridge().database
    click.echo(database.current() or "none: the database is empty")
    missing = database.missing_migrations()
    if missing:
        click.echo(f"Missing: {', '.join(missing)}. Run: sso-bridge db upgrade", err=True)
        raise SystemExit(REFUSED)
