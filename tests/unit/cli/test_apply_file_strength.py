"""The keys of a connection about step-up, pushed requests and certificates."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app.adapters.apply_file.problems import ApplyFileInvalid
from app.domain.connections.connection import ClientAuth, Provider
from tests.unit.cli.reading import CONNECTION, problems, read
from tests.unit.cli.test_apply_file_connections import NO_KEY, OAUTH2

NO_CHECK = "cannot be enforced with protocol oauth2; use authorize_params to request it only"


def provider(lines: str) -> Provider:
    return read(CONNECTION + lines).tenants[0].connections[0].provider


def pem(key: EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def certificate(key: EllipticCurvePrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bridge")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    builder = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2027, 1, 1, tzinfo=UTC)
    )
    return builder.public_key(key.public_key()).sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


def test_a_connection_may_demand_more() -> None:
    demanding = provider(
        'prompt = "login consent"\nmax_age = 0\nacr_values = ["gold", "silver"]\npar = "required"\n'
        'par_endpoint = "https://idp.acme.example/par"\nclient_assertion_audience = "issuer"'
    )
    assert (demanding.prompt, demanding.max_age, demanding.acr_values) == ("login consent", 0, ("gold", "silver"))
    assert (demanding.par, demanding.par_endpoint) == ("required", "https://idp.acme.example/par")
    assert demanding.client_assertion_audience == "issuer"


def test_by_default_it_demands_nothing() -> None:
    plain = provider("")
    assert not plain.step_up.verified
    assert (plain.par, plain.par_endpoint, plain.client_assertion_audience) == ("auto", None, "token_endpoint")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('prompt = "none"', "prompt: cannot be none for every login; use /oauth/login?prompt=none for a single one"),
        (
            'prompt = "login none"',
            "prompt: cannot be none for every login; use /oauth/login?prompt=none for a single one",
        ),
        ('prompt = "create"', "prompt: must be one or more of none, login, consent, select_account, each once"),
        ('prompt = "login login"', "prompt: must be one or more of none, login, consent, select_account, each once"),
        ("max_age = -1", "max_age: must be a number of seconds, at least 0"),
        ("max_age = 99999999999", "max_age: must be a number of seconds, at least 0"),
        ('max_age = "60"', "max_age: must be a whole number"),
        ('acr_values = "gold"', "acr_values: must be a list"),
        ('acr_values = ["two words"]', "acr_values: must be of visible ASCII characters"),
        ('acr_values = [""]', "acr_values: must be of visible ASCII characters"),
        ('par = "always"', "par: must be one of auto, required, off"),
        ('par_endpoint = "http://idp.acme.example/"', "par_endpoint: must start with https:// in production"),
        ('client_assertion_audience = "me"', "client_assertion_audience: must be one of token_endpoint, issuer"),
        ('certificate = "x"', "certificate: must be a PEM certificate, with the bridge's own first"),
    ],
)
def test_what_makes_no_sense_is_refused(line: str, problem: str) -> None:
    assert problems(CONNECTION + line) == [f"tenants[0].connections[0].{problem}"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('prompt = "login"', f"prompt: {NO_CHECK}"),
        ("max_age = 60", f"max_age: {NO_CHECK}"),
        ('acr_values = ["gold"]', f"acr_values: {NO_CHECK}"),
        ('par = "required"', "par_endpoint: is required if par is required and there is no issuer"),
        (
            'client_assertion_audience = "issuer"',
            "client_assertion_audience: cannot be issuer if the connection has no issuer",
        ),
    ],
)
def test_a_plain_oauth_server_cannot_show_it(line: str, problem: str) -> None:
    assert problems(OAUTH2 + line) == [f"tenants[0].connections[0].{problem}"]


def test_a_plain_oauth_server_may_be_asked_to_let_people_choose() -> None:
    assert read(OAUTH2 + 'prompt = "select_account"').tenants[0].connections[0].provider.prompt == "select_account"


def by_tls(folder: Path, *, key: str, certificate: str) -> str:
    (folder / "acme.pem").write_text(key)
    (folder / "acme.crt").write_text(certificate)
    return f'{CONNECTION}client_auth = "tls_client_auth"\nprivate_key = "file:acme.pem"\ncertificate = "file:acme.crt"'


def test_a_certificate_and_its_key_come_from_files(tmp_path: Path) -> None:
    key, authority = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    chain = certificate(key) + certificate(authority)
    connection = read(by_tls(tmp_path, key=pem(key), certificate=chain), folder=tmp_path).tenants[0].connections[0]
    assert connection.provider.client_auth is ClientAuth.TLS
    assert connection.certificate == chain.removesuffix("\n")
    assert "PRIVATE" not in repr(connection)


def test_a_certificate_belongs_to_its_key(tmp_path: Path) -> None:
    key, other = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    with pytest.raises(ApplyFileInvalid, match="certificate: does not match private_key"):
        read(by_tls(tmp_path, key=pem(other), certificate=certificate(key)), folder=tmp_path)
    with pytest.raises(ApplyFileInvalid, match="private_key: must be a private key in PEM") as invalid:
        read(by_tls(tmp_path, key="no key", certificate=certificate(key)), folder=tmp_path)
    assert [str(problem) for problem in invalid.value.problems] == [f"tenants[0].connections[0].private_key: {NO_KEY}"]


def test_by_tls_the_key_is_in_pem(tmp_path: Path) -> None:
    jwk = '{"kty": "EC", "crv": "P-256", "x": "a", "y": "b", "d": "c"}'
    with pytest.raises(ApplyFileInvalid, match="private_key: must be in PEM for client_auth tls_client_auth"):
        read(by_tls(tmp_path, key=jwk, certificate=certificate(generate_private_key(SECP256R1()))), folder=tmp_path)
