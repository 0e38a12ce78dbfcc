"""The yardstick: a Flask app that signs people in with Authlib, as most people write it, on gunicorn.

`gunicorn --worker-class gthread --threads 4 tests.bench.stage.naive:app`; the issuer is in `NAIVE_ISSUER`.
One provider, no accounts, no store: its login and its session check are the least that Flask and Authlib can cost.
"""

import os
from typing import Any

from authlib.integrations.flask_client import OAuth
from flask import Flask, Response, jsonify, redirect, session, url_for

app = Flask(__name__)
app.secret_key = "the secret of the benchmark"
oauth = OAuth(app)
oauth.register(
    "provider",
    client_id="bridge.acme.example",
    client_secret="the secret of the benchmark",
    server_metadata_url=os.environ["NAIVE_ISSUER"] + "/.well-known/openid-configuration",
    client_kwargs={"scope": "openid email", "code_challenge_method": "S256"},
)


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@app.get("/login")
def login() -> Any:
    return oauth.provider.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback() -> Any:
    token = oauth.provider.authorize_access_token()
    session["user"] = token["userinfo"]
    return redirect("/me", code=303)


@app.get("/me")
def me() -> tuple[Response, int]:
    user = session.get("user")
    return (jsonify(user), 200) if user else (jsonify(error="no session"), 401)
