"""Whether a provider works, from the last logins through its connection."""

from dataclasses import dataclass

from app.domain.traces.activity import ProviderRecord
from app.web.i18n import gettext, moment


@dataclass(frozen=True, slots=True)
class ProviderWords:
    """`kind` is the badge's colour."""

    connection: str
    kind: str
    words: str


def provider_words(record: ProviderRecord) -> ProviderWords:
    """The first failure after the last success decides."""
    if record.failing_since is not None:
        words = gettext("Failing since %(when)s", when=moment(record.failing_since))
        return ProviderWords(record.connection, "bad", words)
    if record.ok_at is not None:
        return ProviderWords(record.connection, "ok", gettext("OK"))
    return ProviderWords(record.connection, "none", gettext("No logins yet"))
