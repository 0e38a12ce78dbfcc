"""What a scenario asks of a real provider, whichever it is."""

from dataclasses import dataclass
from typing import Literal, Protocol

PASSWORD = "a password of the compatibility run"
SECRET = "a secret of the compatibility run, 32 characters"
CERTIFICATE_NAME = "bridge"

ClientAuth = Literal["client_secret_basic", "client_secret_jwt", "private_key_jwt", "tls_client_auth"]


class Missing(Exception):
    """The provider has no such thing; or this machine has not what the provider needs."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """The bridge as a client of the provider, with the addresses of one of its connections."""

    client_id: str
    redirect_uri: str
    signed_out_uri: str
    backchannel_uri: str
    frontchannel_uri: str
    jwks_uri: str
    auth: ClientAuth = "client_secret_basic"
    frontchannel: bool = False
    encrypted_by: str = ""
    """The id_token, to a key of ours (JWE `alg`)."""
    par: bool = False
    """The provider takes only pushed requests from it."""
    dpop: bool = False
    """Its access tokens must be bound to a key."""


class RealProvider(Protocol):
    """Running, over https at `localhost`, where anybody called alice or bob can sign in."""

    name: str
    version: str

    @property
    def issuer(self) -> str: ...

    def register(self, client: Client) -> None: ...

    def rotate_keys(self) -> None: ...

    def close(self) -> None: ...
