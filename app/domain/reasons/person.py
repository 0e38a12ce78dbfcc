"""Who it is: from what the provider says about the person to an account of the tenant."""

from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.next_steps import GIVE_IT
from app.domain.reasons.reason import N_, Outcome, Reason

REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.SUBJECT_MISSING: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("Your company's login service did not say which person you are."),
        next_step=GIVE_IT,
        summary=(
            "The claim “{claim}”, which identifies the person at the provider, did not come. What came: {claims}.\n"
            "The claim “{claim}”, which identifies the person at the provider, did not come.\n"
            "No claim that identifies the person at the provider came. What came: {claims}.\n"
            "No claim that identifies the person at the provider came."
        ),
        remedy=(
            "Tenant admin: set subject_claim in the connection to the claim that identifies a person and never changes "
            "(OpenID Connect: sub; plain OAuth 2.0: often id)."
        ),
    ),
    ReasonCode.EMAIL_MISSING: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("Your company's login service did not tell us your email address."),
        next_step=N_("Ask your IT to enter your email address there, and give them the reference below."),
        summary=(
            "The email, expected in the claim “{claim}”, did not come. What came: {claims}.\n"
            "The email, expected in the claim “{claim}”, did not come.\n"
            "No email came. What came: {claims}.\n"
            "No email came."
        ),
        remedy=(
            "Tenant IT: give the person an email address at the provider and let it send “{claim}” to this "
            "application. Tenant admin: put email into scopes, or set email_claim to the claim that carries it.\n"
            "Tenant IT: give the person an email address at the provider and let it be sent to this application. "
            "Tenant admin: put email into scopes, or set email_claim to the claim that carries it."
        ),
    ),
    ReasonCode.EMAIL_INVALID: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("What your company's login service gave us as your email address is not one."),
        next_step=N_("Ask your IT to correct your email address there, and give them the reference below."),
        summary=(
            "The claim “{claim}” is not one plain email address: {error}.\n"
            "The claim “{claim}” is not one plain email address.\n"
            "The provider did not send one plain email address: {error}.\n"
            "The provider did not send one plain email address."
        ),
        remedy=(
            "Tenant IT: correct the person's email address at the provider. Tenant admin: if “{claim}” holds a login "
            "name or a list, set email_claim to the claim that holds one address.\n"
            "Tenant IT: correct the person's email address at the provider. Tenant admin: if the claim holds a login "
            "name or a list, set email_claim to the claim that holds one address."
        ),
    ),
    ReasonCode.EMAIL_UNVERIFIED: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("Your company's login service does not confirm that your email address is yours."),
        next_step=N_(
            "If you got a mail that asks you to confirm your address, do so and try again. If not, give your IT the "
            "reference below."
        ),
        summary=(
            "The provider does not say by “{claim}” that the address (domain {domain}) has been verified.\n"
            "The provider does not say by “{claim}” that the address has been verified.\n"
            "The provider does not say that the address (domain {domain}) has been verified.\n"
            "The provider does not say that the address has been verified."
        ),
        remedy=(
            "Tenant IT: verify the person's address at the provider. Tenant admin: where your company alone decides "
            "which addresses the provider gives out, set email_trust = always in the connection."
        ),
    ),
    ReasonCode.EMAIL_OUTSIDE_DOMAINS: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("The email address that you signed in with does not belong to this workspace."),
        next_step=N_(
            "If you have several addresses, sign in with the one of your company. If you did, give your IT the "
            "reference below."
        ),
        summary=(
            "The address is of the domain {domain}, the tenant's email_domains are {expected}.\n"
            "The address is of the domain {domain}, which is not among the tenant's email_domains.\n"
            "The address is of a domain that is not among the tenant's email_domains."
        ),
        remedy=(
            "Support: if {domain} belongs to this tenant, add it to the tenant's email_domains. Otherwise the person "
            "signs in with another address.\n"
            "Support: if the domain belongs to this tenant, add it to the tenant's email_domains. Otherwise the person "
            "signs in with another address."
        ),
    ),
    ReasonCode.NO_ACCOUNT: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("You signed in at your company, but there is no account for you here yet."),
        next_step=N_("Ask your supervisor or your IT to set one up, and give them the reference below."),
        summary=(
            "The provider vouched for {sought}, but no account of this tenant has that value to match by.\n"
            "The provider vouched for the person, but no account of this tenant has the value to match by."
        ),
        remedy=(
            "Tenant admin: create an account with the person's email (or username or external ID, as match_by in the "
            "connection says), or correct it in the account that is meant."
        ),
    ),
    ReasonCode.ACCOUNT_DISABLED: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("You signed in, but your account here is switched off."),
        next_step=N_("Ask your supervisor or your IT to switch it on again, and give them the reference below."),
        summary=(
            "Every account that this person could open is disabled (count: {candidates}).\n"
            "Every account that this person could open is disabled."
        ),
        remedy="Tenant admin: set the account's status to active if the person should get in.",
    ),
    ReasonCode.HELD_NEW_SUBJECT: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("Your sign-in at your company looks new to us, so somebody has to confirm that it is you."),
        next_step=N_("Ask your IT to confirm this login, and give them the reference below. Then sign in again."),
        summary=(
            "An account with this match value is already linked to another subject of the same provider: the address "
            "has changed hands, or the person was created anew there. Accounts with this value: {candidates}.\n"
            "An account with this match value is already linked to another subject of the same provider: the address "
            "has changed hands, or the person was created anew there."
        ),
        remedy=(
            "Tenant admin: find out whether it is the same person, then accept or refuse the held login. Accept only "
            "if the person behind the account has not changed."
        ),
    ),
    ReasonCode.HELD_EMAIL_MOVED: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("Your details at your company have changed, so somebody has to confirm which account is yours."),
        next_step=N_("Ask your IT to confirm the change, and give them the reference below. Then sign in again."),
        summary=(
            "The provider now sends another match value for this person, and only accounts that are not linked to "
            "them have it. Accounts with this value: {candidates}.\n"
            "The provider now sends another match value for this person, and only accounts that are not linked to them "
            "have it."
        ),
        remedy=(
            "Tenant admin: find out whether the new address is this person's, then accept or refuse the held login, or "
            "correct the address in the person's own account."
        ),
    ),
    ReasonCode.CHOICE_REFUSED: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("The account could not be opened: the choice was open for too long, or something has changed."),
        next_step=N_("Go back to the sign-in page, click OAuth Login and choose again."),
        summary=(
            "The chosen account is not, or no longer, among the {candidates} that this login may open, or the choice "
            "had expired.\n"
            "The chosen account is not, or no longer, among those that this login may open, or the choice had expired."
        ),
        remedy=(
            "Nobody has to change anything if the next choice works. Otherwise, tenant admin: check that the account "
            "is active and has the person's email (or what match_by in the connection names)."
        ),
    ),
    ReasonCode.ANOTHER_ACCOUNT: Reason(
        outcome=Outcome.REFUSED,
        status=403,
        sentence=N_("You signed in at your company as somebody whose account here is another one."),
        next_step=N_(
            "If you have several sign-ins at your company, try again with the one that belongs to this account. If "
            "not, give your IT the reference below."
        ),
        summary=(
            "The provider vouched for somebody, but not for the account that had started this. Accounts that the "
            "person may open: {candidates}.\n"
            "The provider vouched for somebody, but not for the account that had started this."
        ),
        remedy=(
            "Tenant admin: if it was the same person, give the account the email that the provider sends for them (or "
            "what match_by in the connection names). A person who has several sign-ins there uses the right one."
        ),
    ),
}
