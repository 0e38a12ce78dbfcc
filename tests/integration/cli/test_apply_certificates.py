"""Client certificates by `apply`: sealed, kept where a file leaves them out, renewed where it has a new one."""

import base64
import json

from app.domain.connections.connection import Connection
from tests.integration.cli.conftest import Commands
from tests.integration.http.authority import Authority

FILE = """
[[tenants]]
slug = "acme"
[[tenants.connections]]
name = "main"
issuer = "https://idp.acme.example"
client_id = "bridge"
client_auth = "self_signed_tls_client_auth"
"""
SECRETS = 'private_key = "file:acme.pem"\ncertificate = "file:acme.crt"\n'


def write_certificate(commands: Commands) -> str:
    certificate, key = Authority(commands.folder / "authority").client("bridge", self_signed=True)
    (commands.folder / "acme.crt").write_text(certificate)
    (commands.folder / "acme.pem").write_text(key)
    return key


def stored(commands: Commands) -> Connection:
    database = commands.database()
    with database.read() as work:
        tenant = work.tenants.by_slug("acme")
        assert tenant is not None
        (connection,) = work.connections.of_tenant(tenant.id)
    database.close()
    return connection


def test_a_certificate_is_sealed_kept_and_renewed(commands: Commands) -> None:
    key = write_certificate(commands)
    commands.apply(FILE + SECRETS)
    first = stored(commands)
    assert first.certificate
    assert "CERTIFICATE" not in first.certificate
    assert key not in f"{first}"
    assert commands.apply(FILE + SECRETS) == ["no changes"]
    assert commands.apply(FILE) == ["no changes"]
    assert stored(commands) == first
    write_certificate(commands)
    assert commands.apply(FILE + SECRETS)[0] == "~ connection acme/main: private_key, certificate"
    assert stored(commands).certificate != first.certificate


def test_a_connection_by_tls_needs_a_certificate(commands: Commands) -> None:
    write_certificate(commands)
    told = commands.refused(FILE)
    assert "tenants[0].connections[0].private_key: is required for client_auth self_signed_tls_client_auth" in told
    told = commands.refused(f'{FILE}private_key = "file:acme.pem"')
    assert "tenants[0].connections[0].certificate: is required for client_auth self_signed_tls_client_auth" in told


def test_doctor_says_that_no_key_opens_a_certificate_any_more(commands: Commands) -> None:
    write_certificate(commands)
    commands.apply(FILE + SECRETS)
    commands.environment["SSO_BRIDGE_SECRET_KEYS"] = base64.b64encode(b"o" * 32).decode()
    told = commands.run("doctor", "--json", exit_code=1).stdout
    assert "cannot decrypt acme/main: private_key, acme/main: certificate: put the old key back" in told


def test_doctor_of_that_tenant_goes_on_to_its_provider(commands: Commands) -> None:
    write_certificate(commands)
    commands.apply(FILE.replace("https://idp.acme.example", "https://127.0.0.1:1") + SECRETS)
    commands.environment["SSO_BRIDGE_SECRET_KEYS"] = base64.b64encode(b"o" * 32).decode()
    done = commands.run("doctor", "acme", "--json", exit_code=1)
    assert "Traceback" not in done.stderr
    checks = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["main: own certificate"]["level"] == "wrong"
    assert "cannot be decrypted" in checks["main: own certificate"]["text"]
    assert "main: discovery" in checks
