"""The userinfo endpoint: OpenID Connect Core, section 5.3, and what plain OAuth 2.0 servers have in its place."""

from collections.abc import Mapping

from app.adapters.provider.line import Line
from app.adapters.provider.wording import shown
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode


def read_userinfo(line: Line, endpoint: str, *, access_token: str) -> dict[str, object]:
    """The person's claims, by a bearer token in the header. A signed answer (`application/jwt`) is not taken."""
    document = line.read(
        endpoint,
        endpoint="userinfo",
        refused=ReasonCode.USERINFO_FAILED,
        invalid=ReasonCode.ANSWER_INVALID,
        bearer=access_token,
    )
    if not isinstance(document, dict):
        raise SsoError(ReasonCode.ANSWER_INVALID, endpoint="userinfo", error="not a JSON object")
    return document


def check_same_subject(userinfo: Mapping[str, object], *, subject: object) -> None:
    """Section 5.3.4: without the id_token's `sub`, character by character, nothing in the answer may be used."""
    if "sub" not in userinfo or userinfo["sub"] != subject:
        raise SsoError(ReasonCode.SUBJECT_MISMATCH, expected=shown(subject), received=shown(userinfo.get("sub")))
