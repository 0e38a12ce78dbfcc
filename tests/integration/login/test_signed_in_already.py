"""Whoever is signed in and opens a login page is told so, and may go on or become somebody else."""

import re
from dataclasses import replace

import pytest

from app.domain.tenants.login_policy import LoginPolicy
from tests.builders import World, hidden_fields, password_login
from tests.fake_idp import FakeProvider

PASSWORD = "correct horse battery staple"


@pytest.fixture
def site(world: World, idp: FakeProvider) -> World:
    acme = world.tenant("acme", name="Acme Support", policy=LoginPolicy.SSO_OPTIONAL)
    alice = world.account(acme, "alice", email="alice@acme.example", password=PASSWORD)
    world.save(replace(alice, name="Alice Example"))
    world.account(acme, "bob", password=PASSWORD)
    world.connection(acme, idp)
    world.account(world.tenant("globex", name="Globex"), "carol", password=PASSWORD)
    return world


def test_the_page_says_who_is_signed_in_and_goes_on(site: World) -> None:
    client = site.client()
    password_login(client, "alice", PASSWORD)
    page = client.get("/t/acme/login?next=/account/password").text
    assert "You are signed in" in page
    assert "Alice Example" in page
    assert re.search(r'href="/account/password">Continue', page)
    assert 'href="/account">Continue' in client.get("/t/acme/login?next=https://evil.example").text


def test_who_is_not_signed_in_reads_nothing_of_it(site: World) -> None:
    page = site.client().get("/t/acme/login").text
    assert "You are signed in" not in page
    assert "or use a different account" not in page


def test_another_account_is_one_form_away(site: World) -> None:
    client = site.client()
    password_login(client, "alice", PASSWORD)
    page = client.get("/t/acme/login")
    assert "or use a different account" in page.text
    assert "/t/acme/oauth/login" in page.text
    fields = {**hidden_fields(page), "username": "bob", "password": PASSWORD}
    assert client.post("/t/acme/login", data=fields).status_code == 303
    session = site.session(client)
    assert session
    assert session["account"]["username"] == "bob"  # type: ignore[index]  # JSON


def test_a_login_page_of_another_workspace_says_what_signing_in_there_ends(site: World) -> None:
    client = site.client()
    password_login(client, "alice", PASSWORD)
    page = client.get("/t/globex/login").text
    assert "You are signed in to Acme Support as alice. Signing in here signs you out there." in page
    assert "Continue" not in page
    assert 'name="password"' in page


def test_what_ended_is_no_session(site: World) -> None:
    client = site.client()
    password_login(client, "alice", PASSWORD)
    client.post("/logout", data=hidden_fields(client.get("/account")))
    assert "You are signed in" not in client.get("/t/acme/login").text
