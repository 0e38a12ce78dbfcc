"""Live sessions, as rows of their tables."""

from collections.abc import Callable, Mapping, Sequence

from app.domain.accounts.account import Account
from app.domain.sessions.session import SignedIn
from app.web.i18n import ago, moment


def session_rows(
    sessions: Sequence[SignedIn],
    *,
    now: float,
    to_account: Callable[[Account], str],
    to_reference: Callable[[str], str],
    to_end: Callable[[str], str | None],
) -> Sequence[Mapping[str, object]]:
    """The links are those of the console; `to_end` is None where it has no page to end one."""
    return [
        {
            "username": one.account.username,
            "account_url": to_account(one.account),
            "method": one.session.method,
            "connection": one.connection,
            "began": moment(one.session.created_at),
            "began_ago": ago(one.session.created_at, now=now),
            "began_words": str(ago(one.session.created_at, now=now)),
            "seen": ago(one.session.last_seen_at, now=now),
            "ends": moment(min(one.session.expires_at, one.session.last_seen_at + one.session.idle_s)),
            "reference": one.session.reference,
            "reference_url": to_reference(one.session.reference),
            "end_url": to_end(one.session.id),
        }
        for one in sessions
    ]
