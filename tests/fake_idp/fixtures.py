"""The provider as a fixture."""

from collections.abc import Iterator

import pytest

from tests.fake_idp.provider import FakeProvider


@pytest.fixture
def idp() -> Iterator[FakeProvider]:
    """An honest OpenID provider that takes any client; alice@acme.example signs in."""
    with FakeProvider() as provider:
        provider.person("alice", email="alice@acme.example", name="Alice Agent", preferred_username="alice")
        yield provider
