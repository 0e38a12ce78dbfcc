"""What customer IT gets wrong, before the real server: a sentence at its field, and nothing half-saved."""

import itertools
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import requests

from app.domain.accounts.account import Role
from app.domain.tenants.tenant import Tenant
from app.web.server.limits import UPLOAD_BYTES
from tests.fake_idp import FakeProvider
from tests.images import png
from tests.integration.customer import NUMBERS, PASSWORD
from tests.integration.server import Server, Visitor, memory_bytes
from tests.integration.support.counter import CHANGED_MEANWHILE
from tests.services.process import LOOPBACK
from tests.services.worlds import migrate

MB = 1024**2
IMPORT, LOGO, NEW = "/admin/people/import", "/admin/logo", "/admin/sso/new"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GROWTH_MOST = 50 * MB


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One worker, whose memory is looked at."""
    folder = tmp_path_factory.mktemp("bad-input")
    url = f"sqlite:///{folder}/sso-bridge.sqlite3"
    migrate(url)
    running = Server.start(folder, url, workers=1)
    yield running
    running.close()


@pytest.fixture
def tenant(server: Server) -> Tenant:
    tenant = server.world.tenant(f"customer-{next(NUMBERS)}")
    server.world.account(tenant, "ada", password=PASSWORD, roles=[Role.TENANT_ADMIN])
    return tenant


@pytest.fixture
def ada(server: Server, tenant: Tenant) -> Visitor:
    visitor = Visitor(server)
    assert visitor.password_login(tenant.slug, "ada", PASSWORD).status_code == 303
    return visitor


def upload(ada: Visitor, path: str, field: str, name: str, content: bytes) -> requests.Response:
    return ada.post(path, hidden(ada, path), files={field: (name, content)})


def hidden(ada: Visitor, path: str) -> dict[str, str | bytes]:
    return dict(re.findall(r'name="(csrf_token|version|name)" value="([^"]*)"', ada.get(path).text))


def at_field(answer: requests.Response, field: str, *, status: int) -> str:
    """The sentence that screen readers get with the field."""
    assert answer.status_code == status, answer.text
    return answer.text.partition(f'id="{field}-error">')[2].partition("</p>")[0]


def begun(ada: Visitor) -> str:
    """The path of a draft's pages."""
    answer = ada.post(NEW, {**hidden(ada, NEW), "preset": "oidc"})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].removesuffix("/guide")


def memory(server: Server) -> int:
    return sum(memory_bytes(pid)[1] for pid in server.workers())


def test_a_file_as_large_as_allowed_is_read(ada: Visitor) -> None:
    line = b"%d,%s\n"
    rows = [line % (number, b"x" * 158) for number in range(50_000)]
    content = b"username,name\n" + b"".join(rows)
    assert 0.95 * UPLOAD_BYTES < len(content) < UPLOAD_BYTES
    answer = upload(ada, IMPORT, "file", "people.csv", content)
    assert answer.status_code == 303, answer.text


@pytest.mark.parametrize(("path", "field"), [(IMPORT, "file"), (LOGO, "image")])
def test_two_hundred_megabytes_are_refused_at_their_field_and_not_read(
    server: Server, ada: Visitor, path: str, field: str
) -> None:
    before = memory(server)
    cookies = "; ".join(f"{name}={value}" for name, value in ada.cookies.items())
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {LOOPBACK}:{server.port}\r\nCookie: {cookies}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {200 * MB}\r\n\r\n"
    )
    with socket.create_connection((LOOPBACK, server.port), timeout=60) as connection:
        connection.sendall(head.encode() + b"x" * MB)
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    assert answer.startswith("HTTP/1.1 413")
    assert f'id="{field}-error">This file is ' in answer
    assert memory(server) - before < GROWTH_MOST


def test_a_file_that_does_not_say_how_large_it_is_is_cut_off(server: Server, ada: Visitor) -> None:
    before = memory(server)
    chunks = itertools.repeat(b"x" * MB, 200)
    with suppress(requests.ConnectionError):  # It hangs up while the rest is on its way.
        answer = requests.post(
            f"http://{LOOPBACK}:{server.port}{IMPORT}",
            data=chunks,
            headers={"Content-Type": "multipart/form-data; boundary=x"},
            cookies=ada.cookies,
            timeout=60,
        )
        assert "larger than 8 MB" in at_field(answer, "file", status=413)
    assert memory(server) - before < GROWTH_MOST
    assert ada.get(IMPORT).status_code == 200


def test_a_provider_that_answers_without_end_is_said_at_the_issuer(
    server: Server, ada: Visitor, idp: FakeProvider
) -> None:
    before, draft = memory(server), begun(ada)
    idp.answer("discovery", body=itertools.repeat(b"x" * 65_536))
    answer = ada.post(f"{draft}/address", {**hidden(ada, f"{draft}/address"), "issuer": idp.issuer})
    assert "larger than 256 KB" in at_field(answer, "field-issuer", status=200)
    assert memory(server) - before < GROWTH_MOST


@pytest.mark.parametrize("name", ["logo.svg", "logo.png"])
def test_an_svg_with_a_script_is_no_logo(server: Server, ada: Visitor, tenant: Tenant, name: str) -> None:
    assert "SVG files can contain scripts" in at_field(upload(ada, LOGO, "image", name, SVG), "image", status=400)
    assert server.world.bridge.tenant_directory.one(tenant.slug).logo == ""
    assert upload(ada, LOGO, "image", "logo.png", png()).status_code == 303


def test_a_file_that_is_not_utf8_is_said_at_its_field(ada: Visitor) -> None:
    answer = upload(ada, IMPORT, "file", "people.csv", b"username\nJ\xfcrgen\n")
    assert "Line 2: This is not a UTF-8 text file." in at_field(answer, "file", status=400)


def test_typed_text_that_is_not_utf8_is_shown_as_it_was_understood(ada: Visitor) -> None:
    """No browser sends any; nothing of it is cut off or hidden."""
    path = f"{begun(ada)}/client"
    ada.post(path, {**hidden(ada, path), "client_id": b"J\xfcrgen", "go": "address"})
    assert 'value="J%FCrgen"' in ada.get(path).text


def test_a_step_that_is_sent_twice_at_once_is_saved_once(server: Server, ada: Visitor, tenant: Tenant) -> None:
    path = f"{begun(ada)}/claims"
    fields = {**hidden(ada, path), "scopes": "openid email"}
    with ThreadPoolExecutor(2) as hands:
        answers = list(hands.map(lambda _: Visitor(server, dict(ada.cookies)).post(path, fields), range(2)))
    assert {answer.status_code for answer in answers} <= {303, 409}
    assert 303 in {answer.status_code for answer in answers}
    with server.world.bridge.database.read() as work:
        (stored,) = work.connection_drafts.of_tenant(tenant.id)
    assert stored.settings.provider.scopes == ("openid", "email")


def test_a_tab_from_before_a_change_overwrites_nothing(ada: Visitor) -> None:
    path = f"{begun(ada)}/client"
    old = hidden(ada, path)
    ada.post(path, {**old, "client_id": "of the first", "go": "address"})
    answer = ada.post(path, {**old, "client_id": "of the second", "go": "address"})
    assert answer.status_code == 409
    assert CHANGED_MEANWHILE in answer.text
    assert 'value="of the first"' in answer.text
