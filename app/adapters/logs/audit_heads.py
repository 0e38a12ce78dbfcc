"""The heads of the audit's chains, in the log."""

import sys

import structlog

from app.adapters.logs import processors
from app.domain.audit.audit import ChainHead


def log_head(head: ChainHead, *, development: bool) -> None:
    """A line `audit_head` on standard error, of commands too, which set up no other log.

    Not on a terminal: nobody keeps what is written there, and the lines would stand before the command's own.
    """
    if sys.stderr.isatty():
        return
    log = structlog.wrap_logger(structlog.PrintLogger(sys.stderr), processors=processors(development=development))
    log.info("audit_head", chain=head.chain, seq=head.seq, mac=head.mac)
