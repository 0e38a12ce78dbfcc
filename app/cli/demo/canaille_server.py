"""Runs inside the provider's own environment, as a script; see provider.py for the other end.

Each line on standard input is a JSON object with the desired state; `ready` on standard output confirms it. When
standard input closes, the bridge is gone and the server exits.

    {"folder", "port", "people": [{"username", "password", "email", "name"}],
     "client": {"client_id", "client_secret", "redirect_uris", "post_logout_redirect_uris"}}
"""

import json
import os
import secrets
import sys
import threading
from pathlib import Path
from typing import Any

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from canaille.oidc import provider
from flask import Flask
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

LOOPBACK = "127.0.0.1"


def configuration(folder: Path, port: int) -> dict[str, Any]:
    key, cookie_key = kept_secrets(folder / "secrets.json")
    return {
        "SECRET_KEY": cookie_key,
        "SERVER_NAME": f"{LOOPBACK}:{port}",
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {
            "NAME": "Demo identity provider",
            "DATABASE": "sql",
            "SMTP": None,
            "ENABLE_PASSWORD_RECOVERY": False,
            "LOGGING": {"version": 1, "disable_existing_loggers": False, "root": {"level": "WARNING"}},
        },
        "CANAILLE_SQL": {
            "DATABASE_URI": f"sqlite:///{folder / 'canaille.sqlite'}",
            # The demo's passwords are public: slow hashing would only delay the start by seconds.
            "PASSWORD_HASH_PARAMS": {"pbkdf2_sha512__rounds": 1000},
        },
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [key], "TRUSTED_DOMAINS": [LOOPBACK]},
    }


def kept_secrets(path: Path) -> tuple[dict[str, str], str]:
    """The signing key and the cookie key; the same at every start."""
    if not path.exists():
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps([key.as_dict(private=True), secrets.token_hex(32)]))
    key, cookie_key = json.loads(path.read_text())
    return key, cookie_key


def arrange(app: Flask, wanted: dict[str, Any]) -> None:
    """Make people and client match the desired state; what is not named stays."""
    with app.app_context(), Backend.instance.session():
        for person in wanted["people"]:
            arrange_person(person)
        arrange_client(wanted["client"])


def arrange_person(person: dict[str, str]) -> None:
    user = Backend.instance.get(models.User, user_name=person["username"]) or models.User(user_name=person["username"])
    given_name, _, family_name = person["name"].partition(" ")
    user.formatted_name = person["name"]
    user.given_name, user.family_name = given_name, family_name or given_name
    user.display_name = person["username"]
    user.emails = [person["email"]]
    Backend.instance.save(user)
    if not user.has_password() or user.password != person["password"]:
        Backend.instance.set_user_password(user, person["password"])


def arrange_client(wanted: dict[str, Any]) -> None:
    client = Backend.instance.get(models.Client, client_id=wanted["client_id"]) or models.Client(
        client_id=wanted["client_id"]
    )
    client.client_name = "SSO Bridge"
    client.client_secret = wanted["client_secret"]
    client.client_uri = f"http://{LOOPBACK}/"  # A trusted domain, so that nobody is asked for consent.
    client.redirect_uris = wanted["redirect_uris"]
    client.post_logout_redirect_uris = wanted["post_logout_redirect_uris"]
    client.grant_types = ["authorization_code", "refresh_token"]
    client.response_types = ["code"]
    client.scope = ["openid", "email", "profile"]
    client.token_endpoint_auth_method = "client_secret_basic"
    client.id_token_signed_response_alg = "RS256"
    Backend.instance.save(client)
    client.audience = [client]
    Backend.instance.save(client)


def random_access_token(**_ignored: object) -> str:
    """Canaille 0.3.6 builds ids from claims and seconds: two logins in one second would collide (a 500)."""
    return secrets.token_urlsafe(32)


def say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def main() -> None:
    wanted = json.loads(sys.stdin.readline())
    provider.generate_access_token = random_access_token
    app = create_app(configuration(Path(wanted["folder"]), wanted["port"]))
    server = make_server(LOOPBACK, wanted["port"], app, threaded=True)
    arrange(app, wanted)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say_ready()
    for line in sys.stdin:
        arrange(app, json.loads(line))
        say_ready()
    os._exit(0)  # Nobody waits for the requests still running.


if __name__ == "__main__":
    main()
