"""A provider's endpoints: from discovery (OpenID Connect Discovery 1.0, section 4) or from the connection."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.document_cache import DocumentCache, Invalidated
from app.adapters.provider.wording import shown
from app.domain.connections.connection import TLS_AUTH, Connection, Protocol, Provider
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.step_up import PROMPTS
from app.domain.text import Text
from app.ports.system import Clock

WELL_KNOWN = "/.well-known/openid-configuration"
LONGEST_URL = 2048
MOST_DOCUMENTS = 2048
MOST_LOCALES = 200


@dataclass(frozen=True, slots=True)
class Discovered:
    """The parts of a discovery document that we use; every URL is checked."""

    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    jwks_uri: str | None = None
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    par_endpoint: str | None = None
    par_demanded: bool = False
    """The provider accepts pushed authorization requests only (RFC 9126, section 5)."""
    mtls: Mapping[str, str] = field(default_factory=dict)
    """Endpoints for clients with a certificate, by the names above (RFC 8705, section 5)."""
    prompts: tuple[str, ...] = ()
    """The `prompt` values that it says it supports."""
    ui_locales: tuple[str, ...] = ()
    """The languages of its pages, as it lists them."""
    response_iss: bool = False
    """The provider says that it sends `iss` in the authorization response (RFC 9207, section 3)."""
    challenge_methods: tuple[str, ...] = ()
    """For PKCE (RFC 8414, section 2)."""
    dpop_algs: tuple[str, ...] | None = None
    """Algorithms for DPoP proofs (RFC 9449, section 5.1); None if not stated."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Everything that a login by one connection needs to know."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str | None
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    response_iss: bool
    par_endpoint: str | None = None
    par_demanded: bool = False
    challenge_methods: tuple[str, ...] = ()
    dpop_algs: tuple[str, ...] | None = None
    prompts: tuple[str, ...] = ()
    ui_locales: tuple[str, ...] = ()


