"""The start of `sso-bridge`. Ctrl-C ends it silently; once click is loaded, in click's own way."""

import signal


def start() -> None:
    """Run the command that was typed."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # an ignored signal stays ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from app.cli.main import main  # noqa: PLC0415 - Ctrl-C may interrupt this

    signal.signal(signal.SIGINT, before)
    main()


if __name__ == "__main__":
    start()
