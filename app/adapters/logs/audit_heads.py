"""Writes the heads of the audit's chains to the log."""

import sys

import structlog

from app.adapters.logs import processors
from app.domain.audit.audit import ChainHead


def log_head(head: ChainHead, *, development: bool) -> None:
    """A line `audit_head` on standard error, also from commands, which set up no other log.

    Not on a terminal: there nobody keeps them, and they would precede the command's own output.
    """
    if sys.stderr.isatty():
        return
    log = structlog.wrap_logger(structlog.PrintLogger(sys.stderr), processors=processors(development=development))
    log.info("audit_head", chain=head.chain, seq=head.seq, mac=head.mac)
