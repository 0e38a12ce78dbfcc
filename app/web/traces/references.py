"""`/support/references`: looks up a login by its reference."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Account, Role
from app.domain.accounts.near_miss import Near, masked
from app.domain.errors import NotFound
from app.domain.reasons import Outcome, reason
from app.domain.traces.trace import Step, Trace
from app.domain.traces.trace_comparison import StepPair, claims_of, missing_claims, side_by_side, took
from app.ports.system import Clock
from app.services.traces.references import LookedUp, ReferenceService
from app.services.traces.traces import as_written, explain
from app.web.connections.connections import connection_url
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import support_nav, tenant_url
from app.web.i18n import ago, gettext, moment
from app.web.pages import what_to_do, with_query
from app.web.traces.reference_words import (
    clock_time,
    compared,
    near_words,
    other_details,
    outcome_words,
    printable,
    said_by_provider,
    skew_words,
    step_words,
    visible,
    way_words,
)

HERE = "/support/references"
TYPED_MOST = 100
WHOLE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}")
"""A complete reference (ports/system, `reference`)."""


@dataclass(frozen=True, slots=True)
class ReferenceViews:
    """Read-only, for all staff."""

    references: ReferenceService
    clock: Clock
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_references", self.console, roles=STAFF_ROLES)
        pages.page(HERE, self.look_up, keep=["q", "reference"])
        return pages

    def look_up(self) -> Response:
        typed = (request.args.get("q") or request.args.get("reference") or "")[:TYPED_MOST].strip()
        if not typed:
            return self._page(typed)
        try:
            found = self.references.look_up(typed)
        except NotFound:
            return self._page(typed, status=404, unknown=True, whole=WHOLE.fullmatch(as_written(typed)) is not None)
        return self._page(found.trace.reference, found=found, **self._story(found))

    def _page(self, typed: str, *, status: int = 200, **context: Any) -> Response:
        nav = support_nav(self.console, HERE)
        return self.console.page("support/reference.html", nav, status=status, typed=typed, **context)

    def _story(self, found: LookedUp) -> Mapping[str, Any]:
        trace = found.trace
        now = self.clock.now()
        why = reason(trace.reason) if trace.reason else None
        outcome = why.outcome if why else Outcome.SIGNED_IN
        told = explain(trace)
        return {
            "trace": trace,
            "good": found.good,
            "outcome": outcome.value,
            "outcome_words": outcome_words(outcome, found.purpose),
            "summary": told["summary"],
            "remedy": told["remedy"],
            "seen": f"{gettext(why.sentence)} {what_to_do(trace.reason, trace.details)}"
            if why and trace.reason
            else "",
            "way": way_words(trace, found.purpose),
            "when": moment(trace.at),
            "ago": ago(trace.at, now=now),
            "tenant_url": tenant_url(found.tenant.slug) if found.tenant else None,
            "connection_url": self._connection_url(found),
            "held": found.held,
            "sought": self._sought(found),
            "near": [_near(found, account, how) for account, how in found.near],
            "compared": compared(trace.details) if trace.reason else None,
            "visible": visible,
            "printable": printable,
            "skew": skew_words(trace.details),
            "said": said_by_provider(trace.details),
            "candidates": trace.details.get("candidates"),
            "others": other_details(trace.details),
            "rows": _rows(trace, found.good),
            "took": took(trace),
            "claims": claims_of(trace),
            "missing": missing_claims(trace, found.good) if found.good else (),
            **(_good(found.good, now=now) if found.good else {}),
        }

    def _sought(self, found: LookedUp) -> str | None:
        """Operators see the whole address; support sees enough to recognise it."""
        if found.sought is None:
            return None
        return printable(found.sought if self.console.has(Role.OPERATOR) else masked(found.sought))

    def _connection_url(self, found: LookedUp) -> str | None:
        if found.tenant is None or found.connection is None or not self.console.has(Role.OPERATOR):
            return None
        return connection_url(found.tenant, found.connection)


def _good(trace: Trace, *, now: float) -> Mapping[str, Any]:
    """The successful login to compare with."""
    return {
        "good_took": took(trace),
        "good_when": moment(trace.at),
        "good_ago": ago(trace.at, now=now),
        "good_url": reference_url(trace.reference),
        "good_claims": claims_of(trace),
    }


def _near(found: LookedUp, account: Account, how: Near) -> Mapping[str, str]:
    tenant = found.tenant.slug if found.tenant else ""
    return {
        "username": printable(account.username),
        "how": near_words(how),
        "url": tenant_url(tenant, "people", account.id),
        "status": account.status.value,
    }


def reference_url(reference: str) -> str:
    """The link to its page."""
    return with_query(HERE, q=reference)


def _rows(trace: Trace, good: Trace | None) -> Sequence[Mapping[str, object]]:
    pairs = side_by_side(trace, good)
    longest = max((step.took_ms for pair in pairs for step in (pair.this, pair.good) if step), default=0)
    return [_row(pair, longest) for pair in pairs]


def _row(pair: StepPair, longest: int) -> Mapping[str, object]:
    name, looks_at = step_words(pair.name)
    return {
        "step": pair.name,
        "name": name,
        "looks_at": looks_at,
        "at_provider": pair.at_provider,
        "this": pair.this,
        "at": clock_time(pair.this.at) if pair.this else None,
        "good": pair.good,
        "bar": _bar(pair.this, longest),
        "good_bar": _bar(pair.good, longest),
    }


def _bar(step: Step | None, longest: int) -> float:
    """Its length as a percentage of the longest, with a minimum so that it stays visible."""
    return 0 if step is None else max(1.0, round(100 * step.took_ms / longest, 1) if longest else 1.0)
