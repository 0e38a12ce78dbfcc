"""Checks a customer's provider for everything that a login will need, before a login fails."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from app.adapters.provider import profile
from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.documents import BadDocument, parse_object
from app.adapters.provider.keys import KeyRing, parse_keys
from app.adapters.provider.metadata import Metadata, MetadataStore, discovery_address
from app.adapters.provider.rehearsal import Rehearsal, stopped
from app.adapters.provider.wording import shown
from app.domain.connections.connection import Connection, Protocol, Provider
from app.domain.connections.finding import Finding, Level
from app.domain.errors import SsoError
from app.ports.outbound import Answer, OutboundRequest

SKEW_WARNING_S = 30
SKEW_WRONG_S = 120
"""The leeway with providers: tokens beyond it are refused."""
CERTIFICATE_WARNING_DAYS = 21
CERTIFICATE_WRONG_DAYS = 3
DAY_S = 86_400
OK = 200
ADMIN = "Tenant admin: "


@dataclass(frozen=True, slots=True)
class Inspection:
    """One provider, with fresh requests: `metadata` is this inspection's own, empty cache."""

    connection: Connection
    metadata: MetadataStore
    channel: ProviderChannel
    now: Callable[[], float]
    own_certificate_expires_at: Callable[[], float | None]
    """Of the bridge's client certificate for this provider, if it has one."""
    rehearsal: Rehearsal | None = None

    def findings(self) -> Iterator[Finding]:
        """In the order in which a login needs them. Stops if nothing further can be checked."""
        provider = self.connection.provider
        document: Mapping[str, object] = {}
        yield from self._own_certificate()
        address = discovery_address(provider)
        if address:
            try:
                answer = self.channel.send(OutboundRequest(method="GET", url=address), endpoint="discovery")
                document = parse_object(answer.body)
            except BadDocument as error:
                advice, where = f"{ADMIN}check the issuer.", {"address": address}
                yield Finding("discovery", Level.WRONG, f"{address}: {error}", advice, "discovery_unreadable", where)
                return
            except SsoError as error:
                yield stopped("discovery", error)
                return
            if answer.status != OK:
                text = f"HTTP {answer.status} from {address} instead of the discovery document"
                details = {"address": address, "status": answer.status}
                yield Finding("discovery", Level.WRONG, text, f"{ADMIN}check the issuer.", "discovery_missing", details)
                return
            yield Finding("discovery", text=f"HTTP {answer.status} in {answer.took_ms} ms from {address}")
            yield _issuer(provider, document)
            yield _clock(answer, self.now())
        yield self._certificate(address or provider.token_endpoint)
        try:
            known = self.metadata.of(self.connection, self.channel)
        except SsoError as error:
            yield stopped("endpoints", error)
            return
        yield Finding("endpoints", text="all there")
        yield from _capabilities(provider, document, rehearsed=self.rehearsal is not None)
        yield from profile.findings(provider, known, _listed(document, "claims_supported"))
        if provider.protocol is Protocol.OIDC:
            yield self._keys(provider, known)
        yield _logout(self.connection, document, known)
        if self.rehearsal is not None:
            yield from self.rehearsal.findings(known)

    def _own_certificate(self) -> Iterator[Finding]:
        try:
            expires_at = self.own_certificate_expires_at()
        except SsoError as error:
            yield stopped("own certificate", error)
            return
        if expires_at is not None:
            remedy = f"{ADMIN}create a new certificate and apply it, at the provider first."
            yield _expiry("own certificate", expires_at - self.now(), remedy=remedy)

    def _certificate(self, url: str | None) -> Finding:
        try:
            expires_at = self.channel.certificate_expires_at(url) if url else None
        except SsoError as error:
            return stopped("certificate", error)
        if expires_at is None:
            text = "plain http, which is allowed in development only"
            return Finding("certificate", Level.WARNING, text, code="plain_http")
        advice = "Tenant IT: renew the provider's certificate."
        return _expiry("certificate", expires_at - self.now(), remedy=advice)

    def _keys(self, provider: Provider, known: Metadata) -> Finding:
        if not known.jwks_uri:
            return Finding("keys", text="set in the connection")
        try:
            answer = self.channel.send(OutboundRequest(method="GET", url=known.jwks_uri), endpoint="keys")
            ring = parse_keys(parse_object(answer.body))
        except BadDocument as error:
            text, details = f"{known.jwks_uri}: {error}", {"address": known.jwks_uri}
            return Finding("keys", Level.WRONG, text, f"{ADMIN}check jwks_uri.", "keys_unreadable", details)
        except SsoError as error:
            return stopped("keys", error)
        unsigned = _without_key(provider, ring)
        if unsigned:
            text = f"no usable key for {', '.join(unsigned)} (keys found: {len(ring.keys)})"
            fix = f"{ADMIN}set signing_algs to the provider's signing algorithms."
            return Finding("keys", Level.WRONG, text, fix, "keys_unusable", {"accepted": unsigned})
        return Finding("keys", text=f"{len(ring.keys)} usable", code="keys_usable", details={"count": len(ring.keys)})


