"""The id_token: what the provider signs about the person (OpenID Connect Core, section 3.1.3.7)."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import GIVE_IT, TRY_AGAIN
from app.domain.reasons.reason import N_, Outcome, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.ID_TOKEN_MISSING: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Your company's login service did not tell us who signed in."),
        next_step=GIVE_IT,
        summary="The token endpoint answered without an id_token.",
        remedy=(
            "Tenant admin: put openid into scopes in the connection and allow it for this client at the provider. For "
            "a server that speaks OAuth 2.0 only, set protocol = oauth2 and a userinfo_endpoint."
        ),
    ),
    ReasonCode.ALGORITHM_REFUSED: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Your company's login service protects its answers in a way that we do not accept."),
        next_step=GIVE_IT,
        summary=(
            "The answer of the {endpoint} endpoint is signed with “{received}”, the connection accepts {expected}.\n"
            "The answer of the {endpoint} endpoint is encrypted with “{encryption}”, the bridge accepts {expected}.\n"
            "The answer of the {endpoint} endpoint cannot be accepted: {error}.\n"
            "The id_token is signed with “{alg}”, the connection accepts {expected}.\n"
            "The id_token is signed with “{received}”, the connection accepts {expected}.\n"
            "The id_token is signed with “{alg}”, which the connection does not accept.\n"
            "The provider's answer is encrypted with “{encryption}”, the bridge accepts {expected}.\n"
            "The id_token is signed with an algorithm that the connection does not accept."
        ),
        remedy=(
            "Tenant admin: let the provider sign what its {endpoint} endpoint sends this client with an algorithm that "
            "the connection accepts, or add the provider's to signing_algs in the connection. none is never "
            "accepted. Where it encrypts its answers, let it do so with an algorithm that the bridge accepts.\n"
            "Tenant admin: let the provider sign id_tokens for this client with an algorithm that the connection "
            "accepts, or add the provider's to signing_algs in the connection. none is never accepted. Where it "
            "encrypts its answers, let it do so with an algorithm that the bridge accepts."
        ),
    ),
    ReasonCode.KEY_UNKNOWN: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Your company's login service signed its answer with a key that it has not made known."),
        next_step=TRY_AGAIN,
        summary=(
            "The id_token is signed with the key “{kid}” ({alg}), which is not in the provider's key set.\n"
            "The id_token is signed with the key “{kid}”, which is not in the provider's key set.\n"
            "No key of the provider's key set fits the id_token, which is signed with {alg}.\n"
            "No key of the provider's key set fits the id_token."
        ),
        remedy=(
            "Tenant IT: publish the signing key at the provider's jwks_uri before it signs with it, on every node: the "
            "bridge has looked there for newer keys several times, and looks again in {retry_after_s} seconds. Tenant "
            "admin: where the connection carries jwks itself, put the new key there.\n"
            "Tenant IT: publish the signing key at the provider's jwks_uri before it signs with it. Tenant admin: "
            "where the connection carries jwks itself, put the new key there."
        ),
    ),
    ReasonCode.SIGNATURE_INVALID: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("The signature on the answer of your company's login service is not right."),
        next_step=GIVE_IT,
        summary=(
            "The id_token's signature ({alg}) does not fit the provider's key “{kid}”.\n"
            "The id_token's signature does not fit the provider's key “{kid}”.\n"
            "The id_token's signature ({alg}) does not fit any of the provider's keys.\n"
            "The id_token's signature does not fit the provider's keys."
        ),
        remedy=(
            "Tenant IT: check that the keys at the provider's jwks_uri are those that it signs with, all nodes of a "
            "cluster included; the bridge looks there again in {retry_after_s} seconds. If they are, somebody may have "
            "altered the token: tell your security team.\n"
            "Tenant IT: check that the keys at the provider's jwks_uri are those that it signs with, all nodes of a "
            "cluster included. If they are, somebody may have altered the token: tell your security team."
        ),
    ),
    ReasonCode.AUDIENCE_MISMATCH: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("The answer of your company's login service was made for another application."),
        next_step=GIVE_IT,
        summary=(
            "The id_token is for “{received}”, the connection accepts “{expected}”.\n"
            "The id_token is not, or not only, for “{expected}”, as the connection requires.\n"
            "The id_token is for “{received}”, which the connection does not accept.\n"
            "The id_token is not, or not only, for this connection's client_id."
        ),
        remedy=(
            "Tenant admin: set client_id in the connection to that of the provider's application for the bridge. If "
            "the provider adds an audience on purpose, name it in trusted_audiences."
        ),
    ),
    ReasonCode.TOKEN_EXPIRED: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("The answer of your company's login service was already too old when it reached us."),
        next_step=TRY_AGAIN,
        summary=(
            "The id_token had expired when it came; the provider's clock differs from ours by {skew_s} s (positive: "
            "it is ahead), 120 s are allowed.\n"
            "The id_token had expired, or was made more than a day ago, when it came."
        ),
        remedy=(
            "Tenant IT: set the provider's clock by NTP and let its id_tokens live 5 minutes or more. Operator: check "
            "that the bridge's clock is right."
        ),
    ),
    ReasonCode.TOKEN_NOT_YET_VALID: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("The clock of your company's login service and ours do not agree."),
        next_step=TRY_AGAIN,
        summary=(
            "The id_token is valid only from a later time on; the provider's clock differs from ours by {skew_s} s "
            "(positive: it is ahead), 120 s are allowed.\n"
            "The id_token is valid only from a later time on: the provider's clock is ahead by more than 120 s."
        ),
        remedy="Tenant IT: set the provider's clock by NTP. Operator: check that the bridge's clock is right.",
    ),
    ReasonCode.NONCE_MISMATCH: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("The answer of your company's login service belongs to another login."),
        next_step=TRY_AGAIN,
        summary="The id_token does not carry the nonce of this login attempt.",
        remedy=(
            "Tenant IT: check that the provider puts the nonce of the authorization request into the id_token, "
            "unchanged. If it does, somebody may have replayed an old token: tell your security team."
        ),
    ),
    ReasonCode.CLAIM_MISSING: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Your company's login service left out something that we need to log you in."),
        next_step=GIVE_IT,
        summary=(
            "The claim “{claim}” did not come. What came: {claims}.\n"
            "The claim “{claim}” did not come.\n"
            "A claim that this connection needs did not come. What came: {claims}.\n"
            "A claim that this connection needs did not come."
        ),
        remedy=(
            "Tenant admin: let the provider send “{claim}” to this application (often a scope or a claim mapping), "
            "or name the right claim in the connection.\n"
            "Tenant admin: let the provider send the claim to this application (often a scope or a claim mapping), or "
            "name the right one in the connection."
        ),
    ),
    ReasonCode.CLAIM_INVALID: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Your company's login service told us something that does not fit this login."),
        next_step=GIVE_IT,
        summary=(
            "The claim “{claim}” is “{received}”, the connection requires “{expected}”.\n"
            "The claim “{claim}” does not have the value “{expected}” that the connection requires.\n"
            "The claim “{claim}” has a value that cannot be accepted: {error}.\n"
            "The claim “{claim}” has a value that cannot be accepted.\n"
            "A claim has a value that cannot be accepted."
        ),
        remedy=(
            "Tenant admin: compare “{claim}” with required_claims, max_age and acr_values, and with the claims that "
            "the connection names. If the value is another organisation's, the person signed in at the wrong one.\n"
            "Tenant admin: compare what the provider sends with required_claims, max_age and acr_values, and with the "
            "claims that the connection names. If the value is another organisation's, the person signed in at the "
            "wrong one."
        ),
    ),
    ReasonCode.TOKEN_HASH_MISMATCH: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Two parts of the answer of your company's login service do not belong together."),
        next_step=GIVE_IT,
        summary=(
            "The id_token's {claim} does not fit what came with it (OpenID Connect Core, section 3.1.3.6).\n"
            "The id_token does not fit the access token that came with it (OpenID Connect Core, section 3.1.3.6)."
        ),
        remedy=(
            "Tenant IT: check how the provider computes at_hash and c_hash. If that is right, somebody may have mixed "
            "the tokens of two logins: tell your security team."
        ),
    ),
    ReasonCode.TOKEN_TYPE_REFUSED: Reason(
        outcome=Outcome.REFUSED,
        status=502,
        sentence=N_("Your company's login service sent us another kind of answer than the one we asked for."),
        next_step=GIVE_IT,
        summary=(
            "The provider sent a token of the type “{received}” where “{expected}” is accepted.\n"
            "The provider sent a token of the type “{received}”, which is not accepted here.\n"
            "The provider sent a token of a type that is not accepted here."
        ),
        remedy=(
            "Tenant IT: let the provider send this client a signed id_token (a logout token or an access token is not "
            "taken for one) and an access token of the type DPoP where the connection says dpop = true, else Bearer. "
            "Tenant admin: where the provider does not support DPoP, set dpop = false in the connection."
        ),
    ),
}
