"""Which files are logos: by their bytes alone."""

import pytest

from app.domain.tenants.logo import MOST_BYTES, LogoProblem, LogoRefused, logo_of
from tests.images import jpeg, png, webp

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (png(), "image/png"),
        (png(1024, 16), "image/png"),
        (jpeg(), "image/jpeg"),
        (jpeg(frame=0xC2), "image/jpeg"),
        (webp(b"VP8X"), "image/webp"),
        (webp(b"VP8L"), "image/webp"),
        (webp(b"VP8 "), "image/webp"),
    ],
)
def test_the_bytes_say_what_it_is(content: bytes, content_type: str) -> None:
    assert logo_of(content).content_type == content_type


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", LogoProblem.MISSING),
        (b"x" * (MOST_BYTES + 1), LogoProblem.TOO_LARGE),
        (SVG, LogoProblem.SVG),
        (b"just text", LogoProblem.NO_IMAGE),
        (b"GIF89a\x40\x00\x40\x00", LogoProblem.NO_IMAGE),
        (png()[:-12], LogoProblem.NO_IMAGE),
        (png() + SVG, LogoProblem.SVG),
        (jpeg()[:-2], LogoProblem.NO_IMAGE),
        (jpeg(frame=0xC4), LogoProblem.NO_IMAGE),
        (webp(b"VP8X")[:-1], LogoProblem.NO_IMAGE),
        (webp(b"VP8X", animated=True), LogoProblem.NO_IMAGE),
        (b"\xff\xd8\xff\xe0\x00\x00" + b"\xff" * 40 + b"\xff\xd9", LogoProblem.NO_IMAGE),
        (png(1025, 64), LogoProblem.DIMENSIONS),
        (png(64, 15), LogoProblem.DIMENSIONS),
        (jpeg(64, 1025), LogoProblem.DIMENSIONS),
        (webp(b"VP8L", 1025, 64), LogoProblem.DIMENSIONS),
        (webp(b"VP8 ", 64, 0), LogoProblem.DIMENSIONS),
    ],
)
def test_anything_else_is_refused_with_its_reason(content: bytes, problem: LogoProblem) -> None:
    with pytest.raises(LogoRefused) as refused:
        logo_of(content)
    assert refused.value.problem is problem


@pytest.mark.parametrize("whole", [png(), jpeg(), webp(b"VP8X"), webp(b"VP8L"), webp(b"VP8 ")])
def test_no_part_of_an_image_is_a_surprise(whole: bytes) -> None:
    for length in range(len(whole)):
        with pytest.raises(LogoRefused):
            logo_of(whole[:length])


def test_another_image_has_another_version() -> None:
    assert logo_of(png(64)).version != logo_of(png(65)).version
