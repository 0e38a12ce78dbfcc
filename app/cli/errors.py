"""Turns our errors into one sentence on standard error and an exit code: bad input 2, not found or refused 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from app.adapters.apply_file.problems import ApplyFileInvalid
from app.cli.output import plain
from app.domain.errors import InvalidInput, NotFound, Refused, StoreUnavailable
from app.settings import SettingsError

REFUSED = 1
BAD_INPUT = 2

STORES = {"database": "The database", "redis": "Redis"}
STORE_AWAY = {
    "database": "The database cannot be reached. Check SSO_BRIDGE_DATABASE_URL, and that it is running and not full.",
    "redis": "Redis cannot be reached. Check SSO_BRIDGE_REDIS_URL, and that Redis is running.",
}

WHERE_TO_LOOK = {
    "connection": "To see a tenant's connections, run: sso-bridge tenant show TENANT",
    "held login": "To see a tenant's held logins, run: sso-bridge held list TENANT",
    "waiting held login": "To see a tenant's held logins, run: sso-bridge held list TENANT",
    "tenant": "To see all tenants, run: sso-bridge tenant list",
    "trace": "A reference has 10 characters, like 7K3Q-9MWT-2X; traces are kept for 30 days by default.",
}
"""By what was not found."""


class Stopped(click.ClickException):
    """Ends the command; the message says why and what to do."""

    exit_code = REFUSED

    def show(self, file: IO[Any] | None = None) -> None:
        for line in self.message.splitlines():
            click.echo(plain(line), file=file, err=True)


class BadInput(Stopped):
    """Input that cannot be accepted."""

    exit_code = BAD_INPUT


@contextmanager
def told() -> Iterator[None]:
    """An expected error ends the command with a sentence, without a traceback."""
    try:
        yield
    except (SettingsError, ApplyFileInvalid, InvalidInput) as error:
        raise BadInput(str(error)) from error
    except Refused as error:
        raise Stopped(str(error)) from error
    except NotFound as error:
        hint = WHERE_TO_LOOK.get(error.what, "")
        raise Stopped(f"{error.what.capitalize()} {error.name} not found. {hint}".rstrip()) from error
    except StoreUnavailable as error:
        raise Stopped(_away(error)) from error


def _away(error: StoreUnavailable) -> str:
    if error.problem == StoreUnavailable.AWAY:
        return STORE_AWAY[error.store]
    return f"{STORES[error.store]} {error.problem}."
