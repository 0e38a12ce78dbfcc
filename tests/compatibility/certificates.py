"""An authority of the run's own: a server's certificate for `localhost`, and the bridge's as a client."""

from dataclasses import dataclass
from pathlib import Path

from tests.compatibility.provider import CERTIFICATE_NAME
from tests.integration.http.authority import VALID, Authority


@dataclass(frozen=True)
class Certificates:
    """Files in PEM."""

    authority: Path
    server: Path
    """Certificate and key in one."""
    client: Path
    client_key: Path

    @classmethod
    def made(cls, folder: Path) -> "Certificates":
        authority = Authority(folder)
        authority.server("localhost")
        found = cls(
            authority=authority.bundle,
            server=folder / f"localhost-{VALID[0].year}-{VALID[1].year}.pem",
            client=folder / "client.pem",
            client_key=folder / "client-key.pem",
        )
        certificate, key = authority.client(CERTIFICATE_NAME)
        found.client.write_text(certificate)
        found.client_key.write_text(key)
        return found
