"""Clients that nobody here wrote, at the real server."""

import shutil
from collections.abc import Iterator

import pytest

from tests.integration.oauth2.relying import Relying
from tests.integration.server import Server
from tests.services.worlds import migrate

collect_ignore = [] if shutil.which("node") and shutil.which("npm") else ["test_openid_client.py"]
"""Where there is no Node, Authlib's client alone is tried."""


@pytest.fixture(scope="module")
def relying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relying]:
    """`sso-bridge serve` with two workers, and the clients of docs/developers.md."""
    folder = tmp_path_factory.mktemp("server")
    url = f"sqlite:///{folder}/sso-bridge.sqlite3"
    migrate(url)
    server = Server.start(folder, url)
    yield Relying(server)
    server.close()
