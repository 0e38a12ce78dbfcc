"""What to do in each provider's console, in the words of that console: the one source of the guides.

The pages of the wizard show them with a connection's own values, and `docs/providers` has them with placeholders
(`python -m tests.architecture.guide_pages` writes those). Every text is marked with `N_` for translation, one message a
step. Must not know a connection, a console or the names of settings.
"""

from collections.abc import Mapping

from app.web.connections.guides import cloud, own_servers, plain_servers, workforce
from app.web.connections.guides.guide import Guide, GuideStep, Value

__all__ = ["GUIDES", "Guide", "GuideStep", "Value"]

GUIDES: Mapping[str, Guide] = {
    **workforce.GUIDES,
    **own_servers.GUIDES,
    **cloud.GUIDES,
    **plain_servers.GUIDES,
}
"""By preset (config/providers.toml)."""
