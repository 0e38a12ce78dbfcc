"""Keycloak's own distribution from Maven Central, told what to do through its admin API."""

import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.compatibility.certificates import Certificates
from tests.compatibility.provider import CERTIFICATE_NAME, PASSWORD, SECRET, Client, Missing
from tests.services.process import Service, answers, free_port, private_folder

VERSION = "26.7.0"
COORDINATES = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:tar.gz"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
REALM = "acme"
ADMIN = "admin"
START_S = 600
BUILT_IN = ("--db=dev-mem", "--https-client-auth=request")
ENVIRONMENT = (
    f"KC_BOOTSTRAP_ADMIN_USERNAME={ADMIN}",
    f"KC_BOOTSTRAP_ADMIN_PASSWORD={PASSWORD}",
    "JAVA_OPTS_APPEND=-XX:TieredStopAtLevel=1 -Xmx768m",
)


@dataclass(kw_only=True)
class Keycloak:
    """The port RealProvider: one realm, with alice and bob."""

    certificates: Certificates
    service: Service
    base: str
    version: str = VERSION
    name: str = "Keycloak"
    rotations: int = 0

    @property
    def issuer(self) -> str:
        return f"{self.base}/realms/{REALM}"

    @classmethod
    def start(cls, cache: Path, certificates: Certificates) -> "Keycloak":
        home, folder, port = installed(cache), private_folder("keycloak"), free_port()
        service = Service(
            name="keycloak",
            command=["/usr/bin/env", *ENVIRONMENT, str(home / "bin" / "kc.sh"), *options(certificates, port)],
            folder=folder,
            ready=lambda: answers(port),
            start_s=START_S,
        )
        service.start()
        keycloak = cls(certificates=certificates, service=service, base=f"https://localhost:{port}")
        try:
            keycloak._furnish()
        except BaseException:
            keycloak.close()
            raise
        return keycloak

    def register(self, client: Client) -> None:
        self._admin("POST", f"/{REALM}/clients", representation(client))

    def rotate_keys(self) -> None:
        """A new key that signs from now on; the old one is still published."""
        self.rotations += 1
        config = {"priority": [str(1000 + self.rotations)], "algorithm": ["RS256"], "keySize": ["2048"]}
        provider = {"providerId": "rsa-generated", "providerType": "org.keycloak.keys.KeyProvider", "config": config}
        self._admin("POST", f"/{REALM}/components", {"name": f"rotation-{self.rotations}", **provider})

    def close(self) -> None:
        self.service.discard()

    def _furnish(self) -> None:
        self._admin("POST", "", {"realm": REALM, "enabled": True})
        for name in ("alice", "bob"):
            credentials = [{"type": "password", "value": PASSWORD, "temporary": False}]
            person = {"username": name, "firstName": name, "lastName": "of Acme", "enabled": True}
            email = {"email": f"{name}@acme.example", "emailVerified": True}
            self._admin("POST", f"/{REALM}/users", {**person, **email, "credentials": credentials})

    def _admin(self, method: str, path: str, body: Any) -> None:
        """An admin's token lives for a minute: each call takes a new one."""
        answer = requests.post(
            f"{self.base}/realms/master/protocol/openid-connect/token",
            data={"grant_type": "password", "client_id": "admin-cli", "username": ADMIN, "password": PASSWORD},
            verify=str(self.certificates.authority),
            timeout=60,
        )
        answer.raise_for_status()
        done = requests.request(
            method,
            f"{self.base}/admin/realms{path}",
            json=body,
            headers={"Authorization": f"Bearer {answer.json()['access_token']}"},
            verify=str(self.certificates.authority),
            timeout=60,
        )
        assert done.ok, f"{path}: {done.status_code} {done.text[:300]}"


def installed(cache: Path) -> Path:
    """Fetched by its coordinates, unpacked and built, once."""
    for program, package in (("java", "default-jre-headless"), ("mvn", "maven")):
        if not shutil.which(program):
            raise Missing(f"{program} (Debian: {package})")
    home = cache / f"keycloak-{VERSION}"
    built = home / "built"
    if not built.exists():
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mvn", "-q", "-B", COPY, f"-Dartifact={COORDINATES}", f"-DoutputDirectory={cache}"], check=True)
        archive = cache / f"keycloak-quarkus-dist-{VERSION}.tar.gz"
        with tarfile.open(archive) as files:
            files.extractall(cache, filter="data")
        archive.unlink()
        subprocess.run([home / "bin" / "kc.sh", "build", *BUILT_IN], check=True, capture_output=True)
        built.touch()
    return home


def options(certificates: Certificates, port: int) -> list[str]:
    return [
        "start",
        "--optimized",
        "--http-host=127.0.0.1",
        f"--https-port={port}",
        f"--hostname=https://localhost:{port}",
        f"--https-certificate-file={certificates.server}",
        f"--https-certificate-key-file={certificates.server}",
        f"--https-trust-store-file={certificates.authority}",
    ]


def representation(client: Client) -> dict[str, object]:
    """A client as the admin API has it; what its console shows under *Settings*, *Keys* and *Advanced*."""
    authenticators = {
        "client_secret_jwt": "client-secret-jwt",
        "private_key_jwt": "client-jwt",
        "tls_client_auth": "client-x509",
    }
    attributes = {
        "post.logout.redirect.uris": client.signed_out_uri,
        "backchannel.logout.url": client.backchannel_uri,
        "backchannel.logout.session.required": "true",
        "frontchannel.logout.url": client.frontchannel_uri,
        "frontchannel.logout.session.required": "true",
        "use.jwks.url": "true",
        "jwks.url": client.jwks_uri,
        "id.token.encrypted.response.alg": client.encrypted_by,
        "id.token.encrypted.response.enc": "A256GCM" if client.encrypted_by else "",
        "require.pushed.authorization.requests": str(client.par).lower(),
        "dpop.bound.access.tokens": str(client.dpop).lower(),
    }
    if client.auth == "tls_client_auth":
        attributes |= {
            "x509.subjectdn": f"CN={CERTIFICATE_NAME}",
            "tls.client.certificate.bound.access.tokens": "true",
        }
    return {
        "clientId": client.client_id,
        "secret": SECRET,
        "publicClient": False,
        "redirectUris": [client.redirect_uri],
        "clientAuthenticatorType": authenticators.get(client.auth, "client-secret"),
        "frontchannelLogout": client.frontchannel,
        "attributes": {name: value for name, value in attributes.items() if value},
    }