def _expiry(check: str, left_s: float, *, remedy: str) -> Finding:
    days = int(left_s // DAY_S)
    text = f"valid for {days} more days" if left_s > 0 else "expired"
    code, details = ("expires", {"days": days}) if left_s > 0 else ("expired", {})
    if days >= CERTIFICATE_WARNING_DAYS:
        return Finding(check, text=text, code=code, details=details)
    level = Level.WRONG if days < CERTIFICATE_WRONG_DAYS else Level.WARNING
    return Finding(check, level, text, remedy, code, details)


def _issuer(provider: Provider, document: Mapping[str, object]) -> Finding:
    expected, received = provider.issuer or "", document.get("issuer")
    if received == expected:
        return Finding("issuer", text=expected, code="issuer_same", details={"issuer": expected})
    text = f"the provider's issuer is {shown(received)}, but the connection expects {expected}"
    if isinstance(received, str) and received.rstrip("/") == expected.rstrip("/"):
        text += "; they differ only in the trailing slash"
    details = {"received": shown(received), "expected": expected}
    fix = f"{ADMIN}set issuer to the provider's exact issuer."
    return Finding("issuer", Level.WRONG, text, fix, "issuer_differs", details)


def _clock(answer: Answer, now: float) -> Finding:
    try:
        skew_s = round(parsedate_to_datetime(answer.headers.get("date", "")).timestamp() - now)
    except ValueError:
        return Finding("clock", text="not compared: the provider's responses have no Date header")
    direction = "ahead" if skew_s > 0 else "behind"
    text = f"the provider's clock is {abs(skew_s)} s {direction}" if skew_s else "in sync"
    if abs(skew_s) <= SKEW_WARNING_S:
        return Finding("clock", text=text)
    level = Level.WRONG if abs(skew_s) > SKEW_WRONG_S else Level.WARNING
    fix = "Tenant IT and operator: synchronise both clocks with NTP."
    return Finding("clock", level, text, fix, f"clock_{direction}", {"seconds": abs(skew_s)})


def _capabilities(provider: Provider, document: Mapping[str, object], *, rehearsed: bool) -> Iterator[Finding]:
    """What the metadata says, compared with what the connection will request. A provider may say nothing."""
    if not document:
        return
    yield from _signing(provider, document)
    methods = _listed(document, "token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    auth = provider.client_auth.value
    if auth in methods or auth == "none":
        untried = "" if rehearsed or auth == "none" else "; the secret or key itself is tested by the first login"
        yield Finding("client authentication", text=f"{auth}{untried}")
    else:
        text = f"the provider accepts {', '.join(methods)}, but the connection uses {auth}"
        fix, details = f"{ADMIN}set client_auth to one of them.", {"offered": methods, "used": auth}
        yield Finding("client authentication", Level.WRONG, text, fix, "client_auth_differs", details)
    modes = _listed(document, "response_modes_supported") or ["query"]
    if provider.response_mode not in modes:
        text = f"the provider does not list {provider.response_mode}, only {', '.join(modes)}"
        fix, details = f"{ADMIN}set response_mode to one of them.", {"offered": modes, "used": provider.response_mode}
        yield Finding("response mode", Level.WARNING, text, fix, "response_mode_unlisted", details)
    scopes = _listed(document, "scopes_supported")
    unknown = [scope for scope in provider.scopes if scopes is not None and scope not in scopes]
    if unknown:
        text = f"the provider does not list {', '.join(unknown)}"
        fix, details = f"{ADMIN}check the scopes if a claim is missing after a login.", {"scopes": unknown}
        yield Finding("scopes", Level.WARNING, text, fix, "scopes_unlisted", details)
    yield _pkce(provider, document)
    promised = document.get("authorization_response_iss_parameter_supported") is True
    yield Finding(
        "iss in the response",
        text="sent and checked" if promised else "not announced; the callback URL identifies the provider",
    )
    if document.get("pushed_authorization_request_endpoint"):
        demanded = document.get("require_pushed_authorization_requests") is True
        yield Finding("pushed requests", text="required" if demanded else "supported")


def _signing(provider: Provider, document: Mapping[str, object]) -> Iterator[Finding]:
    algs = _listed(document, "id_token_signing_alg_values_supported")
    if algs is not None:
        shared = [alg for alg in provider.signing_algs if alg in algs]
        text = (
            f"the provider signs with {', '.join(algs)}, but the connection accepts {', '.join(provider.signing_algs)}"
        )
        fix = f"{ADMIN}set signing_algs to one of the provider's."
        details = {"offered": algs, "accepted": provider.signing_algs}
        wrong = Finding("signing", Level.WRONG, text, fix, "signing_differs", details)
        yield Finding("signing", text=", ".join(shared)) if shared else wrong


def _pkce(provider: Provider, document: Mapping[str, object]) -> Finding:
    methods = _listed(document, "code_challenge_methods_supported")
    if not provider.pkce:
        return Finding(
            "PKCE",
            Level.WARNING,
            "turned off in the connection",
            f"{ADMIN}set pkce = true if the provider supports it.",
            "pkce_off",
        )
    if methods is None:
        return Finding("PKCE", text="sent; the provider does not say whether it checks it")
    if "S256" in methods:
        return Finding("PKCE", text="S256")
    text, fix = "the provider does not list S256", f"{ADMIN}if logins fail, set pkce = false."
    return Finding("PKCE", Level.WARNING, text, fix, "pkce_unlisted")


def _logout(connection: Connection, document: Mapping[str, object], known: Metadata) -> Finding:
    """Supporting the back channel is not enough: our address must be registered at the provider."""
    promised = document.get("backchannel_logout_supported") is True
    offers = [
        name
        for name, offered in (
            ("from the bridge (RP-initiated)", known.end_session_endpoint),
            ("by back channel", connection.backchannel_at is not None),
            ("by front channel", document.get("frontchannel_logout_supported") is True),
        )
        if offered
    ]
    text = ", ".join(offers) if offers else "ends the session at the bridge only"
    if promised and connection.backchannel_at is None:
        text += "; back-channel logout is supported but not used yet: is its URL registered at the provider?"
    return Finding("logout", text=text)


def _without_key(provider: Provider, ring: KeyRing) -> list[str]:
    """The algorithms, if no accepted one has a key."""
    by_key = [alg for alg in provider.signing_algs if not alg.startswith("HS")]
    if not by_key or any(ring.candidates("Ed25519" if alg == "EdDSA" else alg, None) for alg in by_key):
        return []
    return by_key


def _listed(document: Mapping[str, object], name: str) -> Sequence[str] | None:
    value = document.get(name)
    return [str(shown(entry)) for entry in value] if isinstance(value, list) else None
