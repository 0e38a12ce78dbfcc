import base64
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import segno

from app.adapters.crypto.one_time_codes import LONGEST_NAME, QUIET_ZONE, STEP_S, TimeBasedCodes

CODES = TimeBasedCodes()
SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = (
    (59, "94287082"),
    (1_111_111_109, "07081804"),
    (1_111_111_111, "14050471"),
    (1_234_567_890, "89005924"),
    (2_000_000_000, "69279037"),
    (20_000_000_000, "65353130"),
)
"""RFC 6238, appendix B, for SHA-1: eight digits, of which apps show the last six."""


@pytest.mark.parametrize(("at", "digits"), VECTORS)
def test_the_codes_of_the_rfc_match_their_steps(at: int, digits: str) -> None:
    assert CODES.step(SECRET, digits[-6:], at=at, after=0) == at // STEP_S


@pytest.mark.parametrize(("at", "digits"), VECTORS)
@pytest.mark.parametrize(("off_s", "matches"), [(-60, False), (-30, True), (29, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(at: int, digits: str, off_s: int, *, matches: bool) -> None:
    step_begins = at // STEP_S * STEP_S
    found = CODES.step(SECRET, digits[-6:], at=step_begins + off_s, after=0)
    assert found == (at // STEP_S if matches else None)


def test_a_step_that_was_used_and_those_before_it_match_no_more() -> None:
    at, digits = VECTORS[1]
    step = at // STEP_S
    assert CODES.step(SECRET, digits[-6:], at=at, after=step - 1) == step
    assert CODES.step(SECRET, digits[-6:], at=at, after=step) is None
    assert CODES.step(SECRET, digits[-6:], at=at, after=step + 1) is None


@pytest.mark.parametrize("code", ["", "08180", "7081804", "07081804", "081 804", "٠٨١٨٠٤", "08180a", "²81804"])
def test_what_is_not_six_digits_matches_nothing(code: str) -> None:
    assert CODES.step(SECRET, code, at=1_111_111_109, after=0) is None


def test_the_code_of_another_secret_matches_nothing() -> None:
    assert CODES.step(CODES.new_secret(), "081804", at=1_111_111_109, after=0) is None


def test_secrets_have_160_bits_and_do_not_repeat() -> None:
    secrets = {CODES.new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(base64.b32decode(secret)) for secret in secrets} == {20}


def test_an_app_reads_whose_it_is() -> None:
    address = urlsplit(CODES.address(SECRET, issuer="Acme Süd: Support", label="bob:1@acme"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/Acme Süd  Support:bob 1@acme"
    assert parse_qs(address.query) == {"secret": [SECRET], "issuer": ["Acme Süd  Support"]}


def test_names_that_no_camera_could_read_are_cut() -> None:
    address = CODES.address(SECRET, issuer="ü" * 500, label="é" * 500)
    assert unquote(urlsplit(address).path) == f"/{'ü' * LONGEST_NAME}:{'é' * LONGEST_NAME}"
    assert CODES.qr_code(address).size <= 177 + 2 * QUIET_ZONE


def test_a_picture_is_what_the_encoder_says_with_a_quiet_zone_around_it() -> None:
    address = CODES.address(SECRET, issuer="Acme", label="bob")
    code = CODES.qr_code(address)
    modules = segno.make(address, error="m", micro=False).matrix
    assert code.size == len(modules) + 2 * QUIET_ZONE
    drawn = {(x - QUIET_ZONE, y - QUIET_ZONE) for x, y in dark(code.path)}
    assert drawn == {(x, y) for y, row in enumerate(modules) for x, module in enumerate(row) if module}


def dark(path: str) -> Iterator[tuple[int, int]]:
    """The modules that the lines of a picture cover."""
    x = y = 0
    for command, first, second in re.findall(r"([Mmh])(\d+)(?: (\d+)(?:\.5)?)?", path):
        if command == "M":
            x, y = int(first), int(second)
        elif command == "m":
            x += int(first)
        else:
            yield from ((column, y) for column in range(x, x + int(first)))
            x += int(first)
