"""The web application: Flask, and everything that is mounted on it."""

from flask import Flask

from app.bridge import Bridge
from app.settings import Settings
from app.web.mount import mount
from app.wiring import build


def create_app(settings: Settings, *, bridge: Bridge | None = None) -> Flask:
    """`bridge` where a test has wired its own parts."""
    built = bridge or build(settings)
    app = Flask("app.web", static_folder="static", template_folder="templates")
    mount(app, built, built.site, built.metrics)
    return app
