"""The userinfo endpoint: OpenID Connect Core, section 5.3, and its counterpart on plain OAuth 2.0 servers."""

from collections.abc import Callable, Mapping

from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.documents import BadDocument, parse_object
from app.adapters.provider.wording import shown
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode

JWT = "application/jwt"
_ACCEPT = f"application/json, {JWT};q=0.9"


def read_userinfo(
    channel: ProviderChannel, endpoint: str, *, access_token: str, open_token: Callable[[bytes], dict[str, object]]
) -> dict[str, object]:
    """The person's claims, with the access token in the header. `open_token` reads a response that is a token."""
    answer = channel.get(
        endpoint,
        endpoint="userinfo",
        refused=ReasonCode.USERINFO_FAILED,
        invalid=ReasonCode.ANSWER_INVALID,
        access_token=access_token,
        accept=_ACCEPT,
    )
    with channel.about(endpoint, endpoint="userinfo"):
        if answer.headers.get("content-type", "").partition(";")[0].strip().lower() == JWT:
            return open_token(answer.body.strip())
        try:
            return parse_object(answer.body)
        except BadDocument as error:
            raise SsoError(ReasonCode.ANSWER_INVALID, status=answer.status, error=str(error)) from None


def check_same_subject(userinfo: Mapping[str, object], *, subject: object) -> None:
    """Section 5.3.4: unless `sub` equals the id_token's, character by character, the response must not be used."""
    if "sub" not in userinfo or userinfo["sub"] != subject:
        raise SsoError(ReasonCode.SUBJECT_MISMATCH, expected=shown(subject), received=shown(userinfo.get("sub")))
