"""Structured logs: JSON lines on standard error, one event per line; readable ones in development."""

import json
import logging
import sys
from collections.abc import Sequence

import structlog
from structlog.typing import EventDict, Processor

from app.domain.audit.audit import ChainHead


def configure_logs(*, development: bool) -> None:
    """Called once per process, at its entry point. Times are UTC."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    structlog.configure(
        processors=processors(development=development),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def processors(*, development: bool) -> Sequence[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _readable if development else _as_json,
    ]


def _as_json(_log: object, _level: str, event: EventDict) -> str:
    """As structlog's JSONRenderer, which makes an encoder for each line."""
    return _JSON.encode(event)


def _readable(_log: object, _level: str, event: EventDict) -> str:
    """`2026-11-30T08:00:00Z [info] request method=GET …`. What could be taken for more than one word is quoted."""
    when, level, name, trace = (event.pop(key, "") for key in ("timestamp", "level", "event", "exception"))
    values = "".join(f" {key}={_word(value)}" for key, value in event.items())
    return f"{when} [{level}] {name}{values}" + (f"\n{trace}" if trace else "")


def _word(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if text.isprintable() and " " not in text else repr(text)


_JSON = json.JSONEncoder(default=repr)


def log_head(head: ChainHead, *, development: bool) -> None:
    """A line `audit_head` on standard error, of commands too, which set up no other log.

    Not on a terminal: nobody keeps what is written there, and the lines would stand before the command's own.
    """
    if sys.stderr.isatty():
        return
    log = structlog.wrap_logger(structlog.PrintLogger(sys.stderr), processors=processors(development=development))
    log.info("audit_head", chain=head.chain, seq=head.seq, mac=head.mac)
