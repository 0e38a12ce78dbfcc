"""A tenant's logo is shown to strangers before they sign in: it must be nothing but an image, and the tenant's own."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.tenants.logo import MOST_BYTES, logo_of
from tests.builders import World, hidden_fields
from tests.fake_idp import FakeProvider
from tests.images import jpeg, png
from tests.integration.admin.office import Office
from tests.integration.support.counter import CHANGED_MEANWHILE, Counter, words

HERE = "/admin/logo"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def office(world: World, idp: FakeProvider) -> Office:
    return Office(world, idp)


def upload(
    browser: FlaskClient, content: bytes, name: str = "logo.png", *, here: str = HERE, **more: str
) -> TestResponse:
    fields: dict[str, object] = {**hidden_fields(browser.get(here)), **more, "image": (BytesIO(content), name)}
    return browser.post(here, data=fields, content_type="multipart/form-data")


def test_the_login_page_shows_it_and_reads_nothing_for_it(office: Office) -> None:
    answer = upload(office.browser, png())
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{HERE}?saved")
    url = f"/t/acme/logo/{logo_of(png()).version}"
    assert f'src="{url}"' in office.world.client().get("/t/acme/login").get_data(as_text=True)
    assert f'src="{url}"' in office.browser.get(HERE).get_data(as_text=True)
    assert office.world.client().get(url).data == png()
    with office.world.bridge.database.read() as work:
        (entry,) = work.audit.of_tenant(office.tenant.id)
    assert (entry.action, entry.actor, entry.after) == (
        "tenant.changed", "acme/ada", {"logo": logo_of(png()).version}
    )  # fmt: skip


def test_the_image_can_do_nothing_but_be_shown(office: Office) -> None:
    upload(office.browser, jpeg(), "page.html")
    headers = office.world.client().get(f"/t/acme/logo/{logo_of(jpeg()).version}").headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (SVG, "logo.svg", "SVG files can contain scripts"),
        (SVG, "logo.png", "SVG files can contain scripts"),
        (b"just text", "logo.png", "This is not a PNG, JPEG or WebP image"),
        (b"", "", "Choose an image"),
        (png(1025, 1025), "logo.png", "must be between 16 and 1024 pixels"),
        (png() + b"x" * MOST_BYTES, "logo.png", "This file is too large"),
    ],
)
def test_what_is_no_image_is_refused_at_its_field(office: Office, content: bytes, name: str, said: str) -> None:
    answer = upload(office.browser, content, name)
    assert said in words(answer, status=400)
    assert 'id="image-error"' in answer.get_data(as_text=True)
    assert office.now().logo == ""


HUGE: dict[str, Any] = {"data": b"x" * 1_000_000, "content_type": "multipart/form-data; boundary=x"}


def test_a_huge_body_is_not_read_and_is_refused_at_its_field(office: Office) -> None:
    answer = office.browser.post(HERE, **HUGE)
    assert "This file is too large" in words(answer, status=413)
    assert 'id="image-error"' in answer.get_data(as_text=True)
    assert office.now().logo == ""


def test_a_huge_body_opens_the_page_to_no_one_else(office: Office) -> None:
    office.person("alice")
    assert office.world.client().post(HERE, **HUGE).status_code == 303  # to the login
    assert office.signed_in("alice").post(HERE, **HUGE).status_code == 403


def test_a_form_that_is_sent_twice_changes_it_once(office: Office) -> None:
    fields = hidden_fields(office.browser.get(HERE))
    for _ in range(2):
        data: dict[str, object] = {**fields, "image": (BytesIO(png()), "logo.png")}
        assert office.browser.post(HERE, data=data, content_type="multipart/form-data").status_code == 303
    with office.world.bridge.database.read() as work:
        assert len(list(work.audit.of_tenant(office.tenant.id))) == 1


def test_a_page_from_before_a_colleagues_change_undoes_nothing(office: Office) -> None:
    upload(office.browser, png())
    assert CHANGED_MEANWHILE in words(upload(office.browser, jpeg(), version="of another time"), status=409)
    assert office.now().logo == logo_of(png()).version


def test_a_logo_is_removed_and_its_address_with_it(office: Office) -> None:
    upload(office.browser, png())
    assert office.press(f"{HERE}/remove", on=HERE).status_code == 303
    assert office.now().logo == ""
    assert office.world.client().get(f"/t/acme/logo/{logo_of(png()).version}").status_code == 404


def test_a_logo_is_found_under_its_own_tenant_only(office: Office) -> None:
    upload(office.browser, png())
    office.world.tenant("globex")
    for url in (f"/t/globex/logo/{logo_of(png()).version}", "/t/acme/logo/0123456789abcdef", "/t/nobody/logo/x"):
        assert office.world.client().get(url).status_code == 404


def test_support_sets_it_for_a_tenant(world: World) -> None:
    counter = Counter(world)
    world.tenant("acme")
    here = "/support/tenants/acme/logo"
    assert upload(counter.browser().client, png(), here=here).status_code == 303
    assert counter.tenant().logo == logo_of(png()).version
    assert [entry.actor for entry in counter.audit()] == ["staff/sam"]
