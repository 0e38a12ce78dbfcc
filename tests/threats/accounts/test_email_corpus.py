"""A provider vouches, in the verified email claim, for an address that looks like somebody's. It opens nobody."""

from collections.abc import Iterator

import pytest

from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.fake_idp.script import changed
from tests.threats.accounts.impostors import COMPANY, IMPOSTORS, OTHER, PEOPLE
from tests.threats.running import running_world

EXPECTED = {"email_missing", "email_invalid", "email_outside_domains", "no_account"}
AT_THE_RIM = {"answer_invalid", "answer_too_large"}
"""A document with a NUL or half a character in it, or without end, is not even read."""


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        provider.person("mallory", email=f"mallory@{COMPANY}")
        yield provider


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, provider: FakeProvider) -> Iterator[World]:
    """A tenant whose people are worth being mistaken for; logins of every domain below are let in."""
    with running_world(tmp_path_factory.mktemp("bridge")) as world:
        tenant = world.tenant(email_domains=(COMPANY, OTHER, "fass.example"))
        world.connection(tenant, provider)
        for name in PEOPLE:
            world.account(tenant, name, email=f"{name}@{COMPANY}")
        world.account(tenant, "anna", email="bob@fass.example")
        client_prefix = world.tenant("globex")
        for name in (*PEOPLE, "mallory"):
            world.account(client_prefix, f"{name}-of-globex", email=f"{name}@{COMPANY}")
        yield world


@pytest.mark.parametrize("email", IMPOSTORS.values(), ids=IMPOSTORS.keys())
def test_an_address_that_looks_like_somebody_elses_opens_nobody(
    email: object, world: World, provider: FakeProvider
) -> None:
    said = changed(email=email, email_verified=True)
    provider.on.id_token(said)
    provider.on.userinfo(said)
    browser = world.client()

    response = world.sign_in(browser, provider)

    assert world.session(browser) is None
    assert world.trace(response)["reason"] in EXPECTED | AT_THE_RIM


@pytest.mark.parametrize("name", PEOPLE)
def test_the_address_itself_opens_its_account(name: str, world: World, provider: FakeProvider) -> None:
    said = changed(sub=f"subject-of-{name}", email=f"{name.upper()}@Company.EXAMPLE", email_verified=True)
    provider.on.id_token(said)
    provider.on.userinfo(said)
    browser = world.client()

    world.sign_in(browser, provider)

    session = world.session(browser)
    assert session is not None
    assert session["account"]["username"] == name  # type: ignore[index]  # JSON
    assert session["tenant"] == "acme"


def test_an_address_that_only_another_tenant_knows_opens_nobody(world: World, provider: FakeProvider) -> None:
    said = changed(email=f"mallory@{COMPANY}", email_verified=True)
    provider.on.id_token(said)
    provider.on.userinfo(said)
    browser = world.client()

    response = world.sign_in(browser, provider)

    assert world.session(browser) is None
    assert world.trace(response)["reason"] == "no_account"


@pytest.mark.parametrize(
    "verified", [None, False, 1, "True", "yes", "1", "false", "", [True], {"value": True}], ids=repr
)
def test_an_address_that_the_provider_does_not_vouch_for_opens_nobody(
    verified: object, world: World, provider: FakeProvider
) -> None:
    said = changed(email=f"bob@{COMPANY}", email_verified=verified)
    provider.on.id_token(said)
    provider.on.userinfo(said)
    browser = world.client()

    response = world.sign_in(browser, provider)

    assert world.session(browser) is None
    assert world.trace(response)["reason"] == "email_unverified"
