"""The audit log for people: newest first, each entry in words, with an export as JSON Lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import Response, request

from app.domain.audit.audit import Chain, ChainedEntry
from app.domain.errors import Detail
from app.services.audit.audit import AuditService, exported
from app.web.audit.audit_words import ACTIONS, in_words
from app.web.i18n import gettext, moment
from app.web.pages import with_query

PAGE = 50
ACTION_MOST = 100
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
    """For `_audit.html`. `actions` are the choices of the filter, `action` the present one."""

    lines: Sequence[AuditLine]
    actions: Sequence[tuple[str, str]]
    action: str | None
    url: str
    newest_url: str | None
    older_url: str | None


def audit_page(audit: AuditService, chain: Chain, *, url: str) -> AuditPage:
    """The page for the request's `before` and `action`; `url` is the address without them."""
    action = request.args.get("action", "")[:ACTION_MOST] or None
    before = _position(request.args.get("before", ""))
    found = audit.latest(chain, before=before, action=action, most=PAGE + 1)
    shown = found[:PAGE]
    chosen = action if action in ACTIONS else None
    return AuditPage(
        lines=[_line(link) for link in shown],
        actions=[(name, in_words(name)) for name in ACTIONS],
        action=action,
        url=url,
        newest_url=with_query(url, action=chosen) if before is not None else None,
        older_url=with_query(url, action=chosen, before=str(shown[-1].position)) if len(found) > PAGE else None,
    )


def audit_export(audit: AuditService, chain: Chain, *, slug: str | None) -> Response:
    """Like `sso-bridge audit export`, oldest first; streamed while it is read."""
    response = Response(_lines(audit, chain, slug), mimetype="application/x-ndjson")
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{slug or "bridge"}.jsonl"'
    return response


def _lines(audit: AuditService, chain: Chain, slug: str | None) -> Iterator[str]:
    for link in audit.of_chain(chain):
        yield f"{exported(link, slug)}\n"


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
        who=entry.actor,
        where=entry.address,
        what=in_words(entry.action),
        subject=entry.subject,
        changes=_changes(entry.before, entry.after),
        why=entry.reason,
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
    # A value edited in the database by hand may be anything (adapters/sql/audit/audit.py).
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
