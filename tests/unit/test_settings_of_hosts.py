"""Settings that would keep everybody from staying signed in are refused at start, by the name of the variable."""

import pytest

from app.settings import SettingsError, load_settings


@pytest.fixture(autouse=True)
def _development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSO_BRIDGE_ENV", "development")
    monkeypatch.setenv("SSO_BRIDGE_SECRET_KEYS", "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=")
    monkeypatch.setenv("SSO_BRIDGE_BASE_URL", "https://login.example.com")


@pytest.mark.parametrize("domain", ["other.com", "com", "ample.com", "login.example.com.evil.com"])
def test_a_cookie_domain_that_is_not_above_the_bridges_host_is_refused(
    domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSO_BRIDGE_COOKIE_DOMAIN", domain)
    with pytest.raises(SettingsError, match="SSO_BRIDGE_COOKIE_DOMAIN"):
        load_settings()


@pytest.mark.parametrize("domain", ["example.com", "login.example.com"])
def test_a_cookie_domain_above_the_bridges_host_is_taken(domain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSO_BRIDGE_COOKIE_DOMAIN", domain)
    assert load_settings().cookie_domain == domain


@pytest.mark.parametrize("url", ["https://login.example.com/bridge", "https://a@login.example.com", "ftp://x.example"])
def test_a_base_url_that_is_more_than_an_origin_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSO_BRIDGE_BASE_URL", url)
    with pytest.raises(SettingsError, match="SSO_BRIDGE_BASE_URL"):
        load_settings()


@pytest.mark.parametrize(
    "token", ["short", "fifteen-letters", "sixteen letters!", "sixteen\tletters-", "sechzehnbüchstab"]
)
def test_a_token_for_metrics_that_is_guessed_or_cannot_be_sent_is_refused(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSO_BRIDGE_METRICS_TOKEN", token)
    with pytest.raises(SettingsError, match="SSO_BRIDGE_METRICS_TOKEN") as caught:
        load_settings()
    assert token not in str(caught.value)
