"""What our own server loads: the application, and before it what is answered on the event loop."""

from flask import Flask

from app.adapters.sql.sessions.loop_sessions import SqlLoopSessions
from app.services.sessions.clicks import Clicks
from app.web.mount import SESSION_CHECK
from app.web.server.front import Front
from app.web.sessions.loop_check import LoopCheck
from app.wiring.bridge import Bridge


def front(app: Flask, bridge: Bridge) -> Front:
    """For one worker, of which it takes the event loop. Opens no connection yet."""
    checks = LoopCheck(
        check=app.extensions[SESSION_CHECK],
        sessions=SqlLoopSessions(bridge.database.engine),
        clicks=Clicks(bridge.database),
        clock=bridge.clock,
    )
    return Front(app, trusted_proxies=bridge.settings.trusted_proxies, on_loop=checks)
