"""Imports what a process needs, once that is known."""

import gc
import importlib
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


def load(module: str) -> ModuleType:
    """Import it, with all its dependencies.

    They stay as long as the process does, so the garbage collector must not scan them again and again: that takes a
    fifth of the start, and later happens in the middle of requests.
    """
    if module in sys.modules:
        return sys.modules[module]
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def ended_by_ctrl_c() -> Iterator[None]:
    """Until then, Ctrl-C ends the process at once and silently.

    As an exception it would be a traceback, or be lost: Python drops those raised in callbacks, which imports run many
    of, and the command would go on.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # an ignored signal stays ignored
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
