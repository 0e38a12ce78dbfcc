"""Which endpoint of the bridge as provider gets which services."""

from collections.abc import Iterator

from flask import Blueprint

from app.web.mount import Frame
from app.web.oauth2.authorize import AuthorizeViews
from app.web.oauth2.grants import provider_server
from app.web.oauth2.published import PublishedViews
from app.web.oauth2.server import Services
from app.web.oauth2.token import TokenViews
from app.web.oauth2.userinfo import UserInfoViews
from app.wiring.bridge import Bridge


def oauth2_pages(bridge: Bridge, frame: Frame) -> Iterator[Blueprint]:
    """For apps that log in through the bridge, and for people on their way to one."""
    yield PublishedViews(signing_keys=bridge.oauth2.signing_keys, issuer=frame.options.base_url).blueprint()
    yield AuthorizeViews(
        requests=bridge.oauth2.authorization_requests,
        authorize=bridge.oauth2.authorize,
        browser=frame.browser,
    ).blueprint()
    services = Services(bridge.oauth2.authenticator, bridge.oauth2.tokens, bridge.oauth2.token_inspection)
    yield TokenViews(server=provider_server(services)).blueprint()
    yield UserInfoViews(inspection=bridge.oauth2.token_inspection).blueprint()
