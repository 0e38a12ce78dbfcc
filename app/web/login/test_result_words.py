"""The result of a test, for whoever set the provider up: what arrived, which rule took it, and whom it leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.accounts.account import Account
from app.domain.accounts.near_miss import Near
from app.domain.connections.at_provider import ASK_FOR_EMAIL
from app.domain.connections.connection import Connection, MatchBy
from app.domain.login.claim_verdicts import Judged, Verdict, match_text
from app.domain.login.received_claims import ReceivedClaims
from app.domain.reasons import reason
from app.domain.tenants.tenant import Status
from app.domain.traces.trace import Trace
from app.domain.traces.trace_comparison import claims_of, missing_claims
from app.services.login.check_diagnosis import Diagnosis
from app.services.login.connection_checks import ConnectionCheck, NotOffered
from app.services.traces.traces import explain
from app.web.connections.preset_words import preset_name
from app.web.i18n import ago, gettext, moment
from app.web.traces.reference_words import (
    clock_time,
    compared,
    near_words,
    note_words,
    other_details,
    printable,
    said_by_provider,
    skew_words,
    step_words,
    visible,
)

SECRET_TRIED_IN = "token"
"""The step that sends the client's credentials."""


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account as the page lists it."""

    username: str
    name: str
    why: str
    badge: str = ""


def story(diagnosis: Diagnosis, passed: ConnectionCheck | None, *, now: float, named: bool) -> Mapping[str, Any]:
    """What the template shows. `named`: whether this viewer may read who has an account in the tenant."""
    trace, connection = diagnosis.known.trace, diagnosis.known.connection
    told = explain(trace)
    return {
        "trace": trace,
        "passed": passed is not None,
        "connection": connection.name if connection else trace.connection,
        "provider_name": _provider_name(connection),
        "summary": told["summary"],
        "remedy": told["remedy"],
        "seen": gettext(reason(trace.reason).sentence) if trace.reason else "",
        "here": diagnosis.at_provider == ASK_FOR_EMAIL,
        "at_provider": gettext(diagnosis.at_provider) if diagnosis.at_provider else None,
        "when": moment(trace.at),
        "compared": compared(trace.details) if trace.reason else None,
        "said": said_by_provider(trace.details),
        "skew": skew_words(trace.details),
        "draft": bool(connection and connection.is_draft),
        "others": [one for one in other_details(trace.details) if one[0] != "draft"] if trace.reason else (),
        "steps": [_step(step.step, step.ok, step.took_ms, step.note, step.at) for step in trace.steps],
        "secret_tried": _secret_tried(trace, connection),
        "rules": [_rule(one) for one in diagnosis.rules],
        "claims": _side_by_side(diagnosis.received),
        "documents": _documents(diagnosis.received),
        "dropped": diagnosis.received.dropped,
        "names": claims_of(trace),
        "accounts": _found(diagnosis, passed) if named else (),
        "not_offered": [_not_offered(one) for one in passed.others] if passed and named else (),
        "near": [_near(account, how) for account, how in diagnosis.known.near] if named else (),
        "match_by": _match_words(connection.provider.match_by) if connection else "",
        "match_value": printable(passed.match_value) if passed else _sought(diagnosis),
        "count": len(passed.accounts) if passed and passed.looked_up else None,
        "named": named,
        "printable": printable,
        "visible": visible,
        **_before(diagnosis, now=now),
    }


def _provider_name(connection: Connection | None) -> str:
    preset = connection.provider.preset if connection else None
    return preset_name(preset) if preset else gettext("your provider")


def _before(diagnosis: Diagnosis, *, now: float) -> Mapping[str, Any]:
    """The last time that it worked, to compare with."""
    good = diagnosis.known.good
    if good is None:
        return {"good": None, "gone": (), "new": ()}
    then, this = claims_of(good), claims_of(diagnosis.known.trace)
    return {
        "good": good,
        "good_was_test": good.details.get("purpose") == "test",
        "good_when": moment(good.at),
        "good_ago": ago(good.at, now=now),
        "gone": missing_claims(diagnosis.known.trace, good),
        "new": [name for name in this if name not in then] if this is not None and then is not None else (),
        "comparable": this is not None and then is not None,
    }


def _secret_tried(trace: Trace, connection: Connection | None) -> str:
    """`yes`: the provider took it. `refused`, `no`: the test stopped before. Empty: the connection has none."""
    if connection is None or connection.client_secret is None:
        return ""
    tried = next((step for step in trace.steps if step.step == SECRET_TRIED_IN), None)
    if tried is None:
        return "no"
    return "yes" if tried.ok else "refused"


def _step(name: str, ok: bool, took_ms: int, note: str, at: float) -> Mapping[str, Any]:  # noqa: FBT001 - a step's own
    words, looks_at = step_words(name)
    return {
        "step": name, "name": words, "looks_at": looks_at, "ok": ok, "took_ms": took_ms, "note": note_words(note),
        "at": clock_time(at),
    }  # fmt: skip


def _rule(one: Judged) -> Mapping[str, Any]:
    use = one.use
    return {
        "name": _rule_words(use.setting),
        "setting": use.setting,
        "path": use.path,
        "value": printable(use.value),
        "expected": printable(use.expected),
        "document": document_words(use.document),
        "verdict": one.verdict.value,
        "words": _verdict_words(one),
    }


def _rule_words(setting: str) -> str:
    return {
        "subject_claim": gettext("Who it is at the provider"),
        "email_claim": gettext("Email"),
        "email_verified_claim": gettext("Email is verified"),
        "match_claim": gettext("Match value"),
        "required_claims": gettext("Required claim"),
        "email_domains": gettext("Email domain"),
    }[setting]


def _verdict_words(one: Judged) -> str:
    if one.use.setting == "email_verified_claim" and one.verdict is Verdict.NOT_NEEDED:
        return gettext("Not needed: this provider's emails are trusted")
    if one.use.setting == "email_domains" and one.verdict is Verdict.NOT_NEEDED:
        return gettext("Not needed: any domain is allowed")
    return {
        Verdict.TAKEN: gettext("OK"),
        Verdict.NOT_NEEDED: gettext("Not needed"),
        Verdict.MISSING: gettext("Missing"),
        Verdict.REFUSED: gettext("Not accepted"),
    }[one.verdict]


def document_words(document: str) -> str:
    """Where a claim came from."""
    return {"": "", "id_token": "id_token", "userinfo": "userinfo", "emails_endpoint": gettext("list of emails")}[
        document
    ]


def _documents(received: ReceivedClaims) -> Sequence[str]:
    came = {claim.document for claim in received.claims}
    return [name for name in ("id_token", "userinfo") if name in came]


def _side_by_side(received: ReceivedClaims) -> Sequence[Mapping[str, Any]]:
    """One row for each name, with what each document said."""
    rows: dict[str, dict[str, str]] = {}
    for claim in received.claims:
        rows.setdefault(claim.name, {})[claim.document] = f"{claim.value}…" if claim.cut else claim.value
    used: dict[str, list[str]] = {}
    for use in received.uses:
        if use.document:
            used.setdefault(use.path.split(".")[0], []).append(use.setting)
    return [{"name": name, "values": values, "used_by": used.get(name, [])} for name, values in rows.items()]


def _found(diagnosis: Diagnosis, passed: ConnectionCheck | None) -> Sequence[FoundAccount]:
    if passed is not None:
        return [
            FoundAccount(printable(one.username), printable(one.name), _why(passed.match_by, linked=one.linked))
            for one in passed.accounts
        ]
    return [_stopped_at(account) for account in diagnosis.with_value]


def _stopped_at(account: Account) -> FoundAccount:
    disabled = account.status is not Status.ACTIVE
    why = gettext("disabled here") if disabled else gettext("linked to another sign-in at the provider")
    return FoundAccount(printable(account.username), printable(account.name or ""), why)


def _why(match_by: MatchBy, *, linked: bool) -> str:
    if linked:
        return gettext("this sign-in has opened it before")
    return {
        MatchBy.EMAIL: gettext("has this email"),
        MatchBy.USERNAME: gettext("has this username"),
        MatchBy.EXTERNAL_ID: gettext("has this external ID"),
    }[match_by]


def _not_offered(one: NotOffered) -> FoundAccount:
    why = gettext("disabled here") if one.disabled else gettext("linked to another sign-in at the provider")
    return FoundAccount(printable(one.username), "", why)


def _near(account: Account, how: Near) -> Mapping[str, str]:
    return {"username": printable(account.username), "how": near_words(how)}


def _match_words(match_by: MatchBy) -> str:
    return {
        MatchBy.EMAIL: gettext("Email"),
        MatchBy.USERNAME: gettext("Username"),
        MatchBy.EXTERNAL_ID: gettext("External ID"),
    }[match_by]


def _sought(diagnosis: Diagnosis) -> str | None:
    connection = diagnosis.known.connection
    text = match_text(connection.provider, diagnosis.received) if connection else None
    return printable(text) if text else None
