"""The audit log for people: newest first, each entry in words, with filters and exports."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, request

from app.domain.audit.audit import ANY, COMMAND_LINE, AuditFilter, Chain, ChainedEntry
from app.domain.errors import Detail
from app.services.audit.audit import AuditService, exported
from app.web.audit.audit_words import ACTIONS, SENTENCES, in_words, sentence, who_or_where, why
from app.web.consoles.downloads import csv_download, json_lines_download
from app.web.consoles.period import Days, utc
from app.web.i18n import gettext, moment, time_zone
from app.web.pages import with_query

PAGE = 50
TEXT_MOST = 300
FILTERS = ("action", "actor", "from", "to")
"""The query's parameters."""
HEADER = ("number", "time", "actor", "address", "action", "subject", "before", "after", "reason")
TIMES = ("_at", "_until")
"""Endings of key names that hold a time in Unix seconds."""
_NEWEST = 2**63 - 1
_YEAR_9999 = 253_000_000_000


@dataclass(frozen=True, slots=True)
class Change:
    """One key's old and new value; None if there is nothing to show. `new`: there was no old value."""

    key: str
    new: bool
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry of the audit log, in the words of the page."""

    number: int
    when: str
    who: str
    where: str
    what: str
    subject: str
    changes: Sequence[Change]
    why: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """For `_audit.html`. `actions` are the choices of the filter, `values` the present ones."""

    lines: Sequence[AuditLine]
    actions: Sequence[tuple[str, str]]
    values: Mapping[str, str]
    filtered: bool
    url: str
    newest_url: str | None
    older_url: str | None
    csv_url: str
    jsonl_url: str


@dataclass(frozen=True, slots=True)
class AskedChanges:
    """The request's filter. `values` are the query's, as the form shows them again."""

    values: Mapping[str, str]
    wanted: AuditFilter

    @classmethod
    def of_request(cls, slug: str | None) -> "AskedChanges":
        """`slug` is the tenant whose accounts need not be named with it."""
        values = {name: request.args.get(name, "")[:TEXT_MOST].strip() for name in FILTERS}
        days = Days.asked(values, time_zone())
        wanted = AuditFilter(
            action=values["action"] or None, actor=_actor(values["actor"], slug), since=days.since, until=days.until
        )
        return cls({**values, "from": days.first, "to": days.last}, wanted)

    def url(self, path: str, **more: str) -> str:
        """An address with the same filter; an action that is none is left out."""
        kept = {name: value for name, value in self.values.items() if name != "action" or value in ACTIONS}
        return with_query(path, **kept, **more)


def audit_page(audit: AuditService, chain: Chain, *, url: str, slug: str | None = None) -> AuditPage:
    """The page for the request's `before` and filter; `url` is the address without them."""
    asked = AskedChanges.of_request(slug)
    before = _position(request.args.get("before", ""))
    found = audit.latest(chain, asked.wanted, before=before, most=PAGE + 1)
    shown = found[:PAGE]
    return AuditPage(
        lines=[_line(link) for link in shown],
        actions=[(name, in_words(name)) for name in ACTIONS],
        values=asked.values,
        filtered=asked.wanted != ANY,
        url=url,
        newest_url=asked.url(url) if before is not None else None,
        older_url=asked.url(url, before=str(shown[-1].position)) if len(found) > PAGE else None,
        csv_url=asked.url(f"{url}.csv"),
        jsonl_url=asked.url(f"{url}.jsonl"),
    )


def audit_as_json_lines(audit: AuditService, chain: Chain, *, slug: str | None) -> Response:
    """Like `sso-bridge audit export`, oldest first, with the request's filter."""
    found = audit.of_chain(chain, AskedChanges.of_request(slug).wanted)
    return json_lines_download(_name(slug), (exported(link, slug) for link in found))


def audit_as_csv(audit: AuditService, chain: Chain, *, slug: str | None) -> Response:
    """The same as a table; what was there before and after as JSON."""
    found = audit.of_chain(chain, AskedChanges.of_request(slug).wanted)
    return csv_download(_name(slug), HEADER, (_row(link) for link in found))


def _row(link: ChainedEntry) -> Sequence[object]:
    """In the order of HEADER."""
    entry = link.entry
    sides = [json.dumps(dict(side), default=repr, ensure_ascii=False) for side in (entry.before, entry.after)]
    return (link.seq, utc(entry.at), entry.actor, entry.address, entry.action, entry.subject, *sides, entry.reason)


def _name(slug: str | None) -> str:
    return f"audit-{slug or 'bridge'}"


def _actor(typed: str, slug: str | None) -> str | None:
    """As the log names them: `ada` is `acme/ada` on acme's page; the command line has no tenant."""
    if not typed or not slug or "/" in typed or typed.startswith(COMMAND_LINE):
        return typed or None
    return f"{slug}/{typed}"


def _position(text: str) -> int | None:
    """Anything invalid means the newest page."""
    if not text.isascii() or not text.isdigit() or len(text) > len(str(_NEWEST)):
        return None
    return min(int(text), _NEWEST)


def _line(link: ChainedEntry) -> AuditLine:
    entry = link.entry
    return AuditLine(
        number=link.seq,
        when=moment(entry.at),
        who=who_or_where(entry.actor),
        where=""
        if entry.address == COMMAND_LINE and entry.actor.startswith(COMMAND_LINE)
        else who_or_where(entry.address),
        what=in_words(entry.action),
        subject=entry.subject,
        changes=_changes(entry.before, entry.after),
        why=why(entry.reason),
    )


def _changes(before: Mapping[str, Detail], after: Mapping[str, Detail]) -> list[Change]:
    """Keys that are empty on both sides are left out: an entry about a new object names all of its keys."""
    found = [
        Change(key, new=key not in before, before=_shown(key, before.get(key)), after=_shown(key, after.get(key)))
        for key in dict.fromkeys((*before, *after))
    ]
    return [change for change in found if change.before is not None or change.after is not None]


def _shown(key: str, value: Detail) -> str | None:
    if value is None or value in ("", []):
        return None
    if key.endswith(TIMES) and isinstance(value, int | float) and 0 < value < _YEAR_9999:
        return moment(value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if key in SENTENCES and isinstance(value, list):
        return " ".join(gettext(sentence(str(one))) for one in value)
    # A value edited in the database by hand may be anything (adapters/sql/audit/audit.py).
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
