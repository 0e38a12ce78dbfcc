"""The start of `sso-bridge`. Ctrl-C ends it silently; once the command is loaded, in click's own way."""

from app.cli.loading import ended_by_ctrl_c


def start() -> None:
    """Run the command that was typed."""
    with ended_by_ctrl_c():
        from app.cli.main import main  # noqa: PLC0415 - Ctrl-C may interrupt this
    main()


if __name__ == "__main__":
    start()
