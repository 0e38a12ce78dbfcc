"""The bridge for commands: built from the environment, closed when the command ends."""

import os
import pwd

import click

from app.cli.errors import Stopped
from app.domain.audit.audit import COMMAND_LINE, Actor
from app.settings import SettingsError, load_settings
from app.wiring import CONFIG, Bridge, build

__all__ = ["CONFIG", "actor", "open_bridge", "open_migrated_bridge"]


def actor(reason: str = "") -> Actor:
    """The person who runs the command, as the audit log names them."""
    return Actor(f"{COMMAND_LINE} ({_user()})", reason=reason)


def _user() -> str:
    """The operating system's user name, whatever the environment says. A container may not have one."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def open_bridge() -> Bridge:
    """Raises SettingsError."""
    try:
        bridge = build(load_settings())
    except OSError as error:
        raise SettingsError(f"SSO_BRIDGE_INSTANCE_DIR cannot be used: {error}") from error
    click.get_current_context().call_on_close(bridge.close)
    return bridge


def open_migrated_bridge() -> Bridge:
    """`open_bridge`, if the database has the schema that this version expects."""
    bridge = open_bridge()
    if bridge.database.missing_migrations():
        raise Stopped("The database is not up to date. Run: sso-bridge db upgrade")
    return bridge
