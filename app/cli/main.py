"""`sso-bridge`: the entry point and the list of commands. Each is imported when it is called."""

import click

from app.cli.loading import ended_by_ctrl_c, load

COMMANDS = {
    "account": ("app.cli.accounts.account", "Manage a tenant's accounts"),
    "apply": ("app.cli.apply.apply", "Make tenants, connections, accounts and clients match FILE"),
    "audit": ("app.cli.audit.audit", "Verify or export the audit log"),
    "db": ("app.cli.db", "Run database migrations"),
    "demo": ("app.cli.demo_command", "Try SSO Bridge on this machine"),
    "doctor": ("app.cli.doctor", "Check settings, stores, keys, the clock and TENANT's provider"),
    "held": ("app.cli.accounts.held", "Review held logins"),
    "keys": ("app.cli.connections.keys", "Rotate keys that the bridge generates"),
    "serve": ("app.cli.serve", "Run the server in the foreground until SIGTERM or Ctrl-C"),
    "setup-link": ("app.cli.setup.setup_link", "Email customer IT a link to set up a connection"),
    "tenant": ("app.cli.tenants.tenant", "Show tenants and switch their sign-in policy"),
    "trace": ("app.cli.traces.trace", "Explain a login attempt"),
    "worker": ("app.cli.worker", "Send email, carry out planned switches and clean up"),
}
"""The module that defines it, under the same name, and the first line of its help."""


class Commands(click.Group):
    """Help imports no command, and a command imports no other. Expected errors show no traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's shape
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's shape
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        with ended_by_ctrl_c():
            command: click.Command = getattr(load(module), cmd_name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:  # click suggests only what it has imported
            raise click.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Exception:
            from app.cli.errors import told  # noqa: PLC0415 - it imports settings and files, which few commands need

            with told():
                raise


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sso-bridge", prog_name="sso-bridge")
def main() -> None:
    """Single sign-on for multi-tenant products, with each customer's own OAuth 2.0 or OpenID Connect provider."""


if __name__ == "__main__":
    main()
