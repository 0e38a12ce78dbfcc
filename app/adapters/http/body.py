"""Reads a response's body: never more than the cap, before or after decompression."""

import zlib
from http.client import HTTPResponse

from app.adapters.http.exchange import Exchange
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text

_CHUNK_BYTES = 65_536
_GZIP = 16 + zlib.MAX_WBITS


def read_capped(answer: HTTPResponse, exchange: Exchange) -> bytes:
    """The body as received. Raises SsoError `answer_too_large` as soon as it is known to be."""
    if answer.length is not None and answer.length > exchange.max_bytes:
        raise exchange.too_large()
    body = bytearray()
    while part := answer.read1(_CHUNK_BYTES):
        body += part
        if len(body) > exchange.max_bytes:
            raise exchange.too_large()
    return bytes(body)


def unpack(body: bytes, encoding: str, exchange: Exchange) -> bytes:
    """The decoded body: `Content-Encoding` gzip or none. Never inflates beyond the cap.

    Raises SsoError `answer_too_large` or `answer_invalid`.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return body
        case "gzip" | "x-gzip":
            return _gunzip(body, exchange)
        case _:
            raise exchange.failed(
                ReasonCode.ANSWER_INVALID, Text("the response uses an encoding that was not requested")
            )


def _gunzip(body: bytes, exchange: Exchange) -> bytes:
    inflater = zlib.decompressobj(_GZIP)
    try:
        plain = inflater.decompress(body, exchange.max_bytes + 1)
    except zlib.error as error:
        raise exchange.failed(ReasonCode.ANSWER_INVALID, Text("the response is not valid gzip")) from error
    if len(plain) > exchange.max_bytes:
        raise exchange.too_large()
    if body and (not inflater.eof or inflater.unused_data):
        raise exchange.failed(
            ReasonCode.ANSWER_INVALID, Text("the response's gzip data is incomplete, or followed by other data")
        )
    return plain
