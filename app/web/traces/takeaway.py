"""One login as a row of CSV, and as a line of JSON."""

from collections.abc import Mapping, Sequence

from app.services.traces.login_activity import Login
from app.services.traces.traces import explain
from app.web.consoles.period import utc

HEADER = (
    "time",
    "reference",
    "outcome",
    "reason",
    "purpose",
    "method",
    "connection",
    "username",
    "name",
    "email",
    "summary",
    "remedy",
)


def as_row(login: Login) -> Sequence[object]:
    """In the order of HEADER."""
    told, account = explain(login.trace), login.account
    return (
        utc(login.trace.at),
        login.trace.reference,
        told["outcome"],
        told["reason"],
        login.trace.purpose.value,
        told["method"],
        told["connection"],
        account.username if account else None,
        account.name if account else None,
        account.email if account else None,
        told["summary"],
        told["remedy"],
    )


def as_json(login: Login) -> Mapping[str, object]:
    """As `sso-bridge trace --json` prints it, with the time, the purpose and the account."""
    account = login.account
    return {
        "time": utc(login.trace.at),
        "purpose": login.trace.purpose.value,
        "account": {"id": account.id, "username": account.username, "name": account.name, "email": account.email}
        if account
        else None,
        **explain(login.trace),
    }
