"""What a check of a provider found, in the words of the set-up pages, and at which field it is to be changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.connections.at_provider import at_provider
from app.domain.connections.connection import ClientAuth, Provider
from app.domain.connections.finding import Finding, Level
from app.domain.reasons import ReasonCode, remedy, summary
from app.domain.text import Text
from app.web.i18n import gettext, listed

Words = tuple[str, str]
"""What was found, and what to do."""

_FIELDS = {
    "discovery": "issuer",
    "issuer": "issuer",
    "endpoints": "issuer",
    "keys": "jwks_uri",
    "signing": "signing_algs",
    "client authentication": "client_auth",
    "client": "client_secret",
    "redirect URI": "client_id",
    "credentials": "client_secret",
    "scopes": "scopes",
    "response mode": "response_mode",
    "PKCE": "pkce",
    "own certificate": "certificate",
    "DPoP": "dpop",
    "profile ipsie": "profile",
}
"""The key that a check is about."""


@dataclass(frozen=True, slots=True)
class FindingWords:
    """`field` is the key of the connection to which a problem belongs; empty if none of them can cure it."""

    heading: str
    level: Level
    sentence: str
    remedy: str = ""
    field: str = ""
    matters: bool = False
    """Someone should read it before going on."""


def worst_first(findings: Iterable[Finding], provider: Provider) -> list[FindingWords]:
    """Problems, then warnings, then what is in order, each in words for the tenant's admin."""
    order = [Level.WRONG, Level.WARNING, Level.OK]
    return [_finding_words(one, provider) for one in sorted(findings, key=lambda one: order.index(one.level))]


def _finding_words(finding: Finding, provider: Provider) -> FindingWords:
    said, todo = _said(finding, provider)
    field = "" if finding.level is Level.OK else _FIELDS.get(finding.check, "")
    heading = _headings().get(finding.check, finding.check)
    matters = finding.level is not Level.OK and finding.code != "plain_http"
    return FindingWords(heading, finding.level, said, todo, field, matters)


def _headings() -> Mapping[str, str]:
    return {
        "discovery": gettext("Discovery document"),
        "issuer": gettext("Issuer"),
        "clock": gettext("Clock"),
        "certificate": gettext("TLS certificate of the provider"),
        "own certificate": gettext("Client certificate"),
        "endpoints": gettext("Endpoints"),
        "signing": gettext("Signing algorithm"),
        "client authentication": gettext("Client authentication"),
        "response mode": gettext("Response mode"),
        "scopes": gettext("Scopes"),
        "PKCE": gettext("PKCE"),
        "iss in the response": gettext("Issuer in the response"),
        "pushed requests": gettext("Pushed requests"),
        "keys": gettext("Signing keys"),
        "logout": gettext("Logout"),
        "redirect URI": gettext("Redirect URI"),
        "client": gettext("Client ID and secret"),
        "credentials": gettext("Client ID and secret"),
        "profile ipsie": gettext("IPSIE profile"),
        "DPoP": gettext("DPoP"),
    }


def _said(finding: Finding, provider: Provider) -> Words:
    texts = {key: _text(value) for key, value in finding.details.items()}
    known = {**_about_address(texts), **_about_tokens(texts), **_about_client(texts), **_about_rehearsal(texts)}.get(
        finding.code
    )
    if known:
        return known
    if finding.code in set(ReasonCode):
        code = ReasonCode(finding.code)
        return summary(code, finding.details), _refused_credentials(code, provider) or remedy(code, finding.details)
    return (finding.text, finding.remedy) if finding.level is not Level.OK else ("", "")


def _refused_credentials(code: ReasonCode, provider: Provider) -> str:
    """Where the right secret is in the provider's console; empty for anything else that went wrong."""
    if code is not ReasonCode.CLIENT_REFUSED or provider.client_auth not in (ClientAuth.BASIC, ClientAuth.POST):
        return ""
    told = at_provider(provider, code)
    there = gettext(told) if told else ""
    if provider.client_auth is ClientAuth.POST or provider.client_auth_encoding == "raw":
        return there
    encoding = gettext(
        "If they are right and the secret contains special characters, open “Advanced settings” and choose Raw as the "
        "“Client ID and secret encoding”."
    )
    return f"{there} {encoding}"


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return listed([str(one) for one in value])
    return gettext(value) if isinstance(value, Text) else str(value)


