"""A provider over https that knows its clients by their certificates (RFC 8705), and the bridge as one of them."""

import ssl
from dataclasses import dataclass, replace

from app.domain.connections.connection import ClientAuth, Sealed
from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.fake_idp.clients import AuthMethod
from tests.integration.http.authority import Authority
from tests.threats.acme import Acme
from tests.threats.oidf.relying_party import RelyingParty


def asking_for_certificates(authority: Authority, own_certificate: str) -> ssl.SSLContext:
    """A server at 127.0.0.1 that takes certificates of this authority, this one of nobody's, and clients without."""
    context = authority.server("127.0.0.1")
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(authority.bundle)
    context.load_verify_locations(cadata=own_certificate)
    return context


@dataclass(frozen=True, slots=True)
class Tls:
    """`certificate` and `key` are the bridge's, in PEM."""

    world: World
    idp: FakeProvider
    certificate: str
    key: str

    def relying_party(self, *, client_auth: ClientAuth = ClientAuth.TLS) -> RelyingParty:
        """acme, registered at the provider by its certificate."""
        method: AuthMethod = "self_signed_tls_client_auth"
        if client_auth is ClientAuth.TLS:
            method = "tls_client_auth"
        self.idp.client(auth_method=method, certificate=self.certificate)
        rp = RelyingParty(Acme.founded(self.world, self.idp))
        rp.acme.main = replace(
            rp.acme.main,
            client_secret=None,
            certificate=self.sealed(self.certificate),
            private_key=self.sealed(self.key),
        )
        rp.set_up(client_auth=client_auth, signing_algs=("PS256",))
        return rp

    def sealed(self, text: str) -> Sealed:
        return Sealed(self.world.bridge.sealer.seal(text.encode(), purpose="connection-secret"))
