"""A separate list of a person's addresses, as GitHub has it: the primary one counts, and only if verified."""

from app.adapters.provider.channel import ProviderChannel
from app.domain.accounts.identity import EmailClaim
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text


def read_primary_email(channel: ProviderChannel, endpoint: str, *, access_token: str) -> EmailClaim | None:
    """None if the list has no primary address. Raises SsoError `email_unverified` if that is not verified."""
    document = channel.read(
        endpoint,
        endpoint="emails",
        refused=ReasonCode.USERINFO_FAILED,
        invalid=ReasonCode.ANSWER_INVALID,
        access_token=access_token,
    )
    if not isinstance(document, list):
        raise SsoError(ReasonCode.ANSWER_INVALID, endpoint="emails", error=Text("not a JSON list"))
    primary = [entry for entry in document if isinstance(entry, dict) and entry.get("primary") is True]
    for entry in primary:
        if entry.get("verified") is True:
            return EmailClaim(value=entry.get("email"), verified=True)
    if primary:
        raise SsoError(ReasonCode.EMAIL_UNVERIFIED, endpoint="emails", claim="verified")
    return None
