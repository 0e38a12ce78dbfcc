"""Staff test any tenant's connection, under every policy, and see what its admin would see."""

from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import SecurityPolicy
from app.domain.tenants.tenant import Tenant
from tests.builders import BASE_URL
from tests.fake_idp import FakeProvider
from tests.integration.support.counter import Browser, Counter, words

PAGE = "/support/tenants/acme"
TEST = f"{PAGE}/test/main"


def there_and_back(browser: Browser, idp: FakeProvider) -> TestResponse:
    """There and back; what the browser shows in the end."""
    out = browser.fill(TEST, {}, page=PAGE)
    assert out.status_code == 303, out.get_data(as_text=True)
    back = str(idp.authorize(out.headers["Location"]).callback_url).removeprefix(BASE_URL)
    assert browser.get(back).headers["Location"] == "/account/check"
    return browser.get("/account/check")


@pytest.mark.parametrize("policy", LoginPolicy)
@pytest.mark.parametrize("who", ["sam", "olga"])
def test_staff_test_a_tenants_connection_under_every_policy(
    counter: Counter, acme: Tenant, idp: FakeProvider, policy: LoginPolicy, who: str
) -> None:
    counter.world.save(replace(acme, policy=policy))
    browser = counter.browser(who)
    page = words(there_and_back(browser, idp))
    assert "The connection works" in page
    assert "A login would open this account: ada" in page
    assert "alice@acme.example" in page
    assert "Your own account" not in page
    assert "Tested " in browser.read(PAGE)
    assert counter.tenant().policy is policy


def test_the_networks_of_a_tenant_do_not_keep_staff_from_testing(
    counter: Counter, acme: Tenant, idp: FakeProvider
) -> None:
    counter.world.save(replace(acme, security=SecurityPolicy(networks=("10.0.0.0/8",))))
    assert "The connection works" in words(there_and_back(counter.browser(), idp))


def test_a_test_leads_back_to_the_tenant(counter: Counter, acme: Tenant, idp: FakeProvider) -> None:
    assert acme.slug == "acme"
    assert f'href="{PAGE}"' in there_and_back(counter.browser(), idp).get_data(as_text=True)


def test_a_tenants_admin_is_not_let_into_the_supports_test(counter: Counter, acme: Tenant) -> None:
    assert acme.slug == "acme"
    admin = counter.browser("ada", tenant="acme")
    assert admin.client.post(TEST).status_code in {400, 403}


def test_a_connection_that_does_not_exist_is_not_there_and_back(counter: Counter, acme: Tenant) -> None:
    assert acme.slug == "acme"
    assert counter.browser().fill(f"{PAGE}/test/other", {}, page=PAGE).status_code == 404
