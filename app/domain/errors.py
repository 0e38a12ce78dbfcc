"""Our own errors. Whatever fails outside becomes one of these where it happens.

    Exception
    ├── SsoError              a login stops; `code` says why, `details` what decided
    │   ├── StoreUnavailable  the database or the counters cannot be reached; nothing is half done
    │   ├── LoginHeld         (domain/accounts/held) the login waits for the tenant's admin
    │   └── NoPlace           (services/throttling/fair_places) too many passwords are being checked at the moment
    ├── LoginStopped          (domain/traces/trace) an SsoError as the web layer sees it: with its recorded trace
    ├── NotFound              no such tenant, connection or trace
    ├── ChangedMeanwhile      someone else changed the record since the form was loaded; nothing is saved
    ├── InvalidInput          input that cannot be accepted
    └── Refused               the request cannot be carried out at present; nothing is changed
        ├── SwitchRefused     (services/sso_only/switch_command) a blocker that has not been accepted
        ├── NotPossible       (services/sso_only/switching) the tenant's state does not allow this
        ├── DraftRefused      (services/connections/draft_state) a draft that is not tested, or overtaken
        ├── StaffRefused      (services/staff/staff) no operator would be left, or you have lost the right to do this
        ├── FactorDemanded    (services/passwords/second_factors) the tenant requires a second factor
        ├── AccountRefused    (services/accounts/account_changes) would lock out whoever acts, or leave no administrator
        ├── DraftsRefused     (services/accounts/account_changes) invalid details of accounts
        ├── TooManyImports    (services/accounts/account_import) so many files of the tenant wait already
        ├── InvitationRefused (services/sso_only/trial_invitations) asked too recently, or SSO is not allowed
        ├── MemberInvalid     (services/staff/staff) invalid details of a staff member
        ├── AppRefused        (services/oauth2/apps) a form sent twice, a secret too many or too few
        ├── AppInvalid        (services/oauth2/apps) invalid details of an app or an API credential
        ├── DomainRefused     (services/tenants/domains) a domain that a tenant cannot claim
        ├── SecuritySettingsRefused  (services/tenants/security_settings) invalid security settings
        └── DocumentInvalid   (services/apply/reading) an `apply` file, or a form by the same rules
            └── ApplyFileInvalid  (adapters/apply_file/problems)

The HTTP status, the public sentence and the outcome belong to the reason (`app.domain.reasons`), so that one
page turns every error into an answer. A 500 is only ever our own bug.
"""

from app.domain.reasons.codes import ReasonCode

Detail = str | int | float | bool | None | list[str]
"""A value in a trace: plain JSON, never a token, code, state, nonce, verifier, cookie or secret."""


class SsoError(Exception):
    """Stops a login attempt. `details` go into its trace unchanged."""

    def __init__(self, code: ReasonCode, **details: Detail) -> None:
        super().__init__(code.value)
        self.code = code
        self.details = details
        self.account_id: str | None = None
        """Whose login it stops, if that is known."""


class StoreUnavailable(SsoError):
    """A store that this request needs is unavailable. `store`: `database` or `redis`; `problem` goes on: "is full"."""

    AWAY = "cannot be reached"

    def __init__(self, store: str, problem: str = AWAY) -> None:
        super().__init__(ReasonCode.STORE_UNAVAILABLE, store=store)
        self.store = store
        self.problem = problem


class NotFound(Exception):
    """Nothing exists under this name. `what` is a noun (`tenant`), `name` what was asked for."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"no {what} {name!r}")
        self.what = what
        self.name = name


class ChangedMeanwhile(Exception):
    """The record behind a form has changed in the meantime (docs/rules.md, rule 18). `what` is a noun (`tenant`)."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"{what} {name!r} was changed meanwhile")
        self.what = what
        self.name = name


class InvalidInput(Exception):
    """`path` says where (`tenants[0].connections[0].issuer`), `problem` what is wrong and what would be right."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem


class Refused(Exception):
    """The request cannot be carried out at present; nothing is changed.

    `sentence` gives the reason, with `%(name)s` for its `values`, so that the web layer can translate it.
    """

    def __init__(self, sentence: str = "", **values: str) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values
