"""How much of a request is read. The server keeps these limits, and the application behind it."""

import re
from typing import NamedTuple

MAX_BODY_BYTES = 192 * 1024
"""A chooser's ticket with the longest id_token fits; every other form is far smaller."""
UPLOAD_BYTES = 8 * 1024 * 1024
"""A file of 50,000 people has half of it."""
_UPLOADS = re.compile(r"/(?:admin|support/tenants/[^/]+)/people/(?:import|differences)")


class Limits(NamedTuple):
    """Bytes of a body: where files are uploaded, and everywhere else."""

    most: int = MAX_BODY_BYTES
    upload: int = UPLOAD_BYTES


def is_upload(path: str) -> bool:
    """Whether a form with a file is posted there. An upload that no session stands behind is refused by its page."""
    return _UPLOADS.fullmatch(path) is not None
