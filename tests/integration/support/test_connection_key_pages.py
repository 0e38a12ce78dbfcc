"""A connection's keys in both consoles: their address, what each does, and making and retiring them."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Role
from app.domain.connections.connection import ClientAuth, Connection, Provider, Sealed
from app.domain.connections.connection_key import CACHEABLE_S
from app.domain.tenants.tenant import Tenant
from tests.fake_idp import FakeProvider
from tests.integration.support.counter import CHANGED_MEANWHILE, PASSWORD, Browser, Counter, words


@pytest.fixture
def acme(counter: Counter) -> Tenant:
    tenant = counter.world.tenant("acme")
    counter.world.account(tenant, "ada", password=PASSWORD, roles=[Role.TENANT_ADMIN])
    return tenant


@pytest.fixture
def main(counter: Counter, acme: Tenant, idp: FakeProvider) -> Connection:
    return counter.world.connection(acme, idp)


@pytest.fixture(params=["admin", "support"])
def pages(request: pytest.FixtureRequest, counter: Counter, main: Connection) -> tuple[Browser, str]:
    """A browser of somebody who may, and the address."""
    if request.param == "admin":
        return counter.browser("ada", tenant="acme"), f"/admin/sso/{main.id}/keys"
    return counter.browser("olga"), f"/support/tenants/acme/sso/{main.id}/keys"


def kids(counter: Counter) -> set[str]:
    return {entry["kid"] for entry in counter.world.bridge.connection_keys.published("acme", "main")}


def test_keys_are_made_replaced_and_retired(counter: Counter, pages: tuple[Browser, str]) -> None:
    browser, here = pages
    assert "No keys yet." in browser.read(here)
    assert browser.fill(f"{here}/new", {}).status_code == 303
    first = kids(counter)
    shown = browser.read(here)
    assert "http://localhost:8000/t/acme/jwks/main" in shown
    assert "Current keys" in shown
    assert "Old keys" not in shown
    assert browser.fill(f"{here}/new", {}).status_code == 303
    assert kids(counter) > set(), "published at once"
    assert len(kids(counter) & first) == 2, "the replaced keys for signing stay published"
    shown = browser.read(here)
    assert "Old keys" in shown
    assert "Decrypts only" in shown
    assert browser.fill(f"{here}/retire", {}).status_code == 303
    assert not kids(counter) & first
    assert "Old keys" not in browser.read(here)
    actions = [entry.action for entry in counter.audit()]
    assert actions == ["connection.keys_rotated", "connection.keys_rotated", "connection.keys_retired"]


def test_compromised_keys_end_at_once(counter: Counter, pages: tuple[Browser, str]) -> None:
    browser, here = pages
    browser.fill(f"{here}/new", {})
    first = kids(counter)
    assert "Logins fail until the provider has fetched the new keys." in browser.read(f"{here}/withdraw")
    assert browser.fill(f"{here}/withdraw", {}).status_code == 303
    assert not kids(counter) & first


def test_a_second_click_and_a_stale_page_make_no_more_keys(counter: Counter, pages: tuple[Browser, str]) -> None:
    browser, here = pages
    browser.fill(f"{here}/new", {})
    assert browser.fill(f"{here}/new", {"generation": "1"}).status_code == 303
    for stale in ("1", "", "x", "9" * 30):
        answer = browser.fill(f"{here}/new", {"generation": stale})
        assert CHANGED_MEANWHILE in words(answer, status=409)
    assert [entry.action for entry in counter.audit()] == ["connection.keys_rotated"] * 2


def test_retiring_says_when_the_bridge_still_signs_with_an_old_key(
    counter: Counter, main: Connection, pages: tuple[Browser, str]
) -> None:
    browser, here = pages
    warning = "The provider may not have fetched them yet"
    counter.world.save(
        replace(main, provider=replace(main.provider, client_auth=ClientAuth.PRIVATE_KEY_JWT), private_key=None)
    )
    browser.fill(f"{here}/new", {})
    browser.fill(f"{here}/new", {})
    assert "Signs now" in browser.read(here)
    assert warning in browser.read(f"{here}/retire")
    counter.world.clock.forward(CACHEABLE_S)
    again = counter.browser("olga") if here.startswith("/support") else counter.browser("ada", tenant="acme")
    assert warning not in again.read(f"{here}/retire")


def test_what_expires_is_shown_in_days(counter: Counter, main: Connection, pages: tuple[Browser, str]) -> None:
    browser, here = pages
    counter.world.save(replace(main, client_secret_expires="2020-01-31"))
    assert "Expired" in browser.read(here)
    counter.world.save(replace(main, client_secret_expires="2020-01-31", next_client_secret=Sealed("next")))
    assert "the next one takes over by itself" in browser.read(here)
    counter.world.save(
        replace(main, certificate=Sealed("x"), certificate_expires_at=counter.world.clock.now() + 5 * 86_400 + 60)
    )
    assert "5 days left" in browser.read(here)


def test_another_tenants_connection_and_support_without_the_right_find_nothing(
    counter: Counter, main: Connection, idp: FakeProvider
) -> None:
    globex = counter.world.tenant("globex")
    counter.world.account(globex, "gina", password=PASSWORD, roles=[Role.TENANT_ADMIN])
    gina = counter.browser("gina", tenant="globex")
    theirs = counter.world.connection(globex, idp)
    for page in ("", "/new", "/retire", "/withdraw"):
        assert gina.get(f"/admin/sso/{main.id}/keys{page}").status_code == 404
        path = f"/support/tenants/acme/sso/{main.id}/keys{page}"
        assert counter.browser("sam").get(path).status_code == 403
        assert counter.browser("olga").get(path.replace("acme", "globex")).status_code == 404
    mine = gina.get(f"/admin/sso/{theirs.id}/keys")
    assert mine.status_code == 200


def test_a_connection_with_its_own_private_key_is_told_which_keys_are_for_what(
    counter: Counter, main: Connection, pages: tuple[Browser, str]
) -> None:
    browser, here = pages
    provider = Provider(issuer=main.provider.issuer, client_id="bridge", client_auth=ClientAuth.PRIVATE_KEY_JWT)
    counter.world.save(replace(main, provider=provider))
    assert "the provider needs this address" in browser.read(here)
    counter.world.save(replace(main, provider=provider, private_key=Sealed("own")))
    assert "which is not in this set" in browser.read(here)
