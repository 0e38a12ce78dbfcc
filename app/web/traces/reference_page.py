"""What the page of a reference shows, in both consoles: support's, and that of a tenant's admins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.domain.accounts.account import Account
from app.domain.accounts.near_miss import Near, masked
from app.domain.connections.connection import Connection
from app.domain.reasons import Outcome, reason
from app.domain.tenants.tenant import Tenant
from app.domain.traces.trace import Step, Trace
from app.domain.traces.trace_comparison import StepPair, claims_of, missing_claims, side_by_side, took
from app.services.traces.references import LookedUp
from app.services.traces.traces import explain
from app.web.i18n import ago, gettext, moment
from app.web.pages import what_to_do
from app.web.traces.reference_words import (
    clock_time,
    compared,
    near_words,
    note_words,
    other_details,
    outcome_words,
    printable,
    said_by_provider,
    skew_words,
    step_words,
    visible,
    way_words,
)


class Links(Protocol):
    """Where the page may lead; None: nowhere."""

    def to_tenant(self, tenant: Tenant) -> str | None: ...
    def to_connection(self, tenant: Tenant, connection: Connection) -> str | None: ...
    def to_account(self, tenant: Tenant, account: Account) -> str | None: ...
    def to_held(self, tenant: Tenant, held_id: str) -> str | None: ...
    def to_new_account(self, tenant: Tenant, reference: str) -> str | None: ...
    def to_reference(self, reference: str) -> str: ...


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """The context of `_reference.html`. With `whole`, the value that no account has is shown unmasked."""

    links: Links
    whole: bool
    now: float

    def story(self, found: LookedUp) -> Mapping[str, Any]:
        trace = found.trace
        why = reason(trace.reason) if trace.reason else None
        outcome = why.outcome if why else Outcome.SIGNED_IN
        told = explain(trace)
        return {
            "found": found,
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
            "ago": ago(trace.at, now=self.now),
            "held": found.held,
            "sought": self._sought(found),
            "near": [self._near(found, account, how) for account, how in found.near],
            "compared": compared(trace.details) if trace.reason else None,
            "visible": visible,
            "printable": printable,
            "note_words": note_words,
            "skew": skew_words(trace.details),
            "said": said_by_provider(trace.details),
            "candidates": trace.details.get("candidates"),
            "others": other_details(trace.details),
            "rows": _rows(trace, found.good),
            "took": took(trace),
            "claims": claims_of(trace),
            "missing": missing_claims(trace, found.good) if found.good else (),
            **self._links(found),
            **(self._good(found.good) if found.good else {}),
        }

    def _links(self, found: LookedUp) -> Mapping[str, str | None]:
        tenant, links = found.tenant, self.links
        if tenant is None:
            return {}
        return {
            "tenant_url": links.to_tenant(tenant),
            "connection_url": links.to_connection(tenant, found.connection) if found.connection else None,
            "account_url": links.to_account(tenant, found.account) if found.account else None,
            "held_url": links.to_held(tenant, found.held.id) if found.held else None,
            "create_url": links.to_new_account(tenant, found.trace.reference) if found.nobody else None,
        }

    def _sought(self, found: LookedUp) -> str | None:
        """Masked, it is enough to recognise it."""
        if found.sought is None:
            return None
        return printable(found.sought if self.whole else masked(found.sought))

    def _good(self, trace: Trace) -> Mapping[str, Any]:
        """The successful login to compare with."""
        return {
            "good_took": took(trace),
            "good_when": moment(trace.at),
            "good_ago": ago(trace.at, now=self.now),
            "good_url": self.links.to_reference(trace.reference),
            "good_claims": claims_of(trace),
        }

    def _near(self, found: LookedUp, account: Account, how: Near) -> Mapping[str, str | None]:
        return {
            "username": printable(account.username),
            "how": near_words(how),
            "url": self.links.to_account(found.tenant, account) if found.tenant else None,
            "status": account.status.value,
        }


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
