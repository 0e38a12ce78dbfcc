"""Two hundred megabytes before the real server: the browser shows the page that refuses them, at their field."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.accounts.account import Role
from tests.integration.server import Server
from tests.journeys.steps import fill_in_password
from tests.services.browser import STEP_MILLISECONDS
from tests.services.process import LOOPBACK
from tests.services.worlds import migrate

BYTES = 200 * 1024**2


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("uploads")
    url = f"sqlite:///{folder}/sso-bridge.sqlite3"
    migrate(url)
    running = Server.start(folder, url, workers=1)
    tenant = running.world.tenant("acme")
    running.world.account(tenant, "ada", password="demo-ada", roles=[Role.TENANT_ADMIN])
    yield running
    running.close()


@pytest.fixture
def ada(server: Server, chromium: Browser) -> Iterator[Page]:
    """An admin whose browser runs no script: with one, the file would not even be sent."""
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(STEP_MILLISECONDS)
    page = context.new_page()
    page.goto(f"http://{LOOPBACK}:{server.port}/t/acme/login?next=/admin/")
    fill_in_password(page, "ada", "demo-ada")
    yield page
    context.close()


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    """Takes no place on the disk."""
    file = tmp_path / "huge"
    with file.open("wb") as opened:
        opened.truncate(BYTES)
    return file


@pytest.mark.parametrize(
    ("path", "field", "button"), [("people/import", "CSV file", "Check file"), ("logo", "Image", "Save logo")]
)
def test_what_is_far_too_large_is_refused_at_its_field(
    ada: Page, huge: Path, path: str, field: str, button: str
) -> None:
    ada.goto(ada.url.partition("/admin")[0] + f"/admin/{path}")
    ada.get_by_label(field).set_input_files(huge)
    ada.get_by_role("button", name=button).click()
    expect(ada.locator(".field-error")).to_contain_text("This file is")
