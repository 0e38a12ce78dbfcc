"""Builds the services of the bridge as provider."""

from app.adapters.crypto.client_assertions import SignedAssertions
from app.adapters.crypto.signatures import JoseSignatures
from app.services.oauth2.app_logouts import AppLogoutService
from app.services.oauth2.authorization_requests import AuthorizationRequests
from app.services.oauth2.authorize import AuthorizeService
from app.services.oauth2.client_authentication import ClientAuthenticator
from app.services.oauth2.device_sign_in import DeviceSignIn
from app.services.oauth2.end_session import EndSessionService
from app.services.oauth2.identity_tokens import IdentityTokens
from app.services.oauth2.signing_keys import SigningKeyService
from app.services.oauth2.token_inspection import TokenInspection
from app.services.oauth2.token_signer import TokenSigner
from app.services.oauth2.tokens import TokenService
from app.wiring.tenants_and_people import TenantsAndPeople


class OAuth2Services:
    """Each builds on the ones before it."""

    def __init__(self, base: TenantsAndPeople) -> None:
        self._tokens(base)
        self._logouts(base)
        self._authorize(base)
        self._exchange(base)

    def _tokens(self, base: TenantsAndPeople) -> None:
        signatures = JoseSignatures(base.clock)
        self.signing_keys = SigningKeyService(
            database=base.database, signatures=signatures, sealer=base.sealer, clock=base.clock, audit=base.audit
        )
        self.token_signer = TokenSigner(
            keys=self.signing_keys,
            signatures=signatures,
            clock=base.clock,
            randomness=base.randomness,
            issuer=base.settings.public_url,
        )

        self.identity_tokens = IdentityTokens(token_signer=self.token_signer, keys=self.signing_keys, clock=base.clock)

    def _logouts(self, base: TenantsAndPeople) -> None:
        self.end_session = EndSessionService(database=base.database, token_signer=self.token_signer)
        self.app_logouts = AppLogoutService(
            database=base.database, token_signer=self.token_signer, outbound=base.outbound, clock=base.clock
        )

    def _authorize(self, base: TenantsAndPeople) -> None:
        self.authorization_requests = AuthorizationRequests(
            database=base.database,
            counters=base.counters,
            signer=self.token_signer,
            sealer=base.sealer,
            clock=base.clock,
            randomness=base.randomness,
        )
        self.authorize = AuthorizeService(
            database=base.database,
            enforcement=base.enforcement,
            traces=base.traces,
            audit=base.audit,
            clock=base.clock,
            randomness=base.randomness,
            issuer=base.settings.public_url,
        )

    def _exchange(self, base: TenantsAndPeople) -> None:
        self.authenticator = ClientAuthenticator(
            database=base.database,
            counters=base.counters,
            assertions=SignedAssertions(),
            clock=base.clock,
            issuer=base.settings.public_url,
        )
        self.tokens = TokenService(
            database=base.database,
            enforcement=base.enforcement,
            audit=base.audit,
            signer=self.token_signer,
            clock=base.clock,
            randomness=base.randomness,
        )
        self.token_inspection = TokenInspection(database=base.database, signer=self.token_signer, clock=base.clock)
        self.device_sign_in = DeviceSignIn(
            database=base.database,
            enforcement=base.enforcement,
            tokens=self.tokens,
            traces=base.traces,
            counters=base.counters,
            clock=base.clock,
            randomness=base.randomness,
        )
