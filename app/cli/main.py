"""`sso-bridge`: the entry, and which commands there are."""

import click

from app.cli.accounts.account import account
from app.cli.accounts.held import held
from app.cli.apply.apply import apply
from app.cli.audit.audit import audit
from app.cli.connections.keys import keys
from app.cli.db import db
from app.cli.demo_command import demo
from app.cli.doctor import doctor
from app.cli.errors import Commands
from app.cli.passwords.second_factor import remove_second_factor
from app.cli.serve import serve
from app.cli.tenants.tenant import tenant
from app.cli.traces.trace import trace
from app.cli.worker import worker


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sso-bridge", prog_name="sso-bridge")
def main() -> None:
    """Single sign-on for multi-tenant products, with each customer's own OAuth 2.0 or OpenID Connect provider."""


for command in (serve, worker, db, apply, tenant, account, held, keys, audit, trace, doctor, demo):
    main.add_command(command)
account.add_command(remove_second_factor)

if __name__ == "__main__":
    main()
