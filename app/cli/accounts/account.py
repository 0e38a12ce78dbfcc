"""`sso-bridge account`: mails people a link to choose a password. Nobody else sees the link or the password."""

import click

from app.cli.bridge import actor, open_migrated_bridge
from app.cli.errors import Stopped
from app.cli.options import reason_option
from app.cli.output import show
from app.cli.passwords.second_factor import remove_second_factor
from app.domain.errors import SsoError, StoreUnavailable
from app.domain.passwords.password_link import LinkKind
from app.domain.reasons import remedy, summary


@click.group()
def account() -> None:
    """Manage a tenant's accounts: invitations, password resets, second factors."""


account.add_command(remove_second_factor)


@account.command()
@click.argument("tenant")
@click.argument("username")
@reason_option
def invite(*, tenant: str, username: str, reason: str) -> None:
    """Email a link to choose the first password. Valid for seven days; under `sso_only`, it leads to OAuth Login."""
    email = _send(tenant, username, LinkKind.INVITATION, reason=reason)
    show(f"An invitation was sent to {email}.")


@account.command()
@click.argument("tenant")
@click.argument("username")
@reason_option
def reset(*, tenant: str, username: str, reason: str) -> None:
    """Email a link to choose a new password. Valid for one hour; the current password works until it is used."""
    email = _send(tenant, username, LinkKind.RESET, reason=reason)
    show(f"A password reset link was sent to {email}.")


def _send(slug: str, username: str, kind: LinkKind, *, reason: str) -> str:
    bridge = open_migrated_bridge()
    tenant = bridge.tenant_directory.one(slug)
    found = bridge.tenant_directory.account(tenant, username)
    try:
        bridge.password_links.send(tenant.id, found.id, kind, by=actor(reason))
    except StoreUnavailable:
        raise
    except SsoError as error:
        said = f"{summary(error.code, error.details)}\n{remedy(error.code, error.details)}"
        raise Stopped(f"Nothing was sent. {said}") from error
    return found.email or ""
