"""Plain OAuth 2.0: no id_token, so the userinfo response to a token of our own exchange identifies the person."""

from dataclasses import dataclass

from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.claim_path import at_path
from app.adapters.provider.emails import read_primary_email
from app.adapters.provider.id_token import check_required_claims, subject_text
from app.adapters.provider.metadata import Metadata, required
from app.adapters.provider.person import distributed, email_of, origins
from app.adapters.provider.received import report
from app.adapters.provider.token_request import AuthorizationGrant, TokenRequest
from app.adapters.provider.trust import Trust
from app.adapters.provider.userinfo import read_userinfo
from app.adapters.provider.wording import names
from app.domain.accounts.identity import ExternalIdentity
from app.domain.connections.connection import Connection, MatchBy
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.step_up import StepUp
from app.domain.text import Text
from app.ports.provider_client import StepLog


def refuse_step_up(step_up: StepUp) -> None:
    """Such a server does not report how someone authenticated. Raises SsoError if that is required."""
    if step_up.verified:
        claim = "acr" if step_up.acr_values else "auth_time"
        raise SsoError(ReasonCode.CLAIM_MISSING, claim=claim, error=Text("a plain OAuth 2.0 server does not send it"))


@dataclass(frozen=True, slots=True)
class OAuth2Protocol:
    """If such a server sends an id_token all the same, it is ignored."""

    token_request: TokenRequest
    trust: Trust

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
        provider = connection.provider
        refuse_step_up(grant.attempt.step_up)
        endpoint = required(metadata.userinfo_endpoint, "userinfo_endpoint")
        tokens = self.token_request.redeem(
            connection, grant, token_endpoint=metadata.token_endpoint, log=log, channel=channel
        )
        log.begin("userinfo")
        open_token = self.trust.userinfo_token(connection, metadata, channel)
        userinfo = read_userinfo(channel, endpoint, access_token=tokens.access_token, open_token=open_token)
        documents = {"userinfo": userinfo}
        report(log, provider, grant.attempt, documents)
        subject = subject_text(at_path(userinfo, provider.subject_claim))
        if subject is None:
            raise SsoError(ReasonCode.SUBJECT_MISSING, claim=provider.subject_claim, claims=names(userinfo))
        check_required_claims(userinfo, provider.required_claims)
        by_email = provider.match_by is MatchBy.EMAIL
        email = email_of(provider, documents)
        if by_email and provider.emails_endpoint:
            email = read_primary_email(channel, provider.emails_endpoint, access_token=tokens.access_token)
            report(log, provider, grant.attempt, documents, listed=email)
        return ExternalIdentity(
            issuer=connection.identity_issuer,
            subject=subject,
            email=email,
            match_claim=None if by_email else at_path(userinfo, provider.match_claim_path),
            end_session_endpoint=metadata.end_session_endpoint,
            claims=origins(documents),
            distributed=distributed(userinfo),
        )
