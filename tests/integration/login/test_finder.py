"""The public page that leads somebody to the login page of their workspace."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from app.domain.tenants.tenant import Status
from tests.builders import World
from tests.fake_idp import FakeProvider


def find(world: World, typed: str, **more: str) -> str | list[str]:
    """Where it leads to, or the workspaces that it offers."""
    answer = world.client().get("/", query_string={"q": typed, **more})
    if answer.status_code == 303:
        return answer.headers["Location"]
    assert answer.status_code == 200
    return [link.replace("&amp;", "&") for link in re.findall(r'class="choice" href="([^"]+)"', answer.text)]


@pytest.mark.parametrize("typed", ["acme", "ACME", " acme ", "Acme Support", "acme support", "  Acme   SUPPORT "])
def test_a_workspace_is_found_by_what_it_is_called(world: World, typed: str) -> None:
    world.tenant("acme", name="Acme Support")
    world.tenant("acme-two", name="Acme Support Two")
    assert find(world, typed) == "/t/acme/login"


def test_of_two_of_one_name_nobody_is_sent_to_either(world: World) -> None:
    for slug in ("north", "south"):
        world.tenant(slug, name="Acme Support")
    assert find(world, "Acme Support", next="/account/password") == [
        "/t/north/login?next=%2Faccount%2Fpassword",
        "/t/south/login?next=%2Faccount%2Fpassword",
    ]


def test_nobody_is_sent_to_a_workspace_whose_address_is_the_name_of_another(world: World) -> None:
    world.tenant("acme", name="Somebody else")
    world.tenant("acme-support", name="Acme")
    assert find(world, "acme") == ["/t/acme/login", "/t/acme-support/login"]


def test_one_that_is_switched_off_is_not_found(world: World) -> None:
    world.save(replace(world.tenant("acme", name="Acme Support"), status=Status.DISABLED))
    assert find(world, "Acme Support") == []


def test_an_email_that_was_typed_goes_along_to_the_provider(world: World, idp: FakeProvider) -> None:
    acme = world.tenant("acme")
    world.save(replace(acme, email_domains=("acme.example",)))
    world.connection(acme, idp)
    client = world.client()
    location = client.get("/", query_string={"q": " Alice+x@acme.example ", "next": "/account/password"}).headers[
        "Location"
    ]
    assert location == "/t/acme/login?next=%2Faccount%2Fpassword&login_hint=Alice%2Bx%40acme.example"
    (button,) = re.findall(r'href="(/t/acme/oauth/login[^"]*)"', client.get(location).text)
    sent = parse_qs(urlsplit(client.get(button.replace("&amp;", "&")).headers["Location"]).query)
    assert sent["login_hint"] == ["Alice+x@acme.example"]


def test_of_several_workspaces_of_a_domain_each_gets_the_email(world: World) -> None:
    for slug in ("north", "south"):
        world.save(replace(world.tenant(slug), email_domains=("acme.example",)))
    hint = "?login_hint=alice%40acme.example"
    assert find(world, "alice@acme.example") == [f"/t/north/login{hint}", f"/t/south/login{hint}"]


@pytest.mark.parametrize("hint", ["x" * 255, "a\nb", ""])
def test_what_is_no_hint_is_left_out(world: World, idp: FakeProvider, hint: str) -> None:
    world.connection(world.tenant("acme"), idp)
    page = world.client().get("/t/acme/login", query_string={"login_hint": hint})
    assert "login_hint" not in page.text
