"""What our own server loads: the application, and before it what is answered on the event loop."""

from flask import Flask

from app.adapters.sql.sessions.prompt_sessions import SqlPromptSessions
from app.web.mount import SESSION_CHECK
from app.web.server.front import Front
from app.web.sessions.prompt_check import PromptCheck
from app.wiring.bridge import Bridge


def front(app: Flask, bridge: Bridge) -> Front:
    """For one worker, of which it takes the event loop. Opens no connection yet."""
    checks = PromptCheck(
        check=app.extensions[SESSION_CHECK],
        sessions=SqlPromptSessions(bridge.database.engine),
        clock=bridge.clock,
    )
    return Front(app, trusted_proxies=bridge.settings.trusted_proxies, prompt=checks)
