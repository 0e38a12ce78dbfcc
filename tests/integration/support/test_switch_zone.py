"""A switch is planned in the time zone of whoever plans it, and said in UTC too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from app.web.sso_only.switch_form import LOCAL
from tests.builders import hidden_fields
from tests.integration.support.counter import Browser, Counter, words

HERE = "/support/tenants/acme/switch"
KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.fixture
def browser(counter: Counter, ready: Tenant) -> Browser:
    browser = counter.browser("sam")
    browser.client.set_cookie("sso_zone", KOLKATA.key)
    assert ready.slug == "acme"
    return browser


def later(browser: Browser, at: str, **fields: str) -> tuple[int, str, dict[str, str]]:
    wanted = {"policy": LoginPolicy.SSO_ONLY.value, "when": "later", "at": at, "reason": "agreed", **fields}
    answer = browser.fill(f"{HERE}/check", wanted, page=HERE)
    return answer.status_code, words(answer, status=answer.status_code), hidden_fields(answer)


def test_what_is_typed_is_the_readers_time(counter: Counter, browser: Browser) -> None:
    assert "Date and time (Asia/Kolkata)" in browser.read(HERE)
    at = datetime.fromtimestamp(counter.world.clock.now(), tz=KOLKATA).replace(second=0, microsecond=0) + timedelta(3)
    status, page, form = later(browser, at.strftime(LOCAL))
    assert status == 200, page
    assert f"That is {at.astimezone(UTC):%Y-%m-%d, %H:%M} UTC." in page
    browser.client.set_cookie("sso_zone", "UTC")
    assert browser.client.post(HERE, data=form).status_code == 303, "the zone is that of the page, not of the moment"
    planned = counter.tenant().planned
    assert planned is not None
    assert planned.at == at.timestamp()


@pytest.mark.parametrize("zone", ["../../etc/passwd", "Mars/Olympus", ""])
def test_a_zone_that_does_not_exist_is_utc(counter: Counter, browser: Browser, zone: str) -> None:
    at = datetime.fromtimestamp(counter.world.clock.now() + 86_400, tz=UTC)
    status, _, form = later(browser, at.strftime(LOCAL), zone=zone)
    assert status == 200
    assert form["zone"] == "UTC"


def test_a_time_that_clocks_skip_is_refused_and_kept(browser: Browser) -> None:
    """2027-03-28 02:30 does not exist in Berlin."""
    status, page, _ = later(browser, "2027-03-28T02:30", zone="Europe/Berlin")
    assert status == 400
    assert "a date and time that exists in this time zone" in page
    assert "Date and time (Europe/Berlin)" in page


def test_in_utc_nothing_is_said_twice(counter: Counter, browser: Browser) -> None:
    at = datetime.fromtimestamp(counter.world.clock.now() + 86_400, tz=UTC)
    _, page, _ = later(browser, at.strftime(LOCAL), zone="UTC")
    assert "That is" not in page
