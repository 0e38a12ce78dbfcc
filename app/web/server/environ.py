"""What a WSGI application is told about a request, and which client it is from."""

import io
import sys
from wsgiref.types import WSGIEnvironment

from granian.rsgi import Scope

from app.web.server.bodies import Body

_FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"
_ALWAYS = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def environ(scope: Scope, body: Body, trusted_proxies: int = 0) -> WSGIEnvironment:
    """PEP 3333. Names with an underscore are left out: `X_Forwarded_For` would be read as `X-Forwarded-For`.

    Of `X-Forwarded-For` only what trusted proxies wrote is kept: a client's quotation mark before it would make
    werkzeug parse nothing, and take the proxy itself for the client.
    """
    host, _, port = scope.server.rpartition(":")
    found: WSGIEnvironment = {
        **_ALWAYS,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": host_of(scope.client),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body.content),
    }
    for name, value in scope.headers.items():
        if "_" not in name:
            key = "HTTP_" + name.upper().replace("-", "_")
            found[key] = f"{found[key]}{'; ' if name == 'cookie' else ','}{value}" if key in found else value
    found["CONTENT_TYPE"] = found.pop("HTTP_CONTENT_TYPE", "")
    # The body is complete and has a length: werkzeug would treat a chunked body as empty.
    found.pop("HTTP_TRANSFER_ENCODING", None)
    found.pop("HTTP_CONTENT_LENGTH", None)
    found["CONTENT_LENGTH"] = str(body.size)
    if _FORWARDED_FOR in found and (hops := trusted_hops(found[_FORWARDED_FOR], trusted_proxies)):
        found[_FORWARDED_FOR] = ",".join(hops)
    return found


def client_ip(scope: Scope, trusted_proxies: int) -> str:
    """The client as the outermost trusted proxy saw it, as werkzeug's ProxyFix will say later."""
    lines = [value for name, value in scope.headers.items() if name == "x-forwarded-for"]
    hops = trusted_hops(",".join(lines), trusted_proxies)
    return (hops[0] if hops else "") or host_of(scope.client)


def trusted_hops(forwarded: str, proxies: int) -> list[str]:
    """What trusted proxies wrote into X-Forwarded-For, the client first. Empty if it has fewer addresses than these."""
    hops = [hop.strip() for hop in forwarded.split(",")]
    return hops[-proxies:] if 0 < proxies <= len(hops) else []


def host_of(address: str) -> str:
    return address.rpartition(":")[0].strip("[]")
