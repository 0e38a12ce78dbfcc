"""Requests that an attacker's configuration or answer would like to lead somewhere else."""

from collections.abc import Iterator

import pytest

from app.adapters.http.resolver import SocketAddress
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from tests.integration.http.authority import Authority
from tests.integration.http.hostile_server import HostileServer, answering, hostile_server, ok
from tests.integration.http.sending import Sender, sender

LOOPBACK_SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "0.0.0.0",
    "0",
    "[::]",
    "localhost",
]
INNER_ADDRESSES = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.0.1",
    "[fd00::1]",
    "[fe80::1]",
    "[ff02::1]",
    "[::ffff:10.0.0.1]",
    "224.0.0.1",
    "255.255.255.255",
]
METADATA_ADDRESSES = ["169.254.169.254", "2852039166", "[::ffff:169.254.169.254]", "[fd00:ec2::254]"]
INSIDE = "127.0.0.1"
ALLOWED = "127.0.0.2"


class Names:
    """A name server in an attacker's hands: one answer after the other, the last one again and again."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int, *, timeout: float) -> list[SocketAddress]:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(address, port) for address in answer]


@pytest.fixture
def victim() -> Iterator[HostileServer]:
    """A service inside that must not be reached."""
    with hostile_server(answering(ok(b"the crown jewels")), address=INSIDE) as server:
        yield server


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def refused(browser: Sender, url: str) -> SsoError:
    with pytest.raises(SsoError) as stopped:
        browser.get(url)
    assert stopped.value.code is ReasonCode.ADDRESS_REFUSED
    return stopped.value


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
def test_loopback_is_refused_however_it_is_spelt(host: str, victim: HostileServer) -> None:
    with sender() as browser:
        refused(browser, f"https://{host}:{victim.port}/")
    assert victim.connections == 0


@pytest.mark.parametrize("host", INNER_ADDRESSES)
def test_an_inner_address_is_refused(host: str) -> None:
    with sender() as browser:
        refused(browser, f"https://{host}/")


@pytest.mark.parametrize("host", INNER_ADDRESSES)
def test_an_inner_address_is_refused_in_development_too(host: str) -> None:
    with sender(development=True) as browser:
        refused(browser, f"http://{host}/")


@pytest.mark.parametrize("host", METADATA_ADDRESSES)
def test_the_metadata_service_is_refused_though_its_network_is_allowed(host: str) -> None:
    with sender(development=True, networks=("169.254.0.0/16", "fd00::/8", "0.0.0.0/0")) as browser:
        assert refused(browser, f"http://{host}/latest/meta-data/").details["error"] == (
            "the host resolves to the address of a cloud's metadata service"
        )


def test_a_public_name_that_leads_inside_is_refused(victim: HostileServer) -> None:
    with sender(resolver=Names([INSIDE])) as browser:
        refused(browser, f"https://localtest.example:{victim.port}/")
    assert victim.connections == 0


def test_a_name_with_a_public_and_an_inner_address_is_refused(victim: HostileServer) -> None:
    with sender(networks=(f"{ALLOWED}/32",), resolver=Names([ALLOWED, INSIDE])) as browser:
        refused(browser, f"https://mixed.example:{victim.port}/")
    assert victim.connections == 0


def test_a_rebound_name_is_connected_to_only_where_it_was_checked(victim: HostileServer, authority: Authority) -> None:
    names = Names([ALLOWED], [INSIDE])
    context = authority.server("rebind.example")
    with (
        sender(networks=(f"{ALLOWED}/32",), ca_bundle=authority.bundle, resolver=names) as browser,
        hostile_server(
            answering(ok(b"honest", "Connection: close")), tls=context, address=ALLOWED, port=victim.port
        ) as honest,
    ):
        url = honest.url(host="rebind.example")
        assert browser.get(url).body == b"honest"
        assert names.asked == 1
        refused(browser, url)
        assert names.asked == 2
    assert victim.connections == 0


def test_a_redirect_inside_is_not_followed(victim: HostileServer, authority: Authority) -> None:
    for status in (301, 302, 303, 307, 308):
        moved = f"HTTP/1.1 {status} Moved\r\nLocation: {victim.url('/admin')}\r\nContent-Length: 0\r\n\r\n"
        with (
            sender(networks=(f"{ALLOWED}/32",), ca_bundle=authority.bundle) as browser,
            hostile_server(answering(moved.encode()), tls=authority.server(ALLOWED), address=ALLOWED) as redirecting,
        ):
            answer = browser.get(redirecting.url(host=ALLOWED))
        assert (answer.status, answer.headers["location"]) == (status, victim.url("/admin"))
    assert victim.connections == 0


def test_a_refresh_header_is_not_followed(victim: HostileServer) -> None:
    refresh = ok(b"", f"Refresh: 0; url={victim.url()}", 'Alt-Svc: h2=":443"', f"Content-Location: {victim.url()}")
    with sender(development=True) as browser, hostile_server(answering(refresh), address=ALLOWED) as server:
        assert browser.get(server.url(host=ALLOWED)).status == 200
    assert victim.connections == 0


@pytest.mark.parametrize("scheme", ["http", "gopher", "file", "ftp", "dict", "ldap", "jar", "unix"])
def test_in_production_only_https_is_spoken(scheme: str, victim: HostileServer) -> None:
    with sender(networks=("127.0.0.0/8",)) as browser:
        refused(browser, f"{scheme}://{INSIDE}:{victim.port}/")
    assert victim.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://idp.example@{inside}/",
        "http://idp.example:pass@{inside}/",
        "http://idp.example\\@{inside}/",
        "http://{inside}\\.idp.example/",
        "http://idp.example%40{inside}/",
        "http://idp.example%2f@{inside}/",
        "http:// {inside}/",
        "http://{inside}\t/",
        "http://{inside}/\r\nHost: idp.example",
        "//{inside}/",
        "http:/{inside}/",
        "http:{inside}/",
    ],
)
def test_a_url_that_two_readers_read_differently_is_refused(url: str, victim: HostileServer) -> None:
    with sender(development=True) as browser:
        refused(browser, url.format(inside=f"{INSIDE}:{victim.port}"))
    assert victim.connections == 0


@pytest.mark.parametrize("port", [22, 25, 110, 5432, 6379, 11211, 27017])
def test_a_port_where_no_web_server_listens_is_refused(port: int) -> None:
    with sender(development=True) as browser:
        refused(browser, f"http://{INSIDE}:{port}/")


def test_a_proxy_of_the_environment_cannot_carry_requests_away(
    victim: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, victim.url())
    with sender(development=True) as browser, hostile_server(answering(ok(b"straight")), address=ALLOWED) as server:
        assert browser.get(server.url(host=ALLOWED)).body == b"straight"
    assert victim.connections == 0
