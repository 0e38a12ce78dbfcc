"""Of an answer the lean driver reads whether it is a 200, and whether it is whole."""

import pytest

from tests.bench.stage.browser import Failed
from tests.bench.stage.clicks import is_whole

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"\r\n",
        HEAD + b"Content-Length: 0\r\n\r\n",
        HEAD + b"content-length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length:5\r\n\r\nhello",
    ],
)
def test_an_answer_is_whole_when_its_length_has_come(answer: bytes) -> None:
    assert is_whole(answer)
    assert not is_whole(answer[:-1])


def test_a_length_in_the_body_counts_for_nothing() -> None:
    assert is_whole(HEAD + b"Content-Length: 21\r\n\r\n\r\nContent-Length: 999")


@pytest.mark.parametrize("status", ["401 Unauthorized", "302 Found", "503 Service Unavailable"])
def test_anything_but_a_200_is_a_failed_visit(status: str) -> None:
    with pytest.raises(Failed, match=status[:3]):
        is_whole(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
