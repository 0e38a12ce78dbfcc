"""The only reader of the environment. Every setting has a docstring; the README's table is tested against them."""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, partial
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

PREFIX = "SSO_BRIDGE_"
KEY_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{16,}=*")
"""As an Authorization header can carry it (RFC 6750, section 2.1), and too long to guess."""


class SettingsError(Exception):
    """One sentence that names the variable and says what would be right."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Read once at start by the process entries (wsgi, cli); everything else gets what it needs from wiring."""

    env: str = "production"
    """`development` allows http and loopback providers and cookies without `Secure`, and shows outgoing mail at
    `/dev/mail`; no check is weaker otherwise."""

    base_url: str = ""
    """Public URL without a final slash. `http://localhost:8000` in development,
    required in production."""

    instance_dir: Path = Path("instance")
    """Where the embedded database and, in development, generated keys live."""

    database_url: str = field(default="", repr=False)
    """SQLAlchemy URL; PostgreSQL by `postgresql+psycopg://…`. Unset: SQLite in the instance folder."""

    redis_url: str = field(default="", repr=False)
    """`redis://…`. Unset: the embedded store, inside the database."""

    secret_keys: tuple[bytes, ...] = field(default=(), repr=False)
    """Comma-separated keys, newest first, each 32 bytes in standard or URL-safe base64: they seal stored secrets and
    cookies; old ones still open. Required in production, generated into the instance folder in development."""

    upstream_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Comma-separated private CIDRs that a provider may live in."""

    trusted_proxies: int = 0
    """How many proxies in front set `X-Forwarded-*`."""

    cookie_domain: str = ""
    """Shares the session with sibling hosts, for forward-auth in front of them (`example.com`)."""

    forward_auth_hosts: tuple[str, ...] = ()
    """Comma-separated hosts behind forward-auth that a login may go on to (`app.example.com`)."""

    trace_days: int = 30
    """How long the traces of logins are kept."""

    smtp_url: str = field(default="", repr=False)
    """`smtp://user:password@host:587?tls=starttls|none` or `smtps://host`. Unset: in production mail waits in the
    database, in development it is read at `/dev/mail` only."""

    mail_from: str = ""
    """Whom mail comes from: `login@example.com` or `Example Login <login@example.com>`. Required with an SMTP URL."""

    metrics_token: str = field(default="", repr=False)
    """What `/metrics` asks for as `Authorization: Bearer …`. Unset: whoever reaches it may read it."""

    @property
    def development(self) -> bool:
        return self.env == "development"

    @cached_property
    def public_url(self) -> str:
        """`base_url`, or its default in development."""
        return self.base_url or "http://localhost:8000"

    @cached_property
    def database(self) -> str:
        """`database_url`, or the embedded database."""
        return self.database_url or f"sqlite:///{self.instance_dir.resolve() / 'sso-bridge.sqlite3'}"


def load_settings() -> Settings:
    """From the environment. Raises SettingsError; in development it makes the missing keys."""
    settings = Settings(**_given())
    if settings.smtp_url and not settings.mail_from:
        raise SettingsError(
            f"{PREFIX}MAIL_FROM is not set. It is the sender of emails and required if {PREFIX}SMTP_URL is set."
        )
    _check_cookie_domain(settings)
    if settings.development:
        return settings if settings.secret_keys else replace(settings, secret_keys=(_own_key(settings),))
    if not settings.base_url:
        raise SettingsError(f"{PREFIX}BASE_URL is not set. It is required in production: the public URL of the bridge.")
    if not settings.base_url.startswith("https://"):
        raise SettingsError(f"{PREFIX}BASE_URL must start with https:// in production.")
    if not settings.secret_keys:
        raise SettingsError(
            f"{PREFIX}SECRET_KEYS is not set. Generate a key with: "
            "python3 -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())'"
        )
    return settings


def _check_cookie_domain(settings: Settings) -> None:
    """A browser drops a cookie for a domain that its host does not belong to: nobody would stay signed in."""
    host, domain = urlsplit(settings.public_url).hostname or "", settings.cookie_domain
    if domain and ("." not in domain or not f".{host}".endswith(f".{domain}")):
        raise SettingsError(f"{PREFIX}COOKIE_DOMAIN must be a parent domain of the bridge's own host, {host}.")


def environment() -> Mapping[str, str]:
    """What `env:NAME` in an apply file is looked up in, and what names a private CA (`REQUESTS_CA_BUNDLE`)."""
    return os.environ


def _given() -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name in os.environ:  # a setting that is not read could open what it was to close
        if name != name.upper() and name.upper() in {PREFIX + setting.name.upper() for setting in fields(Settings)}:
            raise SettingsError(f"{name} is not read: write it in upper case, {name.upper()}.")
    for setting in fields(Settings):
        variable = PREFIX + setting.name.upper()
        if variable in os.environ:
            try:
                given[setting.name] = _READ.get(setting.name, str)(os.environ[variable])
            except ValueError as error:
                raise SettingsError(f"{variable}: {error}") from error
    return given


def _env(text: str) -> str:
    if text not in ("production", "development"):
        raise ValueError("must be production or development")
    return text


def _base_url(text: str) -> str:
    url = text.rstrip("/")
    parts = urlsplit(url)
    beyond = parts.path or parts.query or parts.fragment or parts.username
    if url and (parts.scheme not in ("https", "http") or not parts.netloc or beyond):
        raise ValueError("must be a plain URL without a path, like https://login.example.com")
    return url


def _number(text: str, *, least: int, most: int) -> int:
    digits = text.strip()
    if not digits.isdecimal() or not least <= int(digits) <= most:
        raise ValueError(f"must be a whole number from {least} to {most}")
    return int(digits)


def _smtp_url(text: str) -> str:
    if text:
        from app.adapters.smtp.server import smtp_server  # noqa: PLC0415 - not everybody has a mail server

        smtp_server(text)
    return text


def _mail_from(text: str) -> str:
    if text:
        from app.adapters.smtp.server import mail_address  # noqa: PLC0415 - as above

        mail_address(text)
    return text


def _metrics_token(text: str) -> str:
    if text and not _TOKEN.fullmatch(text):
        raise ValueError("must have at least 16 characters: letters, digits and any of - . _ ~ + / =")
    return text


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _key(text: str) -> bytes:
    problem = "each key must be 32 bytes in base64, separated by commas"
    try:
        key = base64.b64decode(text.strip().translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(problem) from error
    if len(key) != KEY_BYTES:
        raise ValueError(problem)
    return key


def _own_key(settings: Settings) -> bytes:
    """The development key: made once, readable by its owner only."""
    path = settings.instance_dir / "secret.key"
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _key(path.read_text("ascii"))
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    return _key(path.read_text("ascii"))


_READ: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        "env": _env,
        "base_url": _base_url,
        "instance_dir": Path,
        "secret_keys": lambda text: tuple(map(_key, _parts(text))),
        "upstream_networks": lambda text: tuple(map(ip_network, _parts(text))),
        "trusted_proxies": partial(_number, least=0, most=10),
        "forward_auth_hosts": lambda text: tuple(map(str.lower, _parts(text))),
        "trace_days": partial(_number, least=1, most=3650),
        "smtp_url": _smtp_url,
        "mail_from": _mail_from,
        "metrics_token": _metrics_token,
    }
)
"""From the variable's text, or ValueError with what is wrong; other settings are text."""
