"""Routes of the consoles as addresses, and what stands before them."""

import re
from collections.abc import Mapping

from app.web.consoles.console_pages import ConsolePages
from tests.builders import World


def filled(rule: str, parts: Mapping[str, str]) -> str:
    """What a part does not name is nothing that exists."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: parts.get(part[1], "nothing"), rule)


def asks(world: World, path: str) -> bool:
    """Whether a fresh authentication comes before it."""
    endpoint, _ = world.app.url_map.bind("localhost").match(path, method="POST")
    pages = world.app.blueprints[endpoint.partition(".")[0]]
    return isinstance(pages, ConsolePages) and endpoint.rpartition(".")[2] not in pages.without_confirmation
