"""OpenID Connect Core, section 3.1.3: code, id_token, and userinfo if the id_token does not say enough."""

from dataclasses import dataclass, replace

from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.emails import read_primary_email
from app.adapters.provider.id_token import Expected, numeric_date, subject_text, verify_id_token
from app.adapters.provider.logout_token import verify_logout_token
from app.adapters.provider.metadata import Metadata
from app.adapters.provider.person import (
    Documents,
    distributed,
    email_of,
    first_value,
    lacking,
    origins,
    short_text,
    short_texts,
)
from app.adapters.provider.profile import check_assertion
from app.adapters.provider.received import report
from app.adapters.provider.token_request import AuthorizationGrant, TokenRequest
from app.adapters.provider.token_response import Tokens
from app.adapters.provider.trust import Trust
from app.adapters.provider.userinfo import check_same_subject, read_userinfo
from app.domain.accounts.identity import EmailClaim, ExternalIdentity
from app.domain.connections.connection import Connection, MatchBy, Provider
from app.domain.errors import SsoError
from app.domain.login.login_attempt import LoginAttempt
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.error_words import CLAIMS_LACKING
from app.domain.text import Text
from app.ports.provider_client import LogoutNotice, StepLog
from app.ports.system import Clock


@dataclass(frozen=True, slots=True)
class OidcProtocol:
    """Everything trusted here was signed by the provider, or sent by it in response to a token of ours."""

    token_request: TokenRequest
    trust: Trust
    clock: Clock

    def identify(
        self,
        connection: Connection,
        grant: AuthorizationGrant,
        *,
        metadata: Metadata,
        log: StepLog,
        channel: ProviderChannel,
    ) -> ExternalIdentity:
        """See the port. The step `token` has begun."""
        tokens = self.token_request.redeem(
            connection, grant, token_endpoint=metadata.token_endpoint, log=log, channel=channel
        )
        log.begin("id_token")
        if tokens.id_token is not None:
            # From here on without the encryption: the provider also expects the signed token as the hint at logout.
            tokens = replace(tokens, id_token=self.trust.decrypted(connection, tokens.id_token))
        claims = self._verified(connection, grant.attempt, tokens=tokens, metadata=metadata, channel=channel)
        documents: dict[str, dict[str, object]] = {"id_token": claims}
        report(log, connection.provider, grant.attempt, documents)
        missing = lacking(connection.provider, claims)
        if missing and metadata.userinfo_endpoint:
            log.begin("userinfo")
            log.note(Text(CLAIMS_LACKING, claims=", ".join(missing)))
            userinfo = read_userinfo(
                channel,
                metadata.userinfo_endpoint,
                access_token=tokens.access_token,
                open_token=self.trust.userinfo_token(connection, metadata, channel),
            )
            check_same_subject(userinfo, subject=claims["sub"])
            documents["userinfo"] = userinfo
        email = _email(connection.provider, documents, tokens=tokens, log=log, channel=channel)
        report(log, connection.provider, grant.attempt, documents, listed=email)
        return _identity(connection, documents, email=email, tokens=tokens, metadata=metadata)

    def _verified(
        self,
        connection: Connection,
        attempt: LoginAttempt,
        *,
        tokens: Tokens,
        metadata: Metadata,
        channel: ProviderChannel,
    ) -> dict[str, object]:
        provider = connection.provider
        if tokens.id_token is None:
            raise SsoError(ReasonCode.ID_TOKEN_MISSING, endpoint="token")
        step_up = provider.step_up.tightened_by(attempt.step_up)
        expected = Expected(
            issuer=provider.issuer or "",
            client_id=provider.client_id,
            now=self.clock.now(),
            nonce=attempt.nonce,
            access_token=tokens.access_token,
            signing_algs=provider.signing_algs,
            trusted_audiences=provider.trusted_audiences,
            required_claims=provider.required_claims,
            max_age=step_up.max_age,
            signed_in_after=attempt.started_at if step_up.anew else None,
            acr_values=step_up.acr_values,
        )
        keys = self.trust.keys(provider, metadata, channel)
        client_secret = self.trust.client_secret(connection)
        claims = verify_id_token(tokens.id_token, expected, client_secret=client_secret, keys=keys)
        if provider.profile == "ipsie":
            check_assertion(claims)
        return claims

    def logout_notice(
        self, connection: Connection, raw: str, *, metadata: Metadata, channel: ProviderChannel
    ) -> LogoutNotice:
        """See the port."""
        return verify_logout_token(
            self.trust.decrypted(connection, raw),
            self.trust.expected(connection.provider),
            client_secret=self.trust.client_secret(connection),
            keys=self.trust.keys(connection.provider, metadata, channel, strangers=True),
            subject_claim=connection.provider.subject_claim,
        )


def _email(
    provider: Provider, documents: Documents, *, tokens: Tokens, log: StepLog, channel: ProviderChannel
) -> EmailClaim | None:
    if provider.match_by is MatchBy.EMAIL and provider.emails_endpoint:
        log.begin("userinfo")
        return read_primary_email(channel, provider.emails_endpoint, access_token=tokens.access_token)
    return email_of(provider, documents)


def _identity(
    connection: Connection,
    documents: Documents,
    *,
    email: EmailClaim | None,
    tokens: Tokens,
    metadata: Metadata,
) -> ExternalIdentity:
    provider = connection.provider
    claims = documents["id_token"]
    subject = subject_text(first_value(provider.subject_claim, documents))
    if subject is None:
        raise SsoError(ReasonCode.SUBJECT_MISSING, claim=provider.subject_claim, claims=sorted(origins(documents)))
    by_email = provider.match_by is MatchBy.EMAIL
    return ExternalIdentity(
        issuer=connection.identity_issuer,
        subject=subject,
        email=email,
        match_claim=None if by_email else first_value(provider.match_claim_path, documents),
        sid=short_text(claims.get("sid")),
        id_token=tokens.id_token,
        auth_time=numeric_date(claims.get("auth_time")),
        amr=short_texts(claims.get("amr")),
        acr=short_text(claims.get("acr")),
        session_expiry=numeric_date(claims.get("session_expiry")),
        end_session_endpoint=metadata.end_session_endpoint,
        claims=origins(documents),
        distributed=distributed(*documents.values()),
    )
