"""Providers at which anyone can get an account: their word about an email is worth less than a company's own."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from app.domain.connections.connection import MatchBy, Provider

ANYONES = frozenset(
    (
        "accounts.google.com",
        "accounts.livechat.com",
        "api.github.com",
        "appleid.apple.com",
        "bitbucket.org",
        "discord.com",
        "github.com",
        "gitlab.com",
        "graph.facebook.com",
        "integrate.versature.com",
        "login.salesforce.com",
        "slack.com",
        "www.facebook.com",
        "www.linkedin.com",
    )
)
"""Hosts of the issuer, or of the endpoint that says who someone is."""
MICROSOFT = "login.microsoftonline.com"
OF_ALL_MICROSOFT = ("common", "organizations", "consumers", "9188040d-6c67-4c5b-b112-36a304b66dad")
"""The first part of the issuer's path, where it is not one directory's; the last is that of personal accounts."""
PINS = ("hd", "tid")
"""Required claims that tie the connection to one organisation at Google and at Microsoft."""


def anyone_can_sign_up(provider: Provider) -> bool:
    """As far as its address and its required claims tell: a provider of the company's own may allow it too."""
    if any(provider.required_claims.get(claim) for claim in PINS):
        return False
    address = urlsplit(provider.issuer or provider.userinfo_endpoint or "")
    if address.hostname == MICROSOFT:
        return address.path.strip("/").partition("/")[0].lower() in OF_ALL_MICROSOFT
    return address.hostname in ANYONES


def believed_beyond_reason(provider: Provider) -> bool:
    """Emails are believed without verification, of people whom nobody knows."""
    return provider.match_by is MatchBy.EMAIL and provider.email_trust == "always" and anyone_can_sign_up(provider)


def needs_own_domains(provider: Provider, own_domains: Sequence[str]) -> bool:
    """What a tenant's admin, or a set-up link, cannot switch on before the tenant has a domain of its own."""
    return believed_beyond_reason(provider) and not own_domains
