"""Importing what a process needs, once it is known what that is."""

import gc
import importlib
import sys
from types import ModuleType


def load(module: str) -> ModuleType:
    """Import it, with all that it stands on.

    That stays for as long as the process does. The garbage collector would look through all of it again and again,
    which takes a fifth of the start, and later in the middle of requests: here it never does.
    """
    if module in sys.modules:
        return sys.modules[module]
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        gc.enable()
