"""Whether a provider works, from the last logins through its connection."""

from dataclasses import dataclass

from app.domain.traces.activity import ProviderRecord
from app.web.i18n import ago, gettext, moment


@dataclass(frozen=True, slots=True)
class ProviderWords:
    """`kind` is the badge's colour, `at` the moment that `words` are about."""

    connection: str
    kind: str
    words: str
    at: str


def provider_words(record: ProviderRecord, *, now: float) -> ProviderWords:
    """The first failure after the last success decides."""
    if record.failing_since is not None:
        since = ago(record.failing_since, now=now) or ""
        words = gettext("Failing, first %(when)s", when=since)
        return ProviderWords(record.connection, "bad", words, moment(record.failing_since))
    if record.ok_at is not None:
        return ProviderWords(record.connection, "ok", gettext("OK"), moment(record.ok_at))
    return ProviderWords(record.connection, "none", gettext("No logins yet"), "")
