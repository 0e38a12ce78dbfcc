"""Options that several commands share."""

import click

from app.adapters.apply_file.text import line_problem

REASON_CHARACTERS = 500


def one_line(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """A reason is kept permanently: it must say something, in one line."""
    if value is None:
        return None
    problem = line_problem(value.strip(), most=REASON_CHARACTERS)
    if problem:
        raise click.BadParameter(problem)
    return value.strip()


reason_option = click.option(
    "--reason",
    required=True,
    metavar="TEXT",
    callback=one_line,
    help="Why; recorded in the audit log, where the tenant can see it.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
