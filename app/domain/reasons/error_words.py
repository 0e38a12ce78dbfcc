"""What the detail `error` of a trace says with a value in it, and how it is read back.

A trace stores English. What has no value is a `Text` where it is raised, and is looked up as it stands; a wording
with a value must be known, so that the value can be taken out of it. The words of a provider are not ours, and stay.
"""

from app.domain.reasons.reason import N_
from app.domain.text import Text, read_back

HOST_RESOLVES = N_("the host resolves to %(kind)s")
RESPONSE_TOO_LARGE = N_("the response is larger than %(kb)s KB")
PORT_REFUSED = N_("port %(port)s is not allowed for a web server")
HEADER_VALUE = N_("the value for %(name)s is not allowed in a header")
CERTIFICATE_REFUSED = N_("the certificate was not accepted: %(problem)s")
TLS_FAILED = N_("TLS failed: %(reason)s")
KEY_SIGNS_BY = N_("signs by %(alg)s, and profile ipsie allows %(allowed)s")
ITS_HEADER_HAS = N_("its header has `%(name)s`")
ITS_TOKEN = N_("its token: %(problem)s")
NEITHER = N_("neither %(wanted)s nor an error")
SESSION_TOO_SHORT = N_("less than %(seconds)s seconds after iat")
NOT_BY_THIS_SESSION = N_("the session is not allowed to do this: %(purpose)s")
NOT_JSON = N_("%(name)s is not JSON")
CLAIMS_LACKING = N_("the id_token has no %(claims)s")

KNOWN = (
    HOST_RESOLVES, RESPONSE_TOO_LARGE, PORT_REFUSED, HEADER_VALUE, CERTIFICATE_REFUSED, TLS_FAILED, KEY_SIGNS_BY,
    ITS_HEADER_HAS, ITS_TOKEN, NEITHER, SESSION_TOO_SHORT, NOT_BY_THIS_SESSION, NOT_JSON, CLAIMS_LACKING,
)  # fmt: skip


def error_said(stored: str) -> Text:
    """A trace's `error`, or the note of a step, as the sentence that it was."""
    return read_back(stored, KNOWN)
