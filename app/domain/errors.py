"""Our own errors. Everything that goes wrong outside becomes one of these at the rim where it happens.

    Exception
    ├── SsoError              a login stops; `code` says why, `details` what decided
    │   ├── StoreUnavailable  the database or the counters cannot be reached; nothing is half done
    │   └── LoginHeld         (domain/accounts/held) it waits for the tenant's admin
    ├── LoginStopped          (domain/traces/trace) what the web rim sees of an SsoError: its recorded trace
    ├── NotFound              no such tenant, connection or trace
    ├── ChangedMeanwhile      somebody else has changed what a form was made from; nothing is saved
    └── InvalidInput          something that a person wrote cannot be accepted

The HTTP status, the public sentence and the outcome belong to the reason (`app.domain.reasons`), so that one
page turns every error into an answer. A 500 is only ever our own bug.
"""

from app.domain.reasons.codes import ReasonCode

Detail = str | int | float | bool | None | list[str]
"""What a trace may hold: plain JSON values, never a token, code, state, nonce, verifier, cookie or secret."""


class SsoError(Exception):
    """A login attempt stops here. `details` go into its trace as they are."""

    def __init__(self, code: ReasonCode, **details: Detail) -> None:
        super().__init__(code.value)
        self.code = code
        self.details = details


class StoreUnavailable(SsoError):
    """A store that this request needs is away. `store` is `database` or `redis`; `problem` goes on: "is full"."""

    AWAY = "cannot be reached"

    def __init__(self, store: str, problem: str = AWAY) -> None:
        super().__init__(ReasonCode.STORE_UNAVAILABLE, store=store)
        self.store = store
        self.problem = problem


class NotFound(Exception):
    """There is nothing under this name. `what` is a noun (`tenant`), `name` what was asked for."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"no {what} {name!r}")
        self.what = what
        self.name = name


class ChangedMeanwhile(Exception):
    """What a form was made from is another version by now (docs/rules.md, rule 18). `what` is a noun (`tenant`)."""

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
