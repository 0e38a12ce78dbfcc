"""Whether a file with the right types makes sense: names, addresses, roles, and no duplicates."""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.adapters.apply_file.connection_checks import connection_problems
from app.adapters.apply_file.models import AccountTable, ApplyFile, ClientTable, TenantTable
from app.adapters.apply_file.problems import one_of
from app.adapters.apply_file.text import line_problem, secret_problem
from app.domain.accounts.account import STAFF_ROLES, TENANT_ROLES, ascii_lower
from app.domain.accounts.email_address import domain_key, parse_email
from app.domain.errors import InvalidInput
from app.domain.oauth2.client import GrantType
from app.domain.oauth2.client_settings import backchannel_problem, jwks_problem, uris_problems
from app.domain.oauth2.scopes import OWN_SCOPES, STANDARD_SCOPES
from app.domain.tenants.tenant import ACCENTS, SLUG, STAFF
from app.domain.text import LANGUAGES, Text, is_zone, joined
from app.services.passwords.passwords import MAX_PASSWORD_CHARACTERS

CLIENT_SECRET_CHARACTERS = 32
"""The minimum length of a client's secret in production."""

Named = tuple[str, str, str]
"""The path of a table, its naming key, and the name as compared."""

_CLIENT_ID = re.compile(r"[!-~]{1,200}")
_SCOPE = re.compile(r"[!#-\[\]-~]{1,100}")


def problems_beside_tenants(file: ApplyFile, *, development: bool) -> Iterator[InvalidInput]:
    yield from _accounts(file.staff, "staff", staff=True)
    yield from _scopes(file)
    for place, client in enumerate(file.clients):
        yield from _client(client, f"clients[{place}]", development=development)


def repetitions(file: ApplyFile, slugs: Sequence[str], staff: Iterable[Named]) -> Iterator[InvalidInput]:
    """Problems with names, which must be unique. `slugs` are those of all tenants, in order; `staff` may be one."""
    yield from _twice([(f"tenants[{n}]", "slug", slug) for n, slug in enumerate(slugs)])
    yield from _twice([(f"clients[{n}]", "client_id", client.client_id) for n, client in enumerate(file.clients)])
    yield from _twice([(f"scopes[{n}]", "name", scope.name) for n, scope in enumerate(file.scopes)])
    yield from _twice([*staff, *usernames(file.staff, "staff")])


def tenant_problems(tenant: TenantTable, path: str, *, development: bool) -> Iterator[InvalidInput]:
    if not SLUG.fullmatch(tenant.slug):
        yield InvalidInput(f"{path}.slug", Text("must be at most 63 lower-case letters, digits and hyphens"))
    yield from _wrong(f"{path}.name", tenant.name and line_problem(tenant.name, most=100))
    if tenant.name == "":
        yield InvalidInput(f"{path}.name", Text("must not be empty"))
    yield from _of_its_pages(tenant, path)
    for place, domain in enumerate(tenant.email_domains):
        if not _is_domain(domain):
            yield InvalidInput(f"{path}.email_domains[{place}]", Text("must be a domain like acme.example"))
    for key, problem in tenant.demands().problems():
        yield InvalidInput(f"{path}.{key}", problem)
    for place, connection in enumerate(tenant.connections):
        for key, problem in connection_problems(connection, development=development):
            yield InvalidInput(f"{path}.connections[{place}].{key}", problem)
    yield from _twice(
        [(f"{path}.connections[{n}]", "name", connection.name) for n, connection in enumerate(tenant.connections)]
    )
    yield from _accounts(tenant.accounts, f"{path}.accounts", staff=tenant.slug == STAFF)
    if tenant.slug != STAFF:
        yield from _twice(usernames(tenant.accounts, f"{path}.accounts"))


def _of_its_pages(tenant: TenantTable, path: str) -> Iterator[InvalidInput]:
    if tenant.accent not in ACCENTS:
        yield InvalidInput(f"{path}.accent", one_of(ACCENTS))
    if tenant.language not in LANGUAGES:
        yield InvalidInput(f"{path}.language", one_of(LANGUAGES))
    if not is_zone(tenant.time_zone):
        yield InvalidInput(f"{path}.time_zone", Text("must be the name of a time zone like Europe/Berlin, or UTC"))


