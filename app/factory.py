"""The web application: Flask, and everything mounted on it."""

from flask import Flask

from app.settings import Settings
from app.web.site.parameters import ParameterRequest
from app.wiring import Bridge, build
from app.wiring.pages import mount_pages


def create_app(settings: Settings, *, bridge: Bridge | None = None) -> Flask:
    """`bridge` is given by tests that have wired their own parts."""
    app = Flask("app.web", static_folder="static", template_folder="templates")
    app.request_class = ParameterRequest
    mount_pages(app, bridge or build(settings))
    return app
