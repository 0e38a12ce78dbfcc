"""Imports what a process needs, once that is known."""

import gc
import importlib
import sys
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
