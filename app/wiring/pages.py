"""Which page gets which services."""

from collections.abc import Iterator

from flask import Blueprint, Flask

from app.settings import Settings, environment
from app.web.accounts.account import AccountViews
from app.web.browser import Browser
from app.web.connections.connection_keys import ConnectionKeyViews
from app.web.errors import ErrorPages
from app.web.headers import closed_headers
from app.web.login.callback import CallbackViews
from app.web.login.confirm import ConfirmViews
from app.web.login.login import LoginViews
from app.web.login.try_sso import TrySsoViews
from app.web.mail.development_mail import DevelopmentMailViews
from app.web.mount import Frame
from app.web.oauth2.authorize import AuthorizeViews
from app.web.oauth2.connected_apps import ConnectedAppViews
from app.web.passwords.password_change import PasswordChangeViews
from app.web.passwords.password_pages import PasswordPages
from app.web.passwords.second_factor import SecondFactorViews
from app.web.readers import Readers
from app.web.server.health import HealthViews
from app.web.sessions.check_answers import CheckAnswers
from app.web.sessions.own_sessions import OwnSessionViews
from app.web.sessions.provider_logout import ProviderLogoutViews
from app.web.sessions.session_check import SessionCheck
from app.web.site.cookies import Cookies
from app.web.site.csrf import CsrfGuard
from app.web.site.metrics import Metrics
from app.web.site.options import SiteOptions
from app.web.site.request_log import RequestLog
from app.web.tenants.logo import LogoImageViews
from app.wiring.bridge import Bridge
from app.wiring.consoles import admin_pages, check_results, setup_pages, support_pages
from app.wiring.oauth2_pages import authorize_views, machine_endpoints, oauth2_pages, sign_out


def mount_pages(app: Flask, bridge: Bridge) -> None:
    """The rules for every request and response, then all pages."""
    metrics = Metrics(multiprocess=environment().get("PROMETHEUS_MULTIPROC_DIR", ""))
    frame = _frame(bridge, metrics)
    frame.mount(app)
    login = _login_views(bridge, frame)
    authorize = authorize_views(bridge, frame, login)
    for blueprint in (
        login.blueprint(),
        *_login_pages(bridge, frame, authorize),
        *_own_pages(bridge, frame),
        *support_pages(bridge, frame),
        *admin_pages(bridge, frame),
        *setup_pages(bridge, frame),
        *oauth2_pages(bridge, frame, authorize),
        *_machine_pages(bridge, frame, metrics),
    ):
        app.register_blueprint(blueprint)


def site_options(settings: Settings) -> SiteOptions:
    return SiteOptions(
        base_url=settings.public_url,
        development=settings.development,
        cookie_domain=settings.cookie_domain,
        forward_auth_hosts=settings.forward_auth_hosts,
        trusted_proxies=settings.trusted_proxies,
        metrics_token=settings.metrics_token,
    )


def _frame(bridge: Bridge, metrics: Metrics) -> Frame:
    options = site_options(bridge.settings)
    cookies = Cookies(options=options, sealer=bridge.sealer)
    request_log = RequestLog(clock=bridge.clock, randomness=bridge.randomness, metrics=metrics)
    return Frame(
        options=options,
        sessions=bridge.sessions,
        browser=Browser(
            cookies=cookies,
            guard=CsrfGuard(sealer=bridge.sealer),
            randomness=bridge.randomness,
            metrics=metrics,
        ),
        readers=Readers(translations=bridge.translations, cookies=cookies),
        errors=ErrorPages(randomness=bridge.randomness, traces=bridge.traces, metrics=metrics),
        request_log=request_log,
        session_check=SessionCheck(
            answers=CheckAnswers(options=options, cookies=cookies),
            sessions=bridge.sessions,
            identities=bridge.oauth2.identity_tokens,
            request_log=request_log,
            randomness=bridge.randomness,
            always=closed_headers(options),
        ),
        machines=machine_endpoints(bridge, options, request_log),
    )


def _login_views(bridge: Bridge, frame: Frame) -> LoginViews:
    return LoginViews(
        tenant_lookup=bridge.tenant_lookup,
        login=bridge.login,
        passwords=bridge.passwords,
        clock=bridge.clock,
        options=frame.options,
        browser=frame.browser,
        errors=frame.errors,
    )


def _login_pages(bridge: Bridge, frame: Frame, authorize: AuthorizeViews) -> Iterator[Blueprint]:
    """Signing in."""
    check_result = check_results(bridge, frame)
    yield check_result.blueprint()
    yield CallbackViews(
        login=bridge.login,
        accounts=bridge.accounts,
        sessions=bridge.sessions,
        clock=bridge.clock,
        options=frame.options,
        browser=frame.browser,
        errors=frame.errors,
        check_result=check_result,
        waiting_app=authorize.waiting_app,
        app_answer=authorize.after_login,
    ).blueprint()
    yield ConfirmViews(
        tenant_lookup=bridge.tenant_lookup,
        login=bridge.login,
        passwords=bridge.passwords,
        second_factors=bridge.second_factors,
        browser=frame.browser,
        errors=frame.errors,
    ).blueprint()
    yield TrySsoViews(
        tenant_lookup=bridge.tenant_lookup, login=bridge.login, options=frame.options, browser=frame.browser
    ).blueprint()


def _own_pages(bridge: Bridge, frame: Frame) -> Iterator[Blueprint]:
    """People's own account and password, and signing out."""
    yield LogoImageViews(logos=bridge.logos).blueprint()
    yield AccountViews(
        tenant_lookup=bridge.tenant_lookup,
        accounts=bridge.accounts,
        sessions=bridge.sessions,
        password_changes=bridge.password_changes,
        out=sign_out(bridge, frame),
        clock=bridge.clock,
        browser=frame.browser,
    ).blueprint()
    yield OwnSessionViews(own_sessions=bridge.own_sessions, clock=bridge.clock, browser=frame.browser).blueprint()
    yield ConnectedAppViews(connected_apps=bridge.connected_apps, clock=bridge.clock, browser=frame.browser).blueprint()
    yield SecondFactorViews(
        tenant_lookup=bridge.tenant_lookup,
        passwords=bridge.passwords,
        second_factors=bridge.second_factors,
        clock=bridge.clock,
        browser=frame.browser,
        errors=frame.errors,
    ).blueprint()
    yield PasswordPages(
        tenant_lookup=bridge.tenant_lookup,
        passwords=bridge.passwords,
        password_changes=bridge.password_changes,
        password_links=bridge.password_links,
        browser=frame.browser,
    ).blueprint()
    yield PasswordChangeViews(
        passwords=bridge.passwords,
        second_factors=bridge.second_factors,
        password_changes=bridge.password_changes,
        browser=frame.browser,
        errors=frame.errors,
    ).blueprint()


def _machine_pages(bridge: Bridge, frame: Frame, metrics: Metrics) -> Iterator[Blueprint]:
    """Endpoints for providers and programs; in development, the page of undelivered mail."""
    yield ProviderLogoutViews(provider_logout=bridge.provider_logout).blueprint()
    yield ConnectionKeyViews(connection_keys=bridge.connection_keys).blueprint()
    yield HealthViews(
        health=bridge.health, operations=bridge.operations, metrics=metrics, token=frame.options.metrics_token
    ).blueprint()
    if frame.options.development:
        yield DevelopmentMailViews(outbox=bridge.outbox).blueprint()
