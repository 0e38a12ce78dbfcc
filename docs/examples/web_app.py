#!/usr/bin/env python3
"""A web app that signs people in through the bridge: pip install flask authlib joserfc requests

    BRIDGE=http://localhost:8000 CLIENT_ID=web-example CLIENT_SECRET=… python web_app.py 8002

Registered at the bridge: redirect URI http://127.0.0.1:8002/callback, post-logout redirect URI http://127.0.0.1:8002/,
back-channel logout URI http://127.0.0.1:8002/backchannel-logout.
"""

import os
import secrets
import sys
import time
from html import escape
from urllib.parse import urlencode

import requests
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, request, session, url_for
from joserfc import jwt
from joserfc.jwk import KeySet

BRIDGE, CLIENT_ID = os.environ["BRIDGE"], os.environ["CLIENT_ID"]
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY") or secrets.token_bytes(32)
app.config.update(SESSION_COOKIE_NAME="web_example", SESSION_COOKIE_SAMESITE="Lax")
bridge = OAuth(app).register(
    "bridge",
    server_metadata_url=f"{BRIDGE}/.well-known/openid-configuration",
    client_id=CLIENT_ID,
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={"scope": "openid email profile roles", "code_challenge_method": "S256"},
)
ended = {}  # sid -> when its logout token came. With several processes this belongs into a database.


@app.get("/")
def home():
    person = session.get("person")
    if person is None or person["sid"] in ended:
        session.clear()
        return page(f'<p>You are not signed in.</p><p><a href="{url_for("login")}">Sign in</a></p>')
    return page(
        f"<p>Hello <b>{escape(person.get('name') or person['sub'])}</b> of {escape(person['tenant'])}.</p>"
        f'<form method="post" action="{url_for("logout")}"><button>Sign out</button></form>'
    )


@app.get("/login")
def login():
    """Authlib keeps state, nonce and PKCE verifier in the session. `/login?tenant=acme` spares people a question."""
    known = {"tenant": request.args["tenant"]} if "tenant" in request.args else {}
    return bridge.authorize_redirect(url_for("callback", _external=True), **known)


@app.get("/callback")
def callback():
    if request.args.get("iss") != BRIDGE:  # RFC 9207
        return page("<p>This answer comes from another server.</p>"), 400
    if "error" in request.args:
        reason = escape(request.args.get("error_description") or request.args["error"])
        return page(f'<p>Nobody was signed in: {reason}</p><p><a href="{url_for("login")}">Try again</a></p>'), 403
    token = bridge.authorize_access_token()  # checks state, exchanges the code, verifies the id_token
    session.clear()
    session["person"] = {name: token["userinfo"].get(name) for name in ("sub", "sid", "name", "email", "tenant")}
    session["id_token"] = token["id_token"]
    return redirect(url_for("home"))


@app.post("/logout")
def logout():
    """Here, and then at the bridge (RP-initiated logout), which sends the person back."""
    hint = session.get("id_token", "")
    session.clear()
    query = urlencode({"id_token_hint": hint, "post_logout_redirect_uri": url_for("home", _external=True)})
    return redirect(f"{bridge.load_server_metadata()['end_session_endpoint']}?{query}")


@app.post("/backchannel-logout")
def backchannel_logout():
    """Someone has signed out at the bridge or at their company (OpenID Connect Back-Channel Logout, section 2.6)."""
    keys = KeySet.import_key_set(requests.get(bridge.load_server_metadata()["jwks_uri"], timeout=10).json())
    try:
        token = jwt.decode(request.form["logout_token"], keys, algorithms=["RS256"])
        claims = token.claims
        good = token.header.get("typ") == "logout+jwt" and claims["iss"] == BRIDGE and claims["aud"] == CLIENT_ID
        good = good and LOGOUT_EVENT in claims["events"] and "nonce" not in claims and claims["exp"] > time.time()
    except Exception:  # noqa: BLE001 - whatever it is, it is no logout token
        good = False
    if not good:
        return {"error": "invalid_request"}, 400
    ended[claims["sid"]] = time.time()
    return "", 200, {"Cache-Control": "no-store"}


def page(body):
    return f"<!doctype html><html lang=en><title>Web example</title><h1>Web example</h1>{body}"


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]) if len(sys.argv) > 1 else 8002)
