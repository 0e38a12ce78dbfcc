"""The real server under strange headers, restarts, new keys, signals, and providers that flood it."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.builders import CLIENT_SECRET
from tests.fake_idp.provider import Endpoint
from tests.integration.customer import Customer
from tests.integration.server import KEY, Visitor, encoded, memory_bytes
from tests.services.process import answers

MEGABYTE = 1024 * 1024
NEW_KEY = b"n" * 32


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "https"},
        {"X-Forwarded-Uri": "/secret", "X-Original-Uri": "/secret", "Forwarded": "for=203.0.113.9;host=evil.example"},
        {"X_Forwarded_Uri": "/secret", "X_Original_Uri": "/secret", "X-Forwarded-Prefix": "/evil"},
        {"X_Auth_Account": "boss", "X-Auth-Username": "boss", "Remote_User": "boss", "X-Rewrite-Url": "/metrics"},
    ],
)
def test_what_an_untrusted_client_says_of_its_address_and_of_ours_changes_nothing(
    customer: Customer, headers: dict[str, str]
) -> None:
    for path in ("/forward-auth", "/forward-auth?redirect=1", f"/t/{customer.slug}/login", "/account", "/session"):
        plain, dressed = customer.server.get(path), customer.server.get(path, headers=headers)
        assert dressed.status_code == plain.status_code
        assert dressed.headers.get("Location") == plain.headers.get("Location")
        assert "evil" not in dressed.text
    assert "203.0.113.9" not in customer.server.log()


# Restarts


def test_sessions_and_half_finished_logins_survive_a_rotation_of_keys(customer: Customer) -> None:
    customer.idp.client(client_secret=CLIENT_SECRET)
    by_sso, waiting = customer.by_sso(), customer.visitor()
    callback = waiting.callback(customer.idp, customer.slug)
    customer.server.restart(SSO_BRIDGE_SECRET_KEYS=encoded(NEW_KEY, KEY))
    assert by_sso.session() == {200}
    assert waiting.get(callback).status_code == 303, "its cookie and the client secret still open"
    assert customer.by_sso().session() == {200}
    home = by_sso.get("/account").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', home)[-1]
    out = by_sso.post("/logout", {"csrf_token": token})
    assert "id_token_hint" in out.headers["Location"], "what was sealed with the session still opens"


def test_sigterm_lets_a_login_finish_and_ends_every_process_and_no_session(customer: Customer) -> None:
    server, waiting, another = customer.server, customer.visitor(), customer.visitor()
    by_password = customer.by_password()
    unfinished = another.callback(customer.idp, customer.slug)
    callback = waiting.callback(customer.idp, customer.slug)
    workers = server.workers()
    customer.idp.hang("token")
    with ThreadPoolExecutor(1) as threads:
        login = threads.submit(waiting.get, callback)
        customer.idp.wait_for("token", timeout=60)
        process = server.service._process
        assert process is not None
        process.terminate()
        while answers(server.port):
            assert process.poll() is None, "it has not gone before the login"
        customer.idp.release()
        assert login.result().status_code == 303
    assert process.wait(30) == 0
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert "Traceback" not in server.log()
    server.restart()
    assert waiting.session() == {200}
    assert by_password.session() == {200}
    assert another.get(unfinished).status_code == 303


# A provider that floods


def pieces(megabytes: int) -> Iterator[bytes]:
    return (b" " * MEGABYTE for _ in range(megabytes))


@pytest.mark.parametrize("endpoint", ["discovery", "token", "jwks", "userinfo"])
def test_fifty_megabytes_from_a_provider_cost_a_worker_almost_nothing(customer: Customer, endpoint: Endpoint) -> None:
    idp, server = customer.idp, customer.server
    idp.claims_in = "userinfo"
    before = {pid: memory_bytes(pid)[0] for pid in server.workers()}
    visitor = customer.visitor()
    for _ in range(4):
        idp.answer(endpoint, body=pieces(50), times=1)
        answer = last_answer(visitor, customer)
        assert answer.status_code < 600
        assert answer.status_code != 500
    for pid, resident in before.items():
        assert memory_bytes(pid)[1] - resident < 100 * MEGABYTE
    assert set(server.workers()) == set(before), "nobody died of it"


def last_answer(visitor: Visitor, customer: Customer) -> requests.Response:
    out = visitor.get(f"/t/{customer.slug}/oauth/login")
    if out.status_code != 302:
        return out
    callback = customer.idp.authorize(out.headers["Location"]).callback_url
    return visitor.get(callback.removeprefix(f"http://127.0.0.1:{customer.server.port}"))
