"""`sso-bridge db`: schema migrations."""

import click

from app.cli.bridge import open_bridge
from app.cli.errors import REFUSED, Stopped

NEWER = "a newer version of SSO Bridge has upgraded the database: install that version here too"


@click.group()
def db() -> None:
    """Schema migrations of the database."""


@db.command()
def upgrade() -> None:
    """Bring the database up to date. Safe to run again, and by several machines at once."""
    database = open_bridge().database
    if database.newer():
        raise Stopped(f"There is nothing to upgrade: {NEWER}.")
    missing = database.missing_migrations()
    database.upgrade()
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
