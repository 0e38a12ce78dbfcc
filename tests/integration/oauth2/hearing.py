"""An app that hears of logouts: a real server, as slow or as wrong as a test wants it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from tests.services.process import LOOPBACK


@dataclass
class HearingApp:
    """`heard` are the logout tokens. It answers with `status`, once `go` is set."""

    status: int = 200
    go: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)
    answered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    heard: list[str] = field(default_factory=list)
    url: str = ""

    def hear(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        (token,) = parse_qs(body, strict_parsing=True)["logout_token"]
        self.heard.append(token)
        self.reached.set()
        self.go.wait(30)
        handler.send_response(self.status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        self.answered.release()


@contextmanager
def hearing(*, status: int = 200, slow: bool = False) -> Iterator[HearingApp]:
    """A slow one answers when the test lets it."""
    app = HearingApp(status=status)
    if not slow:
        app.go.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            app.hear(self)

        def log_message(self, *_arguments: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer((LOOPBACK, 0), Handler) as server:
        app.url = f"http://{LOOPBACK}:{server.server_port}/logout"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield app
        finally:
            app.go.set()
            server.shutdown()
