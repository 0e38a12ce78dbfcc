"""The filter of the page of logins: read from the query, and shown again in its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from app.domain.accounts.account import AccountId
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant
from app.domain.traces.activity import Ended, LoginFilter
from app.services.traces.login_activity import LoginActivityService
from app.web.consoles.period import Days
from app.web.i18n import time_zone
from app.web.pages import with_query

TEXT_MOST = 300
NAMES = ("outcome", "person", "from", "to", "reason", "method", "connection")
"""The query's parameters."""
NOBODY = AccountId("")
"""The id of no account: nothing is found."""


@dataclass(frozen=True, slots=True)
class AskedLogins:
    """`values` are the query's, as the form shows them again."""

    values: Mapping[str, str]
    wanted: LoginFilter
    unknown_person: bool

    @classmethod
    def of_request(cls, activity: LoginActivityService, tenant: Tenant) -> "AskedLogins":
        """What is no valid choice does not count; a person whom the tenant does not have has no logins."""
        values = {name: request.args.get(name, "")[:TEXT_MOST].strip() for name in NAMES}
        days = Days.asked(values, time_zone())
        account = activity.person(tenant.id, values["person"]) if values["person"] else None
        unknown = bool(values["person"]) and account is None
        wanted = LoginFilter(
            ended=Ended(values["outcome"]) if values["outcome"] in set(Ended) else None,
            reason=ReasonCode(values["reason"]) if values["reason"] in set(ReasonCode) else None,
            method=Method(values["method"]) if values["method"] in set(Method) else None,
            connection=values["connection"] or None,
            account_id=NOBODY if unknown else account.id if account else None,
            since=days.since,
            until=days.until,
        )
        return cls({**values, "from": days.first, "to": days.last}, wanted, unknown)

    @property
    def any(self) -> bool:
        """Whether anything is filtered."""
        return self.wanted != LoginFilter()

    @property
    def more(self) -> bool:
        """Whether one of the filters that few people need is set."""
        return any(self.values[name] for name in ("reason", "method", "connection"))

    def url(self, path: str, **more: str) -> str:
        """An address with the same filter."""
        return with_query(path, **{name: value for name, value in self.values.items() if value}, **more)

    @property
    def reasons(self) -> Sequence[str]:
        return sorted(code.value for code in ReasonCode)
