"""Matching: from what the provider says about the person to an account of the tenant."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import GIVE_IT
from app.domain.reasons.reason import N_, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.SUBJECT_MISSING: Reason(
        status=403,
        sentence=N_("Your company's sign-in service did not tell us who you are."),
        next_step=GIVE_IT,
        summary=(
            "The claim “{claim}”, which identifies the person at the provider, is missing; received: {claims}.\n"
            "The claim “{claim}”, which identifies the person at the provider, is missing.\n"
            "The provider sent no claim that identifies the person; received: {claims}.\n"
            "The provider sent no claim that identifies the person."
        ),
        remedy=(
            "Tenant admin: set subject_claim in the connection to the claim that identifies a person and never changes "
            "(OpenID Connect: sub; plain OAuth 2.0: often id)."
        ),
    ),
    ReasonCode.EMAIL_MISSING: Reason(
        status=403,
        sentence=N_("Your company's sign-in service did not tell us your email address."),
        next_step=N_("Ask your IT team to add your email address there, and give them the reference below."),
        summary=(
            "The provider sends only a link to “{distributed}” instead of its value (a distributed or aggregated "
            "claim, OpenID Connect Core, section 5.6.2), and the bridge never follows such links.\n"
            "The email, expected in the claim “{claim}”, is missing; received: {claims}.\n"
            "The email, expected in the claim “{claim}”, is missing.\n"
            "The provider sent no email; received: {claims}.\n"
            "The provider sent no email."
        ),
        remedy=(
            "Tenant IT: configure the provider to include the value of “{distributed}” in the id_token or the userinfo "
            "response.\n"
            "Tenant IT: give the person an email address at the provider and have it send “{claim}” to this "
            "application. Tenant admin: add email to scopes, or set email_claim to the claim that contains the email.\n"
            "Tenant IT: give the person an email address at the provider and have it sent to this application. Tenant "
            "admin: add email to scopes, or set email_claim to the claim that contains the email."
        ),
    ),
    ReasonCode.EMAIL_INVALID: Reason(
        status=403,
        sentence=N_("Your company's sign-in service sent an email address that we can't use."),
        next_step=N_("Ask your IT team to correct your email address there, and give them the reference below."),
        summary=(
            "The claim “{claim}” is not a single, plain email address: {error}.\n"
            "The claim “{claim}” is not a single, plain email address.\n"
            "The provider did not send a single, plain email address: {error}.\n"
            "The provider did not send a single, plain email address."
        ),
        remedy=(
            "Tenant IT: correct the person's email address at the provider. Tenant admin: if “{claim}” contains a "
            "login name or a list, set email_claim to a claim that contains one address.\n"
            "Tenant IT: correct the person's email address at the provider. Tenant admin: if the claim contains a "
            "login name or a list, set email_claim to a claim that contains one address."
        ),
    ),
    ReasonCode.EMAIL_UNVERIFIED: Reason(
        status=403,
        sentence=N_("Your company's sign-in service has not confirmed that your email address is yours."),
        next_step=N_(
            "If you received an email asking you to confirm your address, do that and try again. If not, give your IT "
            "team the reference below."
        ),
        summary=(
            "The provider's “{claim}” does not say that the address (domain {domain}) is verified.\n"
            "The provider's “{claim}” does not say that the address is verified.\n"
            "The provider does not say that the address (domain {domain}) is verified.\n"
            "The provider does not say that the address is verified."
        ),
        remedy=(
            "Tenant IT: verify the person's email address at the provider. Tenant admin: if your company alone decides "
            "which addresses the provider issues, set email_trust = always in the connection."
        ),
    ),
    ReasonCode.EMAIL_OUTSIDE_DOMAINS: Reason(
        status=403,
        sentence=N_("The email address you signed in with does not belong to this workspace."),
        next_step=N_(
            "If you have more than one address, sign in with your work address. If you did, give your IT team the "
            "reference below."
        ),
        summary=(
            "The address is in the domain {domain}, but the tenant's email_domains are {expected}.\n"
            "The address is in the domain {domain}, which is not in the tenant's email_domains.\n"
            "The domain of the address is not in the tenant's email_domains."
        ),
        remedy=(
            "Support: if {domain} belongs to this tenant, add it to the tenant's email_domains. Otherwise, ask the "
            "person to sign in with another address.\n"
            "Support: if the domain belongs to this tenant, add it to the tenant's email_domains. Otherwise, ask the "
            "person to sign in with another address."
        ),
    ),
    ReasonCode.NO_ACCOUNT: Reason(
        status=403,
        sentence=N_("You signed in at your company, but you don't have an account here yet."),
        next_step=N_("Ask your supervisor or IT team to create one, and give them the reference below."),
        summary=(
            "Sign-in worked, but no account in this tenant has the {match_by} {sought}.\n"
            "Sign-in worked, but no account in this tenant matches {sought}.\n"
            "Sign-in worked, but no account in this tenant has this {match_by}.\n"
            "Sign-in worked, but no account in this tenant matches this person."
        ),
        remedy=(
            "Tenant admin: create an account with the person's email (or username or external ID, depending on "
            "match_by in the connection), or correct it in their existing account."
        ),
    ),
    ReasonCode.ACCOUNT_DISABLED: Reason(
        status=403,
        sentence=N_("You signed in at your company, but your account here is disabled."),
        next_step=N_("Ask your supervisor or IT team to enable it, and give them the reference below."),
        summary=(
            "Every account that this person could use is disabled (count: {candidates}).\n"
            "Every account that this person could use is disabled."
        ),
        remedy="Tenant admin: if the person should have access, set the account's status to active.",
    ),
    ReasonCode.HELD_NEW_SUBJECT: Reason(
        status=403,
        sentence=N_("Your sign-in at your company is new to us, so someone has to confirm that it's you."),
        next_step=N_("Ask your IT team to accept this sign-in, and give them the reference below. Then sign in again."),
        summary=(
            "A login of this person in this tenant is already held or was refused: see reference {held_as}.\n"
            "An account with this match value is already linked to another subject of the same provider: the address "
            "has a new owner, or the person was recreated there (accounts with this value: {candidates}).\n"
            "An account with this match value is already linked to another subject of the same provider: the address "
            "has a new owner, or the person was recreated there."
        ),
        remedy=(
            "Tenant admin: find out whether it is the same person, then accept or refuse the held login. Accept it "
            "only if the account still belongs to the same person."
        ),
    ),
    ReasonCode.HELD_EMAIL_MOVED: Reason(
        status=403,
        sentence=N_("Your details at your company have changed, so someone has to confirm which account is yours."),
        next_step=N_("Ask your IT team to confirm the change, and give them the reference below. Then sign in again."),
        summary=(
            "A login of this person in this tenant is already held or was refused: see reference {held_as}.\n"
            "The provider now sends a different match value for this person, and only accounts that are not linked to "
            "them have it (accounts with this value: {candidates}).\n"
            "The provider now sends a different match value for this person, and only accounts that are not linked to "
            "them have it."
        ),
        remedy=(
            "Tenant admin: find out whether the new address belongs to this person, then accept or refuse the held "
            "login, or correct the address in the person's own account."
        ),
    ),
    ReasonCode.CHOICE_REFUSED: Reason(
        status=403,
        sentence=N_("We couldn't open that account: the page was open for too long, or something has changed."),
        next_step=N_("Go back to the sign-in page, click OAuth Login and choose again."),
        summary=(
            "The chosen account is not, or no longer, one of the {candidates} that this login can use, or the choice "
            "had expired.\n"
            "The chosen account is not, or no longer, one that this login can use, or the choice had expired."
        ),
        remedy=(
            "No action needed if the next attempt works. Otherwise, tenant admin: check that the account is active and "
            "has the person's email (or whatever match_by in the connection names)."
        ),
    ),
    ReasonCode.ANOTHER_ACCOUNT: Reason(
        status=403,
        sentence=N_("You signed in at your company as someone who has a different account here."),
        next_step=N_(
            "If you have more than one sign-in at your company, try again with the one for this account. If not, give "
            "your IT team the reference below."
        ),
        summary=(
            "Sign-in worked, but not for the account that started this (accounts that the person can use: "
            "{candidates}).\n"
            "Sign-in worked, but not for the account that started this."
        ),
        remedy=(
            "Tenant admin: if it was the same person, give the account the email that the provider sends for them (or "
            "whatever match_by in the connection names). If the person has more than one sign-in at the provider, they "
            "need to use the right one."
        ),
    ),
}
