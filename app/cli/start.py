"""Where `sso-bridge` begins. Ctrl-C ends it without a word, and from when click is loaded as click says it."""

import signal


def start() -> None:
    """Run the command that was typed."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # one that is ignored stays ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from app.cli.main import main  # noqa: PLC0415 - it may be interrupted

    signal.signal(signal.SIGINT, before)
    main()


if __name__ == "__main__":
    start()
