import pytest

from app.domain.sessions.device import device_of
from app.domain.sessions.visitor import Visitor

MOZILLA = "Mozilla/5.0"
KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox, Windows"),
        (f"{MOZILLA} (X11; Linux x86_64) {KIT} Chrome/131.0.0.0 Safari/537.36", "Chrome, Linux"),
        (f"{MOZILLA} (Windows NT 10.0) {KIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0", "Edge, Windows"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {KIT} Version/17.0 Safari/605.1.15", "Safari, macOS"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) {KIT} CriOS/131.0 Safari/604.1", "Chrome, iPhone"),
        (f"{MOZILLA} (Linux; Android 14) {KIT} Chrome/131.0.0.0 Mobile Safari/537.36", "Chrome, Android"),
        (f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) {KIT} Chrome/131.0.0.0 Safari/537.36", "Chrome, ChromeOS"),
        ("curl/8.5.0", ""),
        ("", ""),
        ("x" * 10_000 + "Firefox/1 Windows", ""),
        ("<script>Windows</script>\r\n", "Windows"),
    ],
)
def test_a_browser_is_named_in_few_words_of_our_own(user_agent: str, device: str) -> None:
    assert device_of(Visitor("192.0.2.1", browser="b", user_agent=user_agent)) == device
