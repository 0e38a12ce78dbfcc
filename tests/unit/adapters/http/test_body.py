import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.http.body import unpack
from app.adapters.http.exchange import Exchange
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode

CAP = 1000


def exchange() -> Exchange:
    return Exchange("idp.example", 10.0, lambda: 0.0, CAP)


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_an_answer_without_encoding_stays_as_it_is(encoding: str) -> None:
    assert unpack(b"plain", encoding, exchange()) == b"plain"


@given(st.binary(max_size=CAP))
def test_gzip_is_undone(plain: bytes) -> None:
    assert unpack(gzip.compress(plain, mtime=0), "gzip", exchange()) == plain
    assert unpack(gzip.compress(plain, mtime=0), "X-GZIP", exchange()) == plain


def test_an_empty_body_is_empty_in_any_encoding() -> None:
    assert unpack(b"", "gzip", exchange()) == b""


@pytest.mark.parametrize("size", [CAP + 1, 100 * CAP])
def test_more_than_the_cap_is_never_unpacked(size: int) -> None:
    with pytest.raises(SsoError) as stopped:
        unpack(gzip.compress(bytes(size), mtime=0), "gzip", exchange())
    assert stopped.value.code is ReasonCode.ANSWER_TOO_LARGE


@given(st.binary(min_size=1, max_size=100), st.sampled_from(["gzip", "br", "deflate", "zstd", "gzip, br", "x"]))
def test_nonsense_is_an_invalid_answer(body: bytes, encoding: str) -> None:
    with pytest.raises(SsoError) as stopped:
        unpack(b"\x00" + body, encoding, exchange())
    assert stopped.value.code is ReasonCode.ANSWER_INVALID
