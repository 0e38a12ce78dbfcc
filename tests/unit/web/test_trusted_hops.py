"""Whose address a request comes from, where proxies are trusted."""

import pytest

from app.web.server.environ import trusted_hops


@pytest.mark.parametrize(
    ("forwarded", "proxies", "hops"),
    [
        ("192.0.2.1", 1, ["192.0.2.1"]),
        ("203.0.113.9, 192.0.2.1", 1, ["192.0.2.1"]),
        ("203.0.113.9, 192.0.2.1 , 10.0.0.2", 2, ["192.0.2.1", "10.0.0.2"]),
        ('", 192.0.2.1', 1, ["192.0.2.1"]),
        ("192.0.2.1", 2, []),
        ("192.0.2.1", 0, []),
        ("", 1, [""]),
    ],
)
def test_only_what_trusted_proxies_wrote_counts(forwarded: str, proxies: int, hops: list[str]) -> None:
    assert trusted_hops(forwarded, proxies) == hops
