"""Which endpoint of the bridge as provider gets which services."""

from collections.abc import Iterator

from flask import Blueprint

from app.web.headers import closed_headers
from app.web.login.login import LoginViews
from app.web.mount import Frame
from app.web.oauth2.authorize import AuthorizeViews
from app.web.oauth2.device import DeviceRequestViews, DeviceViews
from app.web.oauth2.end_session import EndSessionViews
from app.web.oauth2.grants import provider_server
from app.web.oauth2.machine import MachineEndpoints
from app.web.oauth2.par import PushedRequestViews
from app.web.oauth2.published import PublishedViews
from app.web.oauth2.server import Services
from app.web.oauth2.token import TokenViews
from app.web.oauth2.userinfo import UserInfoViews
from app.web.sign_out import SignOut
from app.web.site.options import SiteOptions
from app.web.site.request_log import RequestLog
from app.wiring.bridge import Bridge


def machine_endpoints(bridge: Bridge, options: SiteOptions, request_log: RequestLog) -> MachineEndpoints:
    """For programs of apps."""
    oauth2 = bridge.oauth2
    services = Services(
        authenticator=oauth2.authenticator,
        tokens=oauth2.tokens,
        devices=oauth2.device_sign_in,
        inspection=oauth2.token_inspection,
    )
    devices = DeviceRequestViews(
        authenticator=oauth2.authenticator, device_sign_in=oauth2.device_sign_in, issuer=options.base_url
    )
    pushed = PushedRequestViews(authenticator=oauth2.authenticator, requests=oauth2.authorization_requests)
    return MachineEndpoints(
        endpoints={
            **TokenViews(server=provider_server(services)).endpoints(),
            **UserInfoViews(inspection=oauth2.token_inspection).endpoints(),
            **pushed.endpoints(),
            **devices.endpoints(),
        },
        request_log=request_log,
        randomness=bridge.randomness,
        always=closed_headers(options),
    )


def oauth2_pages(bridge: Bridge, frame: Frame, authorize: AuthorizeViews) -> Iterator[Blueprint]:
    """What apps may read, and pages for people on their way to one."""
    yield PublishedViews(signing_keys=bridge.oauth2.signing_keys, issuer=frame.options.base_url).blueprint()
    yield authorize.blueprint()
    yield EndSessionViews(end_session=bridge.oauth2.end_session, out=sign_out(bridge, frame)).blueprint()
    yield DeviceViews(
        device_sign_in=bridge.oauth2.device_sign_in, clock=bridge.clock, browser=frame.browser
    ).blueprint()


def authorize_views(bridge: Bridge, frame: Frame, login: LoginViews) -> AuthorizeViews:
    return AuthorizeViews(
        requests=bridge.oauth2.authorization_requests,
        authorize=bridge.oauth2.authorize,
        browser=frame.browser,
        to_only_provider=login.to_only_provider,
        stopped=frame.errors.login_stopped,
    )


def sign_out(bridge: Bridge, frame: Frame) -> SignOut:
    return SignOut(logout=bridge.logout, sealer=bridge.sealer, browser=frame.browser)
