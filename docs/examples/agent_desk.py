#!/usr/bin/env python3
"""Agent Desk: how a desktop program signs its user in (RFC 8252). Python's standard library only.

    python agent_desk.py http://localhost:8000              the first start opens the system browser, the next need none
    python agent_desk.py http://localhost:8000 --sign-out   ends the refresh token, here and at the bridge

The program never sees a password. It keeps one refresh token, which the bridge replaces with every use. A real program
keeps it in the system's keyring (PyPI: keyring); a file that only its owner can read is the next best.
"""

import argparse
import base64
import hashlib
import json
import os
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
import webbrowser
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CLIENT_ID = os.environ.get("AGENT_DESK_CLIENT_ID", "agent-desk")  # a native app: it has no secret
SCOPE = "openid email profile offline_access"
KEPT = Path(os.environ.get("AGENT_DESK_FILE", Path.home() / ".agent-desk.json"))
WAIT_S = 300


class SignInError(Exception):
    """Nobody is signed in; says why."""


def call(url, form=None, token=None):
    """The JSON behind a URL, and the HTTP status."""
    body = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(url, body, {"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        found = error.read()
        return error.code, json.loads(found) if found.startswith(b"{") else {}
    except (urllib.error.URLError, ValueError) as error:
        raise SystemExit(f"{url} cannot be reached, or is no bridge: {error}") from error


def sign_in_with_browser(bridge):
    """Tokens, from a login in the system's browser: never in a window of our own, which could read the password."""
    answers = []

    class Callback(BaseHTTPRequestHandler):
        def do_GET(self):
            path, _, query = self.path.partition("?")
            found = dict(urllib.parse.parse_qsl(query))
            ours = path == "/callback" and secrets.compare_digest(found.get("state", ""), state)
            if ours:
                answers.append(found)
            self.send_response(200 if ours else 404)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"You can close this window and go back to Agent Desk." if ours else b"Not found.")

        def log_message(self, *_arguments):
            """The request line holds the code."""

    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    with HTTPServer(("127.0.0.1", 0), Callback) as server:  # port 0: whichever is free
        redirect_uri = f"http://127.0.0.1:{server.server_port}/callback"
        asked = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": redirect_uri, "scope": SCOPE}
        asked |= {"state": state, "code_challenge": challenge, "code_challenge_method": "S256"}
        webbrowser.open(f"{bridge['authorization_endpoint']}?{urllib.parse.urlencode(asked)}")
        server.timeout, until = 1, time.monotonic() + WAIT_S
        while not answers and time.monotonic() < until:
            server.handle_request()
    answer = answers[0] if answers else {"error": "nobody signed in"}
    if "error" in answer:
        raise SignInError(answer.get("error_description") or answer["error"])
    if answer.get("iss") != bridge["issuer"]:  # RFC 9207: the answer of another server is none
        raise SignInError("the answer comes from another server")
    exchange = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": redirect_uri}
    return tokens(bridge, {**exchange, "code_verifier": verifier})


def tokens(bridge, form):
    """From the token endpoint. The new refresh token is kept before anything else can go wrong."""
    status, found = call(bridge["token_endpoint"], {**form, "client_id": CLIENT_ID})
    if status == 503 and found.get("error") == "temporarily_unavailable":  # another window is at it in this moment
        time.sleep(3)
        if "refresh_token" in form and KEPT.exists():
            form = {**form, "refresh_token": json.loads(KEPT.read_text())["refresh_token"]}
        status, found = call(bridge["token_endpoint"], {**form, "client_id": CLIENT_ID})
    if status != 200:
        raise SignInError(found.get("error_description") or found.get("error") or f"HTTP {status}")
    new = KEPT.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"issuer": bridge["issuer"], "refresh_token": found["refresh_token"]}, file)
    new.replace(KEPT)
    return found


def main():
    parser = argparse.ArgumentParser(description="A desktop program that signs in through the bridge.")
    parser.add_argument("issuer", help="the bridge's URL")
    parser.add_argument("--sign-out", action="store_true", help="forget who was signed in")
    options = parser.parse_args()
    _, bridge = call(f"{options.issuer}/.well-known/openid-configuration")
    if bridge.get("issuer") != options.issuer:
        raise SystemExit(f"the bridge calls itself {bridge.get('issuer')}, not {options.issuer}: give it that name")
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    kept = kept if kept.get("issuer") == bridge["issuer"] else {}
    if options.sign_out:
        if kept:
            call(bridge["revocation_endpoint"], {"token": kept["refresh_token"], "client_id": CLIENT_ID})
            KEPT.unlink()
        raise SystemExit("Signed out.")
    try:
        try:
            refresh = {"grant_type": "refresh_token", "refresh_token": kept["refresh_token"]} if kept else None
            found = tokens(bridge, refresh) if refresh else sign_in_with_browser(bridge)
        except SignInError:
            if not kept:
                raise
            found = sign_in_with_browser(bridge)  # it has expired or was ended: as on the first start
    except SignInError as error:
        raise SystemExit(f"Not signed in: {error}") from error
    _, person = call(bridge["userinfo_endpoint"], token=found["access_token"])
    print(f"Hello {person.get('name') or person['sub']}, you are signed in.", flush=True)


if __name__ == "__main__":
    main()
