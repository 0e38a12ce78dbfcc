"""A body that does not say how long it is: read up to the cap, and refused whole beyond it, never cut and then used."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import requests

from app.web.server.limits import MAX_BODY_BYTES
from tests.integration.customer import PASSWORD, Customer
from tests.integration.server import TIMEOUT_S
from tests.services.process import LOOPBACK

CHUNK = 16 * 1024


def in_chunks(body: bytes) -> Iterator[bytes]:
    """Sent with `Transfer-Encoding: chunked`."""
    return (body[start : start + CHUNK] for start in range(0, len(body), CHUNK))


@pytest.mark.parametrize(("beyond", "status"), [(0, 303), (1, 413), (CHUNK, 413)])
def test_a_login_whose_body_goes_beyond_the_cap_is_not_looked_at(customer: Customer, beyond: int, status: int) -> None:
    visitor = customer.visitor()
    path = f"/t/{customer.slug}/login"
    csrf = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', visitor.get(path).text)[0]
    form = urlencode({"username": "alice", "password": PASSWORD, "csrf_token": csrf, "padding": ""}).encode()
    answer = requests.post(
        f"http://{LOOPBACK}:{customer.server.port}{path}",
        data=in_chunks(form.ljust(MAX_BODY_BYTES + beyond, b"x")),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"},
        cookies=visitor.cookies,
        allow_redirects=False,
        timeout=TIMEOUT_S,
    )
    assert answer.status_code == status, answer.text
    assert ("sso_session" in answer.cookies) is (status == 303)
