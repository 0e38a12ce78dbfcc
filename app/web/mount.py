"""Puts every view and every rule that holds for all answers onto the application."""

from collections.abc import Iterator

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.web.accounts.account import AccountViews
from app.web.browser import Browser
from app.web.connections.connection_keys import ConnectionKeyViews
from app.web.cookies import Cookies
from app.web.csrf import CsrfGuard
from app.web.errors import ErrorPages
from app.web.headers import mount_headers
from app.web.health import HealthViews
from app.web.login.callback import CallbackViews
from app.web.login.confirm import ConfirmViews
from app.web.login.login import LoginViews
from app.web.login.try_sso import TrySsoViews
from app.web.mail.development_mail import DevelopmentMailViews
from app.web.metrics import Metrics
from app.web.mount_admin import admin_pages
from app.web.mount_support import support_pages
from app.web.pages import mount_pages
from app.web.passwords.password_change import PasswordChangeViews
from app.web.passwords.password_pages import PasswordPages
from app.web.passwords.second_factor import SecondFactorViews
from app.web.request_log import RequestLog
from app.web.sessions.provider_logout import ProviderLogoutViews
from app.web.sessions.session_info import SessionInfoViews
from app.web.site import Services, SiteOptions
from app.web.user_session import mount_user_session

MAX_BODY_BYTES = 192 * 1024
"""A chooser's ticket around the longest id_token fits; nothing else that is posted here is near it."""


def mount(app: Flask, services: Services, options: SiteOptions, metrics: Metrics) -> None:
    """Everything under one roof: what holds for every request and answer, then the pages."""
    _limit(app)
    if options.trusted_proxies:
        hops = options.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way
    cookies = Cookies(options=options, sealer=services.sealer)
    guard = CsrfGuard(sealer=services.sealer)
    browser = Browser(cookies=cookies, guard=guard, randomness=services.randomness, metrics=metrics)
    errors = ErrorPages(randomness=services.randomness, traces=services.traces, metrics=metrics)
    RequestLog(clock=services.clock, randomness=services.randomness, metrics=metrics).mount(app)
    mount_headers(app, options)
    mount_pages(app)
    mount_user_session(app, services.sessions, cookies)
    errors.mount(app)
    for blueprint in (
        *_own_pages(services, options, browser, errors),
        *support_pages(services, options, browser),
        *admin_pages(services, browser),
        *_machine_pages(services, options, cookies, metrics),
    ):
        app.register_blueprint(blueprint)


def _limit(app: Flask) -> None:
    """How much of a request is read, and where Flask's own ways would not do."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    app.config["MAX_FORM_PARTS"] = 50
    # Otherwise the router answers `//session` with a redirect to whatever the Host header says.
    app.url_map.merge_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider


def _own_pages(services: Services, options: SiteOptions, browser: Browser, errors: ErrorPages) -> Iterator[Blueprint]:
    """The way in and out, and what people do with their own account."""
    yield LoginViews(services=services, options=options, browser=browser, errors=errors).blueprint()
    yield SecondFactorViews(services=services, options=options, browser=browser, errors=errors).blueprint()
    yield CallbackViews(services=services, options=options, browser=browser, errors=errors).blueprint()
    yield AccountViews(services=services, browser=browser).blueprint()
    yield ConfirmViews(services=services, browser=browser, errors=errors).blueprint()
    yield TrySsoViews(services=services, options=options, browser=browser).blueprint()
    yield PasswordPages(services=services, browser=browser).blueprint()
    yield PasswordChangeViews(services=services, browser=browser, errors=errors).blueprint()


def _machine_pages(services: Services, options: SiteOptions, cookies: Cookies, metrics: Metrics) -> Iterator[Blueprint]:
    """What providers and programs ask; in development, the mail that nobody delivers."""
    yield ProviderLogoutViews(provider_logout=services.provider_logout).blueprint()
    yield ConnectionKeyViews(connection_keys=services.connection_keys).blueprint()
    yield SessionInfoViews(options=options, sessions=services.sessions, cookies=cookies).blueprint()
    yield HealthViews(health=services.health, metrics=metrics, token=options.metrics_token).blueprint()
    if options.development:
        yield DevelopmentMailViews(outbox=services.outbox).blueprint()