class MetadataStore:
    """`allow_http` (development) accepts http endpoints. Thread-safe."""

    def __init__(self, clock: Clock, *, allow_http: bool) -> None:
        self._schemes = ("https", "http") if allow_http else ("https",)
        self._documents: DocumentCache[Discovered] = DocumentCache(clock, most=MOST_DOCUMENTS)

    def of(self, connection: Connection, channel: ProviderChannel) -> Metadata:
        """The connection's own settings take precedence over what the provider publishes.

        Raises SsoError with `discovery_invalid`, `issuer_mismatch`, `endpoint_missing`, or what the channel raises.
        """
        provider = connection.provider
        try:
            return self._complete(provider, self._discovered(provider, channel))
        except SsoError as error:
            if error.code is ReasonCode.ENDPOINT_MISSING:
                self.distrust(provider)
            raise

    def distrust(self, provider: Provider) -> None:
        """An endpoint did not respond as it should: it may have moved."""
        self._documents.distrust(_key(provider))

    def _discovered(self, provider: Provider, channel: ProviderChannel) -> Discovered:
        if not _needs_discovery(provider):
            return Discovered()

        def fetch() -> Discovered:
            document = channel.read(
                discovery_address(provider) or "",
                endpoint="discovery",
                refused=ReasonCode.DISCOVERY_INVALID,
                invalid=ReasonCode.DISCOVERY_INVALID,
            )
            return self._read(document, issuer=provider.issuer)

        return self._documents.get(_key(provider), fetch, bulkhead_key=channel.bulkhead_key, deadline=channel.deadline)

    def _read(self, document: object, *, issuer: str | None) -> Discovered:
        if not isinstance(document, dict):
            raise SsoError(ReasonCode.DISCOVERY_INVALID, endpoint="discovery", error=Text("not a JSON object"))
        # Section 4.3: character by character, before any of its endpoints is trusted.
        if issuer is None or document.get("issuer") != issuer:
            raise Invalidated(ReasonCode.ISSUER_MISMATCH, expected=issuer, received=shown(document.get("issuer")))
        return Discovered(
            authorization_endpoint=self._endpoint(document, "authorization_endpoint"),
            token_endpoint=self._endpoint(document, "token_endpoint"),
            jwks_uri=self._endpoint(document, "jwks_uri"),
            userinfo_endpoint=self._endpoint(document, "userinfo_endpoint"),
            end_session_endpoint=self._optional(document, "end_session_endpoint"),
            par_endpoint=self._optional(document, _PAR),
            par_demanded=document.get("require_pushed_authorization_requests") is True,
            prompts=_known_prompts(document.get("prompt_values_supported")),
            ui_locales=_locales(document.get("ui_locales_supported")),
            mtls=self._aliases(document.get("mtls_endpoint_aliases")),
            response_iss=document.get("authorization_response_iss_parameter_supported") is True,
            challenge_methods=_words(document, "code_challenge_methods_supported") or (),
            dpop_algs=_words(document, "dpop_signing_alg_values_supported"),
        )

    def _endpoint(self, document: dict[str, object], name: str) -> str | None:
        value = document.get(name)
        if value is None:
            return None
        problem = self._problem(value)
        if problem:
            raise SsoError(ReasonCode.DISCOVERY_INVALID, endpoint=name, received=shown(value), error=problem)
        return str(value)

    def _optional(self, document: dict[str, object], name: str) -> str | None:
        """If it is invalid, logins that can do without it still work."""
        value = document.get(name)
        return value if isinstance(value, str) and not self._problem(value) else None

    def _aliases(self, document: object) -> dict[str, str]:
        if not isinstance(document, dict):
            return {}
        names = {"token_endpoint": "token_endpoint", "userinfo_endpoint": "userinfo_endpoint", _PAR: "par_endpoint"}
        found = {ours: self._optional(document, theirs) for theirs, ours in names.items()}
        return {name: url for name, url in found.items() if url}

    def _complete(self, provider: Provider, found: Discovered) -> Metadata:
        oidc = provider.protocol is Protocol.OIDC
        if oidc and not provider.issuer:
            raise SsoError(ReasonCode.ENDPOINT_MISSING, endpoint="issuer")
        own = {name: self._own(provider, name) for name in _OWN}
        aliases = found.mtls if provider.client_auth in TLS_AUTH else {}
        jwks_uri = own["jwks_uri"] or found.jwks_uri
        userinfo_endpoint = own["userinfo_endpoint"] or aliases.get("userinfo_endpoint") or found.userinfo_endpoint
        token_endpoint = own["token_endpoint"] or aliases.get("token_endpoint") or found.token_endpoint
        if oidc and _needs_keys(provider) and not provider.jwks:
            required(jwks_uri, "jwks_uri")
        if not oidc:
            required(userinfo_endpoint, "userinfo_endpoint")
        return Metadata(
            authorization_endpoint=required(
                own["authorization_endpoint"] or found.authorization_endpoint, "authorization_endpoint"
            ),
            token_endpoint=required(token_endpoint, "token_endpoint"),
            jwks_uri=jwks_uri,
            userinfo_endpoint=userinfo_endpoint,
            end_session_endpoint=own["end_session_endpoint"] or found.end_session_endpoint,
            response_iss=found.response_iss,
            par_endpoint=own["par_endpoint"] or aliases.get("par_endpoint") or found.par_endpoint,
            par_demanded=found.par_demanded,
            challenge_methods=found.challenge_methods,
            dpop_algs=found.dpop_algs,
            prompts=provider.prompt_values_supported or found.prompts,
            ui_locales=found.ui_locales,
        )

    def _own(self, provider: Provider, name: str) -> str | None:
        value: str | None = getattr(provider, name)
        problem = self._problem(value) if value else ""
        if problem:
            raise SsoError(ReasonCode.ENDPOINT_MISSING, endpoint=name, received=shown(value), error=problem)
        return value or None

    def _problem(self, value: object) -> str:
        """Why `value` is not a URL to call or redirect to; empty if it is one."""
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
            return Text("not a URL")
        if len(value) > LONGEST_URL or "\\" in value:
            return Text("not a URL")
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError:
            return Text("not a URL")
        if parts.scheme not in self._schemes:
            return Text("not an https URL")
        if not host or not _HOST.fullmatch(parts.netloc):
            return Text("not a plain host")
        return Text("a URL with a fragment") if "#" in value else ""


_HOST = re.compile(r"[A-Za-z0-9._:\[\]-]+")
"""A host, perhaps with a port; nothing that could start another directive in a Content-Security-Policy."""

_PAR = "pushed_authorization_request_endpoint"
_OWN = (
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "end_session_endpoint",
    "par_endpoint",
)


def discovery_address(provider: Provider) -> str | None:
    """The URL of the provider's metadata; None if the connection has no issuer."""
    if not provider.issuer:
        return None
    return provider.discovery_url or provider.issuer.rstrip("/") + WELL_KNOWN


def _words(document: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    value = document.get(name)
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else None


def _known_prompts(value: object) -> tuple[str, ...]:
    return tuple(word for word in PROMPTS if word in value) if isinstance(value, list) else ()


def _key(provider: Provider) -> tuple[str | None, str | None]:
    return (provider.issuer, provider.discovery_url)


def _needs_keys(provider: Provider) -> bool:
    return not all(alg.startswith("HS") for alg in provider.signing_algs)


def _needs_discovery(provider: Provider) -> bool:
    if not provider.issuer:
        return False
    if provider.par == "required" and not provider.par_endpoint:
        return True
    if provider.protocol is Protocol.OIDC:
        keys = provider.jwks_uri or provider.jwks or not _needs_keys(provider)
        return not (provider.authorization_endpoint and provider.token_endpoint and keys)
    return not (provider.authorization_endpoint and provider.token_endpoint and provider.userinfo_endpoint)


def required(value: str | None, name: str) -> str:
    """Raises SsoError `endpoint_missing`."""
    if value is None:
        raise SsoError(ReasonCode.ENDPOINT_MISSING, endpoint=name)
    return value


def _locales(value: object) -> tuple[str, ...]:
    return tuple(tag for tag in value[:MOST_LOCALES] if isinstance(tag, str)) if isinstance(value, list) else ()
