"""The texts of notices: what happened, what it means, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.connections.connection import Connection
from app.domain.mail.message import one_line
from app.domain.mail.notice import NoticeKind
from app.domain.reasons.reason import N_
from app.domain.tenants.tenant import Tenant
from app.domain.text import Moment, Text, joined

_REQUESTED = N_(
    "%(actor)s, an admin of %(tenant)s, has asked to switch it to SSO only.\n\nTheir note: %(note)s\n\n"
    "See what would happen, then plan the switch or decline the request:\n\n%(url)s\n"
)
_PLANNED = N_(
    "On %(when)s, %(tenant)s will be switched to %(policy)s. With SSO only, passwords no longer work, and everyone "
    "signs in with OAuth Login.\n\nReason: %(reason)s\n\nSee who is ready and what is missing:\n\n%(url)s\n"
)
_CANCELLED = N_(
    "The switch of %(tenant)s that was planned for %(when)s will not happen.\n\nReason: %(reason)s\n\n%(url)s\n"
)
_ONLY_SSO = N_(
    "%(tenant)s has been switched to SSO only. Passwords no longer work, and sessions that were opened with a password "
    "have ended. Everyone signs in with OAuth Login.\n\nReason: %(reason)s\n\n"
    "If someone cannot sign in, ask them for the reference on their screen and give it to support.\n\n%(url)s\n"
)
_CHANGED = N_(
    "How people sign in to %(tenant)s was changed from %(before)s to %(policy)s.\n\nReason: %(reason)s\n\n%(url)s\n"
)
_NOT_DONE = N_(
    "%(tenant)s was not switched to %(policy)s as planned, because it has blockers:\n\n%(blockers)s\n\n"
    "Nothing was changed. Once this is solved, support can plan the switch again:\n\n%(url)s\n"
)
_HELD = N_(
    "A login at %(tenant)s is held, because it is not clear whether the account belongs to the person who signed in. "
    "They cannot sign in this way until someone decides.\n\nReference: %(reference)s\n\n"
    "Find out whether it is the same person, then accept or refuse the login:\n\n%(url)s\n"
)
_FAILING = N_(
    "Logins through the provider of %(tenant)s (connection %(connection)s) have begun to fail. The last one that "
    "worked was on %(when)s.\n\n%(summary)s\n\n%(remedy)s\n\nReference: %(reference)s\n\n%(url)s\n"
)
_EXPIRES = {
    "client_secret": N_(
        "The client secret of %(tenant)s (connection %(connection)s) expires on %(when)s. After that, no one can sign "
        "in with OAuth Login.\n\nCreate a new secret at the provider and enter it as the next client secret. The "
        "bridge changes over by itself:\n\n%(url)s\n"
    ),
    "certificate": N_(
        "The certificate of %(tenant)s (connection %(connection)s) expires on %(when)s. After that, no one can sign in "
        "with OAuth Login.\n\nReplace it in the connection and at the provider:\n\n%(url)s\n"
    ),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """`key` names the event: a recipient gets one notice for it. `topic` is what may not come up again too soon."""

    kind: NoticeKind
    key: str
    topic: str
    subject: Text
    body: str
    body_for_staff: str


@dataclass(frozen=True, slots=True)
class _Event:
    """`page` is where it is dealt with, in the admins' console; for staff too, unless `staff_url` is another."""

    kind: NoticeKind
    key: str
    topic: str = ""
    page: str = ""
    staff_url: str = ""


