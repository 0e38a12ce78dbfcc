"""What operations see: who, what, when and where, in lines that machines read, and no person in any count."""

import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog

from app.adapters.logs import processors
from app.wiring.pages import site_options
from tests.fake_idp import changed
from tests.threats.acme import ALICE, Acme
from tests.threats.running import running_world


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """As in production."""
    written = io.StringIO()
    before = structlog.get_config()
    structlog.configure(
        processors=processors(development=False),
        logger_factory=structlog.PrintLoggerFactory(file=written),
        cache_logger_on_first_use=False,
    )
    yield written
    structlog.configure(**before)


def test_each_request_is_one_line_of_json_with_its_time_in_utc(acme: Acme, log: io.StringIO) -> None:
    acme.sign_in()
    acme.idp.on.id_token(changed(aud="somebody-else"))
    refused = acme.sign_in(acme.world.client())
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["status"] for line in lines if line["route"] == "/callback/<connection_id>"] == [303, 502]
    assert refused.status_code == 502
    for line in lines:
        assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)
        assert line["address"] == "127.0.0.1"
        assert line["request_id"]
    assert len({line["request_id"] for line in lines}) == len(lines)


def test_a_refused_login_can_be_found_from_its_line(acme: Acme, log: io.StringIO) -> None:
    acme.idp.on.id_token(changed(aud="somebody-else"))
    refused = acme.sign_in()
    *_, last = [json.loads(line) for line in log.getvalue().splitlines()]
    assert acme.world.bridge.traces.get(last["reference"]).reason == acme.world.trace(refused)["reason"]


def test_metrics_name_no_tenant_no_person_and_no_provider(acme: Acme) -> None:
    acme.sign_in()
    acme.idp.on.id_token(changed(aud="somebody-else"))
    acme.sign_in(acme.world.client())
    acme.idp.on.authorization_response(changed(error="mallory", error_description=ALICE))
    acme.sign_in(acme.world.client())
    acme.password(acme.world.client(), password="wrong")
    counts = acme.world.client().get("/metrics").get_data(as_text=True)
    for word in ("acme", "alice", "mallory", acme.idp.base_url, acme.main.id, acme.alice.id):
        assert word not in counts
    for counted in (
        ("sso", "signed_in", ""),
        ("sso", "refused", "audience_mismatch"),
        ("password", "refused", "wrong"),
    ):
        method, outcome, reason = counted
        assert re.search(rf'method="{method}",outcome="{outcome}",reason="{reason}\w*"', counts), counted


def test_metrics_are_for_whoever_has_their_token(tmp_path: Path) -> None:
    token = "0123456789abcdef"
    with running_world(tmp_path, metrics_token=token) as world:
        browser = world.client()
        for wrong in ("", token, f"Basic {token}", f"Bearer {token}x", f"Bearer {token[:-1]}", "Bearer", "Bearer \xff"):
            answer = browser.get("/metrics", headers={"Authorization": wrong} if wrong else {})
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="metrics"'
            assert "sso_bridge" not in answer.get_data(as_text=True)
        for right in (f"Bearer {token}", f"bearer {token}"):
            assert browser.get("/metrics", headers={"Authorization": right}).status_code == 200
        assert browser.get("/healthz").status_code == 200
        assert token not in repr(world.bridge.settings) + repr(site_options(world.bridge.settings))


def test_whoever_asks_for_what_is_not_there_fills_neither_log_nor_metrics(acme: Acme, log: io.StringIO) -> None:
    browser = acme.world.client()

    def series() -> set[str]:
        text = browser.get("/metrics").get_data(as_text=True)
        return {line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")}

    for path in ("/nowhere", "/static/nowhere", "/metrics"):
        browser.get(path)
    before = series()
    for number in range(20):
        for path in (f"/mallory-{number}", f"/t/mallory-{number}/nowhere", f"/static/mallory-{number}"):
            assert browser.get(path).status_code == 404
    assert series() == before
    assert "mallory" not in log.getvalue()
