"""The id_token: what the provider signs about the person (OpenID Connect Core, section 3.1.3.7)."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import GIVE_IT, TRY_AGAIN
from app.domain.reasons.reason import N_, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.ID_TOKEN_MISSING: Reason(
        status=502,
        sentence=N_("Your company's sign-in service did not tell us who signed in."),
        next_step=GIVE_IT,
        summary="The token endpoint returned no id_token.",
        remedy=(
            "Tenant admin: add openid to scopes in the connection and allow it for this client at the provider. If the "
            "server supports OAuth 2.0 only, set protocol = oauth2 and userinfo_endpoint."
        ),
    ),
    ReasonCode.ALGORITHM_REFUSED: Reason(
        status=502,
        sentence=N_("Your company's sign-in service secures its responses in a way that we don't accept."),
        next_step=GIVE_IT,
        summary=(
            "The response from the {endpoint} endpoint is signed with “{received}”, but the connection accepts "
            "{expected}.\n"
            "The response from the {endpoint} endpoint is encrypted with “{encryption}”, but the bridge accepts "
            "{expected}.\n"
            "The response from the {endpoint} endpoint cannot be accepted: {error}.\n"
            "The id_token is signed with “{alg}”, but the connection accepts {expected}.\n"
            "The id_token is signed with “{received}”, but the connection accepts {expected}.\n"
            "The id_token is signed with “{alg}”, which the connection does not accept.\n"
            "The provider's response is encrypted with “{encryption}”, but the bridge accepts {expected}.\n"
            "The id_token is signed with an algorithm that the connection does not accept."
        ),
        remedy=(
            "Tenant admin: configure the provider to sign responses from its {endpoint} endpoint to this client with "
            "an algorithm that the connection accepts, or add the provider's algorithm to signing_algs in the "
            "connection. none is never accepted. If the provider encrypts its responses, choose an algorithm that the "
            "bridge accepts.\n"
            "Tenant admin: configure the provider to sign id_tokens for this client with an algorithm that the "
            "connection accepts, or add the provider's algorithm to signing_algs in the connection. none is never "
            "accepted. If the provider encrypts its responses, choose an algorithm that the bridge accepts."
        ),
    ),
    ReasonCode.KEY_UNKNOWN: Reason(
        status=502,
        sentence=N_("Your company's sign-in service signed its response with a key that it has not published."),
        next_step=TRY_AGAIN,
        summary=(
            "The id_token is signed with the key “{kid}” ({alg}), which is not in the provider's key set.\n"
            "The id_token is signed with the key “{kid}”, which is not in the provider's key set.\n"
            "No key in the provider's key set matches the id_token, which is signed with {alg}.\n"
            "No key in the provider's key set matches the id_token."
        ),
        remedy=(
            "Tenant IT: publish each signing key at the provider's jwks_uri, on every node, before the provider signs "
            "with it. The bridge has checked there for newer keys several times and checks again in {retry_after_s} "
            "seconds. Tenant admin: if jwks is set in the connection, add the new key there.\n"
            "Tenant IT: publish each signing key at the provider's jwks_uri before the provider signs with it. Tenant "
            "admin: if jwks is set in the connection, add the new key there."
        ),
    ),
    ReasonCode.SIGNATURE_INVALID: Reason(
        status=502,
        sentence=N_("We couldn't verify the signature on the response from your company's sign-in service."),
        next_step=GIVE_IT,
        summary=(
            "The id_token's signature ({alg}) does not match the provider's key “{kid}”.\n"
            "The id_token's signature does not match the provider's key “{kid}”.\n"
            "The id_token's signature ({alg}) does not match any of the provider's keys.\n"
            "The id_token's signature does not match any of the provider's keys."
        ),
        remedy=(
            "Tenant IT: check that the keys at the provider's jwks_uri are the ones it signs with, on every node of a "
            "cluster; the bridge checks there again in {retry_after_s} seconds. If they are, the token may have been "
            "altered: tell your security team.\n"
            "Tenant IT: check that the keys at the provider's jwks_uri are the ones it signs with, on every node of a "
            "cluster. If they are, the token may have been altered: tell your security team."
        ),
    ),
    ReasonCode.AUDIENCE_MISMATCH: Reason(
        status=502,
        sentence=N_("The response from your company's sign-in service was meant for another application."),
        next_step=GIVE_IT,
        summary=(
            "The id_token is for “{received}”, but the connection accepts “{expected}”.\n"
            "The id_token is not for “{expected}”, or not only for it, as the connection requires.\n"
            "The id_token is for “{received}”, which the connection does not accept.\n"
            "The id_token is not for this connection's client_id, or not only for it."
        ),
        remedy=(
            "Tenant admin: set client_id in the connection to that of the application registered for the bridge at the "
            "provider. If the provider adds an audience on purpose, list it in trusted_audiences."
        ),
    ),
    ReasonCode.TOKEN_EXPIRED: Reason(
        status=502,
        sentence=N_("The response from your company's sign-in service had expired when it reached us."),
        next_step=TRY_AGAIN,
        summary=(
            "The id_token had expired when it arrived; the provider's clock differs from ours by {skew_s} s (positive: "
            "it is ahead), and at most 120 s is allowed.\n"
            "The id_token had expired, or was issued more than a day before it arrived."
        ),
        remedy=(
            "Tenant IT: synchronise the provider's clock with NTP, and give its id_tokens a lifetime of at least 5 "
            "minutes. Operator: check that the bridge's clock is correct."
        ),
    ),
    ReasonCode.TOKEN_NOT_YET_VALID: Reason(
        status=502,
        sentence=N_("The clock of your company's sign-in service does not match ours."),
        next_step=TRY_AGAIN,
        summary=(
            "The id_token is not valid yet; the provider's clock differs from ours by {skew_s} s (positive: it is "
            "ahead), and at most 120 s is allowed.\n"
            "The id_token is not valid yet: the provider's clock is ahead by more than 120 s."
        ),
        remedy=(
            "Tenant IT: synchronise the provider's clock with NTP. Operator: check that the bridge's clock is correct."
        ),
    ),
    ReasonCode.NONCE_MISMATCH: Reason(
        status=502,
        sentence=N_("The response from your company's sign-in service belongs to a different sign-in."),
        next_step=TRY_AGAIN,
        summary="The id_token does not contain the nonce of this login attempt.",
        remedy=(
            "Tenant IT: check that the provider copies the nonce of the authorization request into the id_token "
            "unchanged. If it does, an old token may have been replayed: tell your security team."
        ),
    ),
    ReasonCode.CLAIM_MISSING: Reason(
        status=502,
        sentence=N_("Your company's sign-in service left out a detail that we need to sign you in."),
        next_step=GIVE_IT,
        summary=(
            "The provider sends only a link to “{distributed}” instead of its value (a distributed or aggregated "
            "claim, OpenID Connect Core, section 5.6.2), and the bridge never follows such links.\n"
            "The claim “{claim}” is missing; received: {claims}.\n"
            "The claim “{claim}” is missing.\n"
            "A claim that this connection needs is missing; received: {claims}.\n"
            "A claim that this connection needs is missing."
        ),
        remedy=(
            "Tenant IT: configure the provider to include the value of “{distributed}” in the id_token or the userinfo "
            "response. Entra ID only links to the groups of a person who is in more than 200: send only the groups "
            "assigned to the application, or app roles.\n"
            "Tenant admin: configure the provider to send “{claim}” to this application (usually with a scope or a "
            "claim mapping), or change the claim name in the connection.\n"
            "Tenant admin: configure the provider to send the claim to this application (usually with a scope or a "
            "claim mapping), or change the claim name in the connection."
        ),
    ),
    ReasonCode.CLAIM_INVALID: Reason(
        status=502,
        sentence=N_("Your company's sign-in service sent a detail that does not match this sign-in."),
        next_step=GIVE_IT,
        summary=(
            "The claim “{claim}” is “{received}”, but the connection requires “{expected}”.\n"
            "The claim “{claim}” does not have the value “{expected}” that the connection requires.\n"
            "The value of the claim “{claim}” cannot be accepted: {error}.\n"
            "The value of the claim “{claim}” cannot be accepted.\n"
            "The value of a claim cannot be accepted."
        ),
        remedy=(
            "Tenant admin: compare “{claim}” with required_claims, max_age and acr_values, and with the claim names in "
            "the connection. If the value belongs to another organisation, the person signed in to the wrong one.\n"
            "Tenant admin: compare what the provider sends with required_claims, max_age and acr_values, and with the "
            "claim names in the connection. If the value belongs to another organisation, the person signed in to the "
            "wrong one."
        ),
    ),
    ReasonCode.TOKEN_HASH_MISMATCH: Reason(
        status=502,
        sentence=N_("Two parts of the response from your company's sign-in service don't belong together."),
        next_step=GIVE_IT,
        summary=(
            "The id_token's {claim} does not match what was sent with it (OpenID Connect Core, section 3.1.3.6).\n"
            "The id_token does not match the access token that was sent with it (OpenID Connect Core, section 3.1.3.6)."
        ),
        remedy=(
            "Tenant IT: check how the provider computes at_hash and c_hash. If that is correct, the tokens of two "
            "logins may have been mixed: tell your security team."
        ),
    ),
    ReasonCode.TOKEN_TYPE_REFUSED: Reason(
        status=502,
        sentence=N_("Your company's sign-in service sent a different kind of response from the one we requested."),
        next_step=GIVE_IT,
        summary=(
            "The provider sent a token of type “{received}”, but only “{expected}” is accepted here.\n"
            "The provider sent a token of type “{received}”, which is not accepted here.\n"
            "The provider sent a token of a type that is not accepted here."
        ),
        remedy=(
            "Tenant IT: configure the provider to send this client a signed id_token (a logout token or an access "
            "token is not accepted in its place), and an access token of type DPoP if dpop = true in the connection, "
            "otherwise Bearer. Tenant admin: if the provider does not support DPoP, set dpop = false in the connection."
        ),
    ),
}
