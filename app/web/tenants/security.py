"""`/support/tenants/<slug>/security`: what a tenant demands of logins; operators change it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.tenants.security_policy import TotpRule
from app.domain.tenants.security_settings import TenantSecuritySettings, usual_demands
from app.domain.tenants.tenant import Tenant
from app.services.staff.tenant_directory import TenantDirectory
from app.services.tenants.security_settings import SecuritySettingsRefused, TenantSecurityService
from app.web.browser import client_ip
from app.web.console import Console
from app.web.console_pages import ConsolePages
from app.web.i18n import duration, gettext
from app.web.pages import go
from app.web.support.acts import reason_problem
from app.web.support.nav import support_nav, tenant_nav, tenant_url

NUMBERS = ("session_idle_minutes", "session_absolute_minutes", "throttle_failures", "throttle_minutes")
Problem = tuple[str, str]
"""The key of a field, and a sentence."""


@dataclass(frozen=True, slots=True)
class SecurityViews:
    """To look at, for all staff."""

    tenant_directory: TenantDirectory
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_security", self.console, roles=STAFF_ROLES)
        pages.page("/support/tenants/<slug>/security", self.show)
        return pages

    def show(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        return self.console.page(
            "support/security.html",
            support_nav(self.console, "/support/"),
            customer=tenant,
            tabs=tenant_nav(tenant, "security"),
            demands=TenantSecuritySettings.of_tenant(tenant),
            usual=usual_demands(slug),
            duration=duration,
            edit_url=f"{_url(slug)}/edit" if self.console.has(Role.OPERATOR) else None,
            saved="saved" in request.args,
            unchanged="unchanged" in request.args,
        )


@dataclass(frozen=True, slots=True)
class SecurityFormViews:
    """To change, for operators who have just shown that they are."""

    tenant_directory: TenantDirectory
    tenant_security: TenantSecurityService
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_security_form", self.console, roles=[Role.OPERATOR])
        pages.form("/support/tenants/<slug>/security/edit", self.edit, self.save)
        return pages

    def edit(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        demands = TenantSecuritySettings.of_tenant(tenant)
        return self._page(tenant, _shown(demands), version=demands.version)

    def save(self, slug: str) -> Response:
        tenant = self.tenant_directory.one(slug)
        entered = {key: request.form.get(key, "") for key in (*NUMBERS, "allowed_networks", "totp", "reason")}
        entered["shared_desk"] = "yes" if request.form.get("shared_desk") == "yes" else ""
        version, problems = request.form.get("version", ""), _problems(entered)
        if problems:
            return self._page(tenant, entered, version=version, problems=problems)
        try:
            before, after = self.tenant_security.change(
                slug,
                _demands(entered),
                version=version,
                actor=self.console.actor(),
                client_ip=client_ip(),
                reason=entered["reason"].strip(),
            )
        except SecuritySettingsRefused as refused:
            return self._page(tenant, entered, version=version, problems=_of_fields(refused.problems, entered))
        return go(f"{_url(slug)}?{'unchanged' if before == after else 'saved'}")

    def _page(
        self, tenant: Tenant, entered: Mapping[str, str], *, version: str, problems: Sequence[Problem] = ()
    ) -> Response:
        errors: dict[str, list[str]] = {}
        for key, sentence in problems:
            errors.setdefault(key, []).append(sentence)
        return self.console.page(
            "support/security_form.html",
            support_nav(self.console, "/support/"),
            status=400 if problems else 200,
            customer=tenant,
            tabs=tenant_nav(tenant, "security"),
            entered=entered,
            errors=errors,
            version=version,
            back=_url(tenant.slug),
        )


def _url(slug: str) -> str:
    return tenant_url(slug, "security")


def _shown(demands: TenantSecuritySettings) -> dict[str, str]:
    return {
        **{key: str(getattr(demands, key)) for key in NUMBERS},
        "allowed_networks": "\n".join(demands.allowed_networks),
        "totp": demands.totp.value,
        "shared_desk": "yes" if demands.shared_desk else "",
        "reason": "",
    }


def _typed_networks(entered: Mapping[str, str]) -> tuple[str, ...]:
    """One a line, or with commas between."""
    lines = entered["allowed_networks"].replace(",", "\n").splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def _problems(entered: Mapping[str, str]) -> list[Problem]:
    """All that is wrong with it, so that nobody has to correct one thing after the other."""
    unreadable = _unreadable(entered)
    if {"totp", *NUMBERS} & {key for key, _ in unreadable}:
        return unreadable
    return [*unreadable, *_of_fields(_demands(entered).problems(), entered)]


def _unreadable(entered: Mapping[str, str]) -> list[Problem]:
    problems = [(key, gettext("Enter a whole number.")) for key in NUMBERS if not _is_number(entered[key])]
    if entered["totp"] not in list(TotpRule):
        problems.append(("totp", gettext("Choose one of the options.")))
    if wrong := reason_problem(entered["reason"].strip()):
        problems.append(("reason", wrong))
    return problems


def _is_number(text: str) -> bool:
    return text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 10  # noqa: PLR2004 - nobody types more


def _demands(entered: Mapping[str, str]) -> TenantSecuritySettings:
    return TenantSecuritySettings(
        allowed_networks=_typed_networks(entered),
        totp=TotpRule(entered["totp"]),
        shared_desk=entered["shared_desk"] == "yes",
        **{key: int(entered[key]) for key in NUMBERS},
    )


def _of_fields(problems: Iterable[Problem], entered: Mapping[str, str]) -> list[Problem]:
    """What the rules say, beside the field it is about; a network is named as it was typed."""
    networks = _typed_networks(entered)
    found = []
    for path, problem in problems:
        key, _, place = path.partition("[")
        subject = f"“{networks[int(place.removesuffix(']'))]}” " if place else ""
        text = f"{subject}{problem}" if subject else f"{problem[:1].upper()}{problem[1:]}"
        found.append((key, text if text.endswith(".") else f"{text}."))
    return found
