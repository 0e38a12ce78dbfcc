"""The settings of a connection at a glance, for whoever only looks."""

from app.domain.connections.connection import Connection, MatchBy, Protocol
from app.web.i18n import gettext, listed


def summary(connection: Connection) -> list[tuple[str, str]]:
    """Label and value of the settings that people ask about."""
    provider = connection.provider
    where = (
        [(gettext("Issuer"), provider.issuer or "")]
        if provider.protocol is Protocol.OIDC
        else [
            (gettext("Authorization URL"), provider.authorization_endpoint or ""),
            (gettext("Access token URL"), provider.token_endpoint or ""),
            (gettext("Userinfo URL"), provider.userinfo_endpoint or ""),
        ]
    )
    secret = gettext("Stored") if connection.client_secret else ""
    found = [
        *where,
        (gettext("Client ID"), provider.client_id),
        (gettext("Client secret"), secret),
        (gettext("Secret expires on"), connection.client_secret_expires or ""),
        (gettext("Client authentication"), provider.client_auth),
        (gettext("Scopes"), " ".join(provider.scopes)),
        (gettext("Accounts are found by"), _matching(provider.match_by, provider.match_claim_path)),
        (gettext("Emails that count"), _trust(always=provider.email_trust == "always")),
        (
            gettext("Required claims"),
            listed(f"{name} = {value}" for name, value in provider.required_claims.items()),
        ),
    ]
    return [(label, value) for label, value in found if value]


def _matching(match_by: MatchBy, claim: str) -> str:
    named = {
        MatchBy.EMAIL: gettext("Email (claim %(claim)s)", claim=claim),
        MatchBy.USERNAME: gettext("Username (claim %(claim)s)", claim=claim),
        MatchBy.EXTERNAL_ID: gettext("External ID (claim %(claim)s)", claim=claim),
    }
    return named[match_by]


def _trust(*, always: bool) -> str:
    return gettext("All") if always else gettext("Only those that the provider marks as verified")
