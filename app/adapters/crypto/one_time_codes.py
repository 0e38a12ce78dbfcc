"""Time-based one-time passwords by pyotp, QR codes by segno."""

import base64
import hmac
import secrets
from itertools import groupby

import pyotp

from app.ports.one_time_codes import QrCode

SECRET_BYTES = 20
"""The length that RFC 4226 recommends (section 4, R6)."""
STEP_S = 30
DIGITS = 6
NEIGHBOURS = 1
"""Steps on either side. A phone's clock may be 30 seconds off, and typing takes time (RFC 6238, section 5.2)."""
QUIET_ZONE = 4
LONGEST_NAME = 48
"""For the names of the workspace and the person in the app: longer ones make QR codes that cameras cannot read."""


class TimeBasedCodes:
    """The port `OneTimeCodes`."""

    def new_secret(self) -> str:
        return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()

    def address(self, secret: str, *, issuer: str, label: str) -> str:
        # Apps split the label at the first colon, even if it is encoded.
        workspace, person = (text.replace(":", " ")[:LONGEST_NAME] for text in (issuer, label))
        return pyotp.TOTP(secret).provisioning_uri(name=person, issuer_name=workspace)

    def qr_code(self, address: str) -> QrCode:
        import segno  # noqa: PLC0415 - few people see one

        matrix = segno.make(address, error="m", micro=False).matrix
        return QrCode(
            size=len(matrix) + 2 * QUIET_ZONE,
            path="".join(_runs(row, y) for y, row in enumerate(matrix, start=QUIET_ZONE)),
        )

    def step(self, secret: str, code: str, *, at: float, after: int) -> int | None:
        if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
            return None
        totp = pyotp.TOTP(secret)
        now = int(at) // STEP_S
        found = None
        for step in range(max(now - NEIGHBOURS, 0), now + NEIGHBOURS + 1):
            fits = hmac.compare_digest(totp.generate_otp(step), code)
            if fits and found is None and step > after:
                found = step
        return found


def _runs(row: bytearray, y: int) -> str:
    """Each horizontal run of dark modules as a line through its middle."""
    path, x, end = "", QUIET_ZONE, 0
    for dark, run in groupby(row):
        width = len(list(run))
        if dark:
            path += (f"m{x - end} 0" if end else f"M{x} {y}.5") + f"h{width}"
            end = x + width
        x += width
    return path
