"""Settings that would weaken everything in production are refused at start, by the name of the variable."""

import base64
import re

import pytest

from app.settings import SettingsError, load_settings

KEY = base64.b64encode(b"k" * 32).decode()


@pytest.fixture(autouse=True)
def _production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSO_BRIDGE_ENV", raising=False)
    monkeypatch.setenv("SSO_BRIDGE_SECRET_KEYS", KEY)
    monkeypatch.setenv("SSO_BRIDGE_BASE_URL", "https://login.example.com")


def said() -> str:
    with pytest.raises(SettingsError) as refused:
        load_settings()
    return str(refused.value)


def test_without_a_word_about_it_everything_is_as_strict_as_in_production() -> None:
    assert not load_settings().development


@pytest.mark.parametrize(
    "url", ["http://login.example.com", "HTTP://login.example.com", "http://localhost:8000", "http://https.example.com"]
)
def test_logins_never_go_over_plain_http(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSO_BRIDGE_BASE_URL", url)
    assert said() == "SSO_BRIDGE_BASE_URL must start with https:// in production."


@pytest.mark.parametrize("name", ["sso_bridge_metrics_token", "SSO_Bridge_Metrics_Token"])
def test_a_setting_that_is_not_read_is_not_taken_for_set(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`/metrics` would be open."""
    monkeypatch.setenv(name, "a token of sixteen and more")
    assert said() == f"{name} is not read: write it in upper case, SSO_BRIDGE_METRICS_TOKEN."


@pytest.mark.parametrize("missing", ["BASE_URL", "SECRET_KEYS"])
def test_nothing_is_made_up(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(f"SSO_BRIDGE_{missing}")
    assert said().startswith(f"SSO_BRIDGE_{missing} is not set.")


@pytest.mark.parametrize("size", [0, 1, 16, 24, 31, 33, 64])
@pytest.mark.parametrize("before", ["", f"{KEY},"], ids=["alone", "after a good one"])
def test_a_key_that_is_not_32_bytes_long_seals_nothing(size: int, before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    weak = base64.b64encode(b"k" * size).decode() or "="
    monkeypatch.setenv("SSO_BRIDGE_SECRET_KEYS", before + weak)
    message = said()
    assert re.match(r"SSO_BRIDGE_SECRET_KEYS: each key must be 32 bytes", message)
    assert weak not in message.partition(":")[2]


@pytest.mark.parametrize("url", ["smtp://user:hunter2", "smtp://user:hun\u2100ter2@host"])
def test_a_password_of_an_address_that_cannot_be_read_is_not_in_the_message(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSO_BRIDGE_SMTP_URL", url)
    assert "ter2" not in said()
