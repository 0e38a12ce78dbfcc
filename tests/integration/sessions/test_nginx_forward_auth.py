"""Apps behind a real nginx, configured as docs/forward-auth.md says: under the bridge's host, and on a sibling host."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.domain.accounts.account import Role
from tests.builders import World, password_login
from tests.integration.server import KEY, Server
from tests.integration.sessions.behind_nginx import Asker, echo, example, nginx, serving
from tests.services.process import LOOPBACK, free_port
from tests.services.worlds import migrate

PASSWORD = "correct horse battery staple"
SMUGGLED = {
    "X-Auth-Account": "mallory",
    "X-Auth-Username": "mallory",
    "X-Auth-Roles": "operator",
    "X-Auth-Tenant": "mallory",
    "X-Auth-JWT": "mallory",
    "X_Auth_Account": "mallory",
    "X_Auth_Roles": "mallory",
    "X_Auth_JWT": "mallory",
    "X-Auth_Username": "mallory",
    "x_auth-tenant": "mallory",
    "X-Forwarded-Host": "mallory.example",
}


@dataclass
class Stage:
    """alice is signed in: `own` are her cookies at the bridge's host, `shared` those at the sibling host."""

    asker: Asker
    world: World
    bridge: int
    login: str
    wiki: str
    own: str
    shared: str


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("behind-nginx")
    url = f"sqlite:///{folder}/sso-bridge.sqlite3"
    migrate(url)
    port = free_port()
    login, wiki = f"login.vendor.test:{port}", f"wiki.vendor.test:{port}"
    server = Server.start(
        folder,
        url,
        workers=1,
        SSO_BRIDGE_BASE_URL=f"http://{login}",
        SSO_BRIDGE_COOKIE_DOMAIN="vendor.test",
        SSO_BRIDGE_FORWARD_AUTH_HOSTS=wiki,
        SSO_BRIDGE_TRUSTED_PROXIES="1",
    )
    world = World.create(
        folder, database_url=url, base_url=f"http://{login}", secret_keys=(KEY,), cookie_domain="vendor.test"
    )
    world.account(world.tenant(), "alice", email="alice@acme.example", password=PASSWORD, roles=[Role.SUPERVISOR])
    browser = world.client()
    signed_in = password_login(browser, "alice", PASSWORD)
    cookies = {line.partition("=")[0]: line.partition(";")[0] for line in signed_in.headers.getlist("Set-Cookie")}
    with serving(echo) as app, nginx(port, bridge=server.port, app=app, hosts=(login, wiki)):
        yield Stage(Asker(port), world, server.port, login, wiki, cookies["sso_session"], cookies["sso_shared"])
    world.close()
    server.close()


@pytest.fixture(params=["own host", "sibling host"])
def place(request: pytest.FixtureRequest, stage: Stage) -> tuple[str, str, str]:
    """Host, path and alice's cookies there."""
    if request.param == "own host":
        return stage.login, "/wiki/page?a=1", stage.own
    return stage.wiki, "/page?a=1", stage.shared


def test_an_app_sees_who_makes_the_request(stage: Stage, place: tuple[str, str, str]) -> None:
    host, path, cookies = place
    status, _, body = stage.asker.get(host, path, cookies=cookies)
    assert status == 200
    seen = json.loads(body)
    assert seen["HTTP_X_AUTH_USERNAME"] == "alice"
    assert (seen["HTTP_X_AUTH_TENANT"], seen["HTTP_X_AUTH_ROLES"]) == ("acme", "supervisor")
    assert (seen["HTTP_X_AUTH_EMAIL"], seen["HTTP_X_AUTH_METHOD"]) == ("alice@acme.example", "password")


def test_the_example_app_goes_by_the_signed_identity(stage: Stage, place: tuple[str, str, str]) -> None:
    host, path, cookies = place
    module = example()
    identities = module.Identities(f"http://{stage.login}", host)
    identities.keys = module.KeySet.import_key_set(json.loads(stage.asker.get(stage.login, "/oauth2/jwks")[2]))
    token = json.loads(stage.asker.get(host, path, cookies=cookies)[2])["HTTP_X_AUTH_JWT"]
    claims = identities.verified(token)
    assert (claims["username"], claims["tenant"], claims["aud"]) == ("alice", "acme", host)
    with pytest.raises(PermissionError):
        module.Identities(f"http://{stage.login}", "another.vendor.test").verified(token)


def test_identity_headers_of_the_client_never_reach_the_app(stage: Stage, place: tuple[str, str, str]) -> None:
    host, path, cookies = place
    status, _, body = stage.asker.get(host, path, cookies=cookies, **SMUGGLED)
    assert status == 200
    assert "mallory" not in body.replace("mallory.example", "")
    seen = json.loads(body)
    assert (seen["HTTP_X_AUTH_USERNAME"], seen["HTTP_X_AUTH_ROLES"]) == ("alice", "supervisor")


def test_whoever_is_not_signed_in_is_sent_to_the_login_and_back_again(
    stage: Stage, place: tuple[str, str, str]
) -> None:
    host, path, _ = place
    status, headers, _ = stage.asker.get(host, path, **SMUGGLED)
    assert status == 302
    onward = path if host == stage.login else f"https://{host}{path}"
    assert headers["Location"].startswith(f"http://{stage.login}/?next=")
    assert parse_qs(urlsplit(headers["Location"]).query) == {"next": [onward]}


def test_the_sibling_hosts_cookie_opens_nothing_on_the_bridges_own_host(stage: Stage) -> None:
    assert stage.asker.get(stage.login, "/account", cookies=stage.shared)[0] == 303


def test_nobody_reaches_the_question_itself(stage: Stage) -> None:
    for host in (stage.login, stage.wiki):
        assert stage.asker.get(host, "/_bridge", cookies=stage.own)[0] == 404


def test_the_example_app_fetches_the_keys_and_answers(stage: Stage, tmp_path: Path) -> None:
    module = example()
    identities = module.Identities(f"http://{LOOPBACK}:{stage.bridge}", stage.wiki)
    identities.fetch()
    identities.bridge = f"http://{stage.login}"
    token = json.loads(stage.asker.get(stage.wiki, "/", cookies=stage.shared)[2])["HTTP_X_AUTH_JWT"]
    with serving(module.Wiki(identities)) as port:
        assert Asker(port).get("x", "/", **{"X-Auth-JWT": token})[::2] == (200, "Hello alice of acme")
        for forged in ("", "mallory", token[:-4] + "AAAA"):
            assert Asker(port).get("x", "/", **{"X-Auth-JWT": forged})[0] == 401