@dataclass(frozen=True, slots=True)
class NoticeMails:
    """`base_url` is configured: links never use the Host header of a request."""

    base_url: str

    def requested(self, tenant: Tenant, *, at: float, actor: str, note: str) -> Notice:
        subject = Text(N_("%(tenant)s asks for SSO only"), tenant=_name(tenant))
        values = {"actor": actor, "note": note or "-"}
        return self._notice(_Event(NoticeKind.SWITCH_REQUESTED, f"requested/{at}"), tenant, subject, _REQUESTED, values)

    def planned(self, tenant: Tenant, *, at: float, decided_at: float, policy: str, reason: str) -> Notice:
        subject = Text(N_("%(tenant)s: switch planned for %(when)s"), tenant=_name(tenant), when=Moment(at))
        values = {"when": Moment(at), "policy": policy, "reason": reason}
        event = _Event(NoticeKind.SWITCH, f"planned/{decided_at}", page="readiness")
        return self._notice(event, tenant, subject, _PLANNED, values)

    def cancelled(self, tenant: Tenant, *, at: float, decided_at: float, reason: str) -> Notice:
        subject = Text(N_("%(tenant)s: planned switch cancelled"), tenant=_name(tenant))
        values = {"when": Moment(at), "reason": reason}
        return self._notice(_Event(NoticeKind.SWITCH, f"cancelled/{decided_at}"), tenant, subject, _CANCELLED, values)

    def switched(self, tenant: Tenant, *, before: str, at: float, reason: str) -> Notice:
        """`tenant` as it is afterwards."""
        only_sso = not tenant.policy.takes_passwords
        subject = N_("%(tenant)s: SSO only from now on") if only_sso else N_("%(tenant)s: sign-in was changed")
        values = {"before": before, "policy": tenant.policy.value, "reason": reason}
        text = _ONLY_SSO if only_sso else _CHANGED
        return self._notice(
            _Event(NoticeKind.SWITCH, f"switched/{at}"), tenant, Text(subject, tenant=_name(tenant)), text, values
        )

    def not_done(self, tenant: Tenant, *, policy: str, at: float, blockers: Sequence[str]) -> Notice:
        subject = Text(N_("%(tenant)s was not switched as planned"), tenant=_name(tenant))
        values = {"policy": policy, "blockers": joined(*(joined("- ", one, "\n") for one in blockers))}
        event = _Event(NoticeKind.SWITCH, f"not_done/{at}", page="readiness")
        return self._notice(event, tenant, subject, _NOT_DONE, values)

    def held(self, tenant: Tenant, *, held_id: str, reference: str) -> Notice:
        subject = Text(N_("%(tenant)s: a login is held"), tenant=_name(tenant))
        values = {"reference": reference}
        event = _Event(
            NoticeKind.HELD_LOGIN, held_id, page=f"people/held/{held_id}", staff_url=f"/support/held/{held_id}"
        )
        return self._notice(event, tenant, subject, _HELD, values)

    def failing(
        self, tenant: Tenant, connection: str, *, good: str, good_at: float, reference: str, story: tuple[str, str]
    ) -> Notice:
        """`good` is the reference of the last login that worked; `story` is the summary and the remedy."""
        subject = Text(N_("%(tenant)s: logins fail at the provider"), tenant=_name(tenant))
        summary, remedy = story
        values = {
            "connection": connection, "when": Moment(good_at), "summary": summary, "remedy": remedy,
            "reference": reference,
        }  # fmt: skip
        event = _Event(
            NoticeKind.PROVIDER_FAILING, f"{connection}/{good}", topic=connection, page=f"activity/{reference}"
        )
        return self._notice(event, tenant, subject, _FAILING, values)

    def expires(self, tenant: Tenant, connection: Connection, *, credential: str, at: float, days: int) -> Notice:
        """`days` is the warning: 30, 14 or 3 days ahead."""
        subject = N_("%(tenant)s: the client secret expires on %(when)s")
        if credential != "client_secret":
            subject = N_("%(tenant)s: the certificate expires on %(when)s")
        values = {"connection": connection.name, "when": Moment(at)}
        key = f"{connection.name}/{credential}/{at:.0f}/{days}"
        event = _Event(NoticeKind.EXPIRY, key, page=f"sso/{connection.id}")
        title = Text(subject, tenant=_name(tenant), when=Moment(at))
        return self._notice(event, tenant, title, _EXPIRES[credential], values)

    def _notice(self, event: _Event, tenant: Tenant, subject: Text, text: str, values: dict[str, str]) -> Notice:
        place = f"/support/tenants/{tenant.slug}"
        kind = event.kind
        if kind in (NoticeKind.SWITCH_REQUESTED, NoticeKind.SWITCH):
            place = f"{place}/switch"
        elif event.page:
            place = f"{place}/{event.page}"
        known = {"tenant": _name(tenant), **values}
        return Notice(
            kind,
            key=f"{kind.value}/{tenant.id}/{event.key}",
            topic=topic(kind, tenant, event.topic),
            subject=subject,
            body=Text(text, **known, url=f"{self.base_url}/admin/{event.page}"),
            body_for_staff=Text(text, **known, url=f"{self.base_url}{event.staff_url or place}"),
        )


def topic(kind: NoticeKind, tenant: Tenant, about: str = "") -> str:
    """What notices have in common that must not follow one another too soon."""
    return f"{kind.value}/{tenant.id}/{about}"


def _name(tenant: Tenant) -> str:
    return one_line(tenant.name) or tenant.slug
