"""npm's oidc-provider, with the versions of tests/compatibility/oidc_provider/package-lock.json."""

import json
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests
from joserfc.jwk import RSAKey

from tests.compatibility.certificates import Certificates
from tests.compatibility.provider import CERTIFICATE_NAME, SECRET, Client, Missing
from tests.services.process import Service, answers, free_port, private_folder

HERE = Path(__file__).parent / "oidc_provider"
START_S = 30


@dataclass(kw_only=True)
class OidcProvider:
    """The port RealProvider. Its clients and keys are a file that it reads again when it is told to."""

    certificates: Certificates
    service: Service
    config: Path
    issuer: str
    version: str
    name: str = "oidc-provider"
    clients: list[dict[str, object]] = field(default_factory=list)
    revision: int = 0

    @classmethod
    def start(cls, cache: Path, certificates: Certificates) -> "OidcProvider":
        folder, port = installed(cache), free_port()
        private = private_folder("oidc-provider")
        config = private / "config.json"
        version = json.loads((folder / "node_modules/oidc-provider/package.json").read_text())["version"]
        service = Service(
            name="oidc-provider",
            command=["node", folder / "server.mjs", config],
            folder=private,
            ready=lambda: answers(port),
        )
        issuer = f"https://localhost:{port}"
        provider = cls(certificates=certificates, service=service, config=config, issuer=issuer, version=version)
        provider._keys = [new_key()]
        provider._write()
        service.start()
        return provider

    def register(self, client: Client) -> None:
        self.clients.append({name: value for name, value in metadata(client).items() if value})
        self._tell()

    def rotate_keys(self) -> None:
        self._keys = [new_key()]
        self._tell()

    def close(self) -> None:
        self.service.discard()

    def _tell(self) -> None:
        self.revision += 1
        self._write()
        process = self.service._process
        assert process is not None
        process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + START_S
        while requests.get(f"{self.issuer}/revision", verify=str(self.certificates.authority), timeout=10).text != str(
            self.revision
        ):
            assert time.monotonic() < deadline, (self.service.folder / "oidc-provider.log").read_text()[-500:]
            time.sleep(0.05)

    def _write(self) -> None:
        pem = self.certificates.server.read_text()
        said = {
            "issuer": self.issuer,
            "port": int(self.issuer.rpartition(":")[2]),
            "revision": self.revision,
            "key": pem,
            "certificate": pem,
            "authority": self.certificates.authority.read_text(),
            "jwks": {"keys": self._keys},
            "clients": self.clients,
        }
        self.config.write_text(json.dumps(said))

    _keys: list[dict[str, object]] = field(default_factory=list)


def installed(cache: Path) -> Path:
    """By `npm ci`, every package checked against its hash."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            raise Missing(f"{program} (Debian: nodejs, npm)")
    folder = cache / "oidc-provider"
    shutil.copytree(HERE, folder, dirs_exist_ok=True)
    if not (folder / "node_modules").exists():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=folder, check=True)
    return folder


def new_key() -> dict[str, object]:
    return dict(RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True).as_dict(private=True))


def metadata(client: Client) -> dict[str, object]:
    """OpenID Connect Dynamic Client Registration 1.0, section 2, and its relatives."""
    by_tls = client.auth == "tls_client_auth"
    return {
        "client_id": client.client_id,
        "client_secret": SECRET if client.auth.startswith("client_secret") else "",
        "token_endpoint_auth_method": client.auth,
        "redirect_uris": [client.redirect_uri],
        "post_logout_redirect_uris": [client.signed_out_uri],
        "backchannel_logout_uri": client.backchannel_uri,
        "backchannel_logout_session_required": True,
        "jwks_uri": client.jwks_uri if client.encrypted_by or client.auth == "private_key_jwt" else "",
        "id_token_encrypted_response_alg": client.encrypted_by,
        "id_token_encrypted_response_enc": "A256GCM" if client.encrypted_by else "",
        "require_pushed_authorization_requests": client.par,
        "tls_client_auth_subject_dn": f"CN={CERTIFICATE_NAME}" if by_tls else "",
        "tls_client_certificate_bound_access_tokens": by_tls,
        "dpop_bound_access_tokens": client.dpop,
    }