def _about_address(found: Mapping[str, str]) -> Mapping[str, Words]:
    """Reaching the provider, and what it says about itself."""
    where = found.get("address", "")
    host = found.get("host", "")
    open_it = gettext("Check the address. Opened in a browser, it must show a JSON document.")
    same = gettext("They must be the same, character by character. Copy the issuer from the provider's console.")
    differs = gettext(
        "The provider calls itself “%(received)s”, but “%(expected)s” was entered.",
        received=found.get("received", ""),
        expected=found.get("expected", ""),
    )
    private = gettext(
        "%(host)s leads to a private or reserved address, which the bridge does not connect to.", host=host
    )
    ask = gettext("Enter the provider's public address. Only the vendor's operator can allow a private network.")
    unreachable = gettext("The bridge could not connect to %(host)s.", host=host)
    reach = gettext(
        "Check the spelling, and that the provider is reachable from the internet, not only from your network."
    )
    ahead = gettext("The provider's clock is %(seconds)s seconds ahead of ours.", seconds=found.get("seconds", ""))
    behind = gettext("The provider's clock is %(seconds)s seconds behind ours.", seconds=found.get("seconds", ""))
    synchronise = gettext("Synchronise the provider's clock (NTP). From 120 seconds on, logins are refused.")
    return {
        "discovery_unreadable": (gettext("%(address)s is not the provider's metadata.", address=where), open_it),
        "discovery_missing": (
            gettext("%(address)s answered with status %(status)s.", address=where, status=found.get("status", "")),
            open_it,
        ),
        "issuer_same": (found.get("issuer", ""), ""),
        "issuer_differs": (differs, same),
        ReasonCode.ISSUER_MISMATCH: (differs, same),
        ReasonCode.ADDRESS_REFUSED: (private, ask),
        ReasonCode.PROVIDER_UNREACHABLE: (unreachable, reach),
        ReasonCode.PROVIDER_TIMEOUT: (gettext("%(host)s took too long to answer.", host=host), reach),
        ReasonCode.ANSWER_TOO_LARGE: (gettext("The answer is larger than 256 KB."), open_it),
        "clock_ahead": (ahead, synchronise),
        "clock_behind": (behind, synchronise),
        "plain_http": (gettext("Plain HTTP, which is allowed in development only."), ""),
    }


def _about_tokens(found: Mapping[str, str]) -> Mapping[str, Words]:
    """Certificates, keys and algorithms."""
    renew = gettext("Logins stop when it expires: renew it in time.")
    left = gettext("Valid for %(days)s more days.", days=found.get("days", ""))
    offered, accepted = found.get("offered", ""), found.get("accepted", "")
    allow = gettext("Open “Advanced settings” and allow one of the provider's signing algorithms.")
    missing = found.get("missing", "")
    return {
        "expires": (left, renew if int(found.get("days", "99")) < RENEW_DAYS else ""),
        "expired": (gettext("It has expired."), gettext("Renew it: logins fail until then.")),
        "keys_unreadable": (
            gettext("%(address)s does not contain a key set.", address=found.get("address", "")),
            gettext("Check the address of the key set (JWKS URI)."),
        ),
        "keys_unusable": (gettext("None of the provider's keys is for %(accepted)s.", accepted=accepted), allow),
        "keys_usable": (gettext("Usable keys: %(count)s.", count=found.get("count", "")), ""),
        "signing_differs": (
            gettext(
                "The provider signs with %(offered)s, but only %(accepted)s is allowed here.",
                offered=offered,
                accepted=accepted,
            ),
            allow,
        ),
        "profile_lacking": (
            gettext("The provider lacks %(missing)s.", missing=missing),
            gettext("Turn it on at the provider, or turn the profile off in “Advanced settings”."),
        ),
        "profile_claims": (
            gettext("The provider does not list the claims %(missing)s.", missing=missing),
            gettext("Configure the provider to send them in every id_token."),
        ),
        "profile_setting": (
            gettext("The setting “%(key)s” %(problem)s.", key=found.get("key", ""), problem=found.get("problem", "")),
            gettext("Open “Advanced settings” and change it."),
        ),
        "dpop_unsaid": (gettext("The provider does not say that it supports DPoP."), gettext("Test the login.")),
    }


def _about_client(found: Mapping[str, str]) -> Mapping[str, Words]:
    """Client id, secret, and what is asked for."""
    offered, used = found.get("offered", ""), found.get("used", "")
    fix = gettext("Open “Advanced settings” and choose one of these.")
    enter = gettext("Enter it in the step “Client ID and secret”.")
    return {
        "client_id_missing": (
            gettext("The client ID is missing."),
            enter,
        ),
        "client_secret_missing": (
            gettext("The client secret is missing."),
            enter,
        ),
        "client_auth_differs": (
            gettext("The provider accepts %(offered)s, not %(used)s.", offered=offered, used=used),
            fix,
        ),
        "response_mode_unlisted": (
            gettext("The provider lists %(offered)s, not %(used)s.", offered=offered, used=used),
            fix,
        ),
        "scopes_unlisted": (
            gettext("The provider does not list %(scopes)s.", scopes=found.get("scopes", "")),
            gettext("If a claim is missing in the test, compare the scopes with the provider's."),
        ),
        "pkce_off": (
            gettext("PKCE is turned off."),
            gettext("Turn it on in “Advanced settings” if the provider supports it."),
        ),
        "pkce_unlisted": (
            gettext("The provider does not list S256."),
            gettext("If logins fail, turn PKCE off in “Advanced settings”."),
        ),
    }


def _about_rehearsal(found: Mapping[str, str]) -> Mapping[str, Words]:
    """What the provider said to the client and the redirect URI, without a person."""
    return {
        "redirect_uri_rejected": (
            gettext(
                "The provider rejected the request (status %(status)s): it does not know the redirect URI, or not the "
                "client ID.",
                status=found.get("status", ""),
            ),
            gettext(
                "Register exactly %(redirect_uri)s there, and compare the client ID.",
                redirect_uri=found.get("redirect_uri", ""),
            ),
        ),
        "errors_without_iss": (
            gettext("The redirect URI is registered, but the provider leaves “iss” out of error responses."),
            gettext("Test the login. If the provider refuses one, the reason may read as an issuer mismatch."),
        ),
        "tokens_for_nothing": (
            gettext("The provider issued tokens for an invented code."),
            gettext("Check the provider's configuration: this must not happen."),
        ),
    }


RENEW_DAYS = 21
"""Below this, an expiry is a warning (adapters/provider/inspection.py)."""
