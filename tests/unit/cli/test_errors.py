"""What ends a command in words: an exit code for scripts, a sentence for people, no traceback."""

import click
import pytest
from click.testing import CliRunner

from app.cli.errors import told
from app.domain.errors import InvalidInput, NotFound, Refused, StoreUnavailable
from app.services.sso_only.switching import ALREADY_SO, NotPossible

ENDS = [
    (NotPossible(ALREADY_SO, tenant="acme", policy="sso_only"), 1, "acme is already sso_only; nothing was changed."),
    (Refused("Not as things stand."), 1, "Not as things stand."),
    (NotFound("tenant", "nobody"), 1, "Tenant nobody not found."),
    (InvalidInput("at", "is in the past"), 2, "at: is in the past"),
    (StoreUnavailable("redis"), 1, "Redis cannot be reached."),
]


@pytest.mark.parametrize(("error", "code", "said"), ENDS)
def test_what_a_command_does_not_catch_ends_it_with_a_sentence(error: Exception, code: int, said: str) -> None:
    @click.command()
    def command() -> None:
        with told():
            raise error

    done = CliRunner().invoke(command)
    assert done.exit_code == code
    assert done.stderr.startswith(said)
    assert "Traceback" not in done.output
