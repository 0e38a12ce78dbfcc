"""Which endpoint of the bridge as provider gets which services."""

from collections.abc import Iterator

from flask import Blueprint

from app.web.mount import Frame
from app.web.oauth2.authorize import AuthorizeViews
from app.web.oauth2.device import DeviceRequestViews, DeviceViews
from app.web.oauth2.end_session import EndSessionViews
from app.web.oauth2.grants import provider_server
from app.web.oauth2.par import PushedRequestViews
from app.web.oauth2.published import PublishedViews
from app.web.oauth2.server import Services
from app.web.oauth2.token import TokenViews
from app.web.oauth2.userinfo import UserInfoViews
from app.web.sign_out import SignOut
from app.wiring.bridge import Bridge


def oauth2_pages(bridge: Bridge, frame: Frame) -> Iterator[Blueprint]:
    """For apps that log in through the bridge, and for people on their way to one."""
    yield PublishedViews(signing_keys=bridge.oauth2.signing_keys, issuer=frame.options.base_url).blueprint()
    yield AuthorizeViews(
        requests=bridge.oauth2.authorization_requests,
        authorize=bridge.oauth2.authorize,
        browser=frame.browser,
    ).blueprint()
    services = Services(
        authenticator=bridge.oauth2.authenticator,
        tokens=bridge.oauth2.tokens,
        devices=bridge.oauth2.device_sign_in,
        inspection=bridge.oauth2.token_inspection,
    )
    yield TokenViews(server=provider_server(services)).blueprint()
    yield UserInfoViews(inspection=bridge.oauth2.token_inspection).blueprint()
    yield PushedRequestViews(
        authenticator=bridge.oauth2.authenticator, requests=bridge.oauth2.authorization_requests
    ).blueprint()
    yield EndSessionViews(end_session=bridge.oauth2.end_session, out=sign_out(bridge, frame)).blueprint()
    yield DeviceRequestViews(
        authenticator=bridge.oauth2.authenticator,
        device_sign_in=bridge.oauth2.device_sign_in,
        issuer=frame.options.base_url,
    ).blueprint()
    yield DeviceViews(
        device_sign_in=bridge.oauth2.device_sign_in, clock=bridge.clock, browser=frame.browser
    ).blueprint()


def sign_out(bridge: Bridge, frame: Frame) -> SignOut:
    return SignOut(logout=bridge.logout, sealer=bridge.sealer, browser=frame.browser)
