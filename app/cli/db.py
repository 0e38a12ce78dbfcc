"""`sso-bridge db`: schema migrations."""

import click

from app.cli.bridge import actor, open_bridge
from app.cli.errors import REFUSED, Stopped

HEADS_ARE_SIGNED = "0009"
"""The migration since which the audit's heads are signed; commands have the keys, migrations do not."""
NEWER = "the database was upgraded by a newer version of SSO Bridge; install that version here too"


@click.group()
def db() -> None:
    """Run database migrations."""


@db.command()
def upgrade() -> None:
    """Apply all missing migrations. Safe to repeat, and to run on several machines at once."""
    bridge = open_bridge()
    database = bridge.database
    if database.newer():
        raise Stopped(f"Nothing to upgrade: {NEWER}.")
    missing = database.missing_migrations()
    database.upgrade()
    if HEADS_ARE_SIGNED in missing:
        bridge.audit.sign_heads(at=bridge.clock.now(), by=actor("written before heads were signed"))
    for revision in missing:
        click.echo(f"+ migration {revision}")
    click.echo(f"The database is now at version {database.current()}." if missing else "The database is up to date.")


@db.command()
def current() -> None:
    """Show the version of the database. Exits with 1 if migrations are missing."""
    database = open_bridge().database
    click.echo(database.current() or "none: the database is empty")
    missing = database.missing_migrations()
    if missing:
        click.echo(f"Missing: {', '.join(missing)}. Run: sso-bridge db upgrade", err=True)
        raise SystemExit(REFUSED)