def _accounts(accounts: Sequence[AccountTable], above: str, *, staff: bool) -> Iterator[InvalidInput]:
    allowed = STAFF_ROLES if staff else TENANT_ROLES
    for place, account in enumerate(accounts):
        path = f"{above}[{place}]"
        yield from _wrong(f"{path}.username", line_problem(account.username, most=255))
        yield from _wrong(f"{path}.name", line_problem(account.name, most=200, least=0))
        if account.email is not None and not _is_email(account.email):
            yield InvalidInput(f"{path}.email", Text("must be a single plain address like bob@acme.example"))
        for index, role in enumerate(account.roles):
            if role not in allowed:
                yield InvalidInput(f"{path}.roles[{index}]", one_of(allowed))
        if account.password is not None:
            yield from _wrong(f"{path}.password", secret_problem(account.password, most=MAX_PASSWORD_CHARACTERS))
        if account.external_id is not None:
            yield from _wrong(f"{path}.external_id", line_problem(account.external_id, most=255))


def _scopes(file: ApplyFile) -> Iterator[InvalidInput]:
    for place, scope in enumerate(file.scopes):
        path = f"scopes[{place}]"
        if not _SCOPE.fullmatch(scope.name):
            yield InvalidInput(f"{path}.name", Text("must be a single word (RFC 6749, section 3.3)"))
        if scope.name in STANDARD_SCOPES | OWN_SCOPES:
            yield InvalidInput(f"{path}.name", Text("is built in and cannot be listed"))
        yield from _wrong(f"{path}.description", line_problem(scope.description, most=200))


def _client(client: ClientTable, path: str, *, development: bool) -> Iterator[InvalidInput]:
    if not _CLIENT_ID.fullmatch(client.client_id):
        yield InvalidInput(f"{path}.client_id", Text("must be 1 to 200 ASCII characters without spaces"))
    yield from _wrong(f"{path}.name", client.name and line_problem(client.name, most=100))
    if client.client_secret is not None:
        least = 1 if development else CLIENT_SECRET_CHARACTERS
        problem = secret_problem(client.client_secret, most=MAX_PASSWORD_CHARACTERS, least=least)
        yield from _wrong(
            f"{path}.client_secret", problem and (problem if development else joined(problem, Text(" in production")))
        )
    for key in ("redirect_uris", "post_logout_redirect_uris"):
        for where, problem in uris_problems(key, getattr(client, key)):
            yield InvalidInput(f"{path}.{where}", problem)
    if client.backchannel_logout_uri is not None:
        yield from _wrong(
            f"{path}.backchannel_logout_uri",
            backchannel_problem(client.backchannel_logout_uri, development=development),
        )
    if client.jwks is not None:
        yield from _wrong(f"{path}.jwks", jwks_problem(client.jwks))
    if not client.redirect_uris and GrantType.AUTHORIZATION_CODE in client.grants:
        yield InvalidInput(f"{path}.redirect_uris", Text("is required for the grant authorization_code"))


def usernames(accounts: Sequence[AccountTable], above: str) -> list[Named]:
    return [(f"{above}[{n}]", "username", ascii_lower(account.username)) for n, account in enumerate(accounts)]


def _twice(entries: Iterable[Named]) -> Iterator[InvalidInput]:
    """Every table with the same value of the same key as an earlier one."""
    seen: dict[str, str] = {}
    for path, key, value in entries:
        if value in seen:
            yield InvalidInput(
                f"{path}.{key}", Text("is the same as %(value)s.%(key)s", value=str(seen[value]), key=str(key))
            )
        seen.setdefault(value, path)


def _wrong(path: str, problem: str | None) -> Iterator[InvalidInput]:
    if problem:
        yield InvalidInput(path, problem)


def _is_domain(text: str) -> bool:
    try:
        domain_key(text)
    except ValueError:
        return False
    return True


def _is_email(text: str) -> bool:
    try:
        parse_email(text)
    except ValueError:
        return False
    return True
