"""An account as somebody describes it, in a form or a row of a file, before anything of it is stored."""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from app.domain.accounts.account import Account, Role
from app.domain.accounts.email_address import parse_email

USERNAME_MOST, NAME_MOST, EXTERNAL_ID_MOST = 255, 200, 255
"""Characters, as in an `apply` file."""
_NOT_SHOWN = ("Cc", "Cs")


class DraftProblem(StrEnum):
    """What is wrong with a field of a draft."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    NOT_ONE_LINE = "not_one_line"
    """Control characters, or blanks around it."""
    NOT_AN_EMAIL = "not_an_email"
    ROLE_NOT_ALLOWED = "role_not_allowed"
    NOT_A_STATUS = "not_a_status"
    """Only a file can say this."""
    TAKEN = "taken"
    """Another account of the tenant has this username; ASCII case makes no difference."""
    REPEATED = "repeated"
    """An earlier draft of the same batch has this username."""


class FieldProblem(NamedTuple):
    """`field` is a field of `AccountDraft`."""

    field: str
    problem: DraftProblem


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """What may be set of an account. Status, password and last logins have ways of their own."""

    username: str
    name: str = ""
    email: str | None = None
    roles: tuple[Role, ...] = (Role.AGENT,)
    external_id: str | None = None

    @classmethod
    def of(cls, account: Account) -> "AccountDraft":
        """The account as it is."""
        return cls(account.username, account.name, account.email, account.roles, account.external_id)

    def problems(self, allowed: Collection[Role]) -> list[FieldProblem]:
        """By the rules of an `apply` file; `allowed` are the roles that the tenant's accounts may have."""
        return list(self._problems(allowed))

    def written_to(self, account: Account) -> Account:
        return replace(
            account,
            username=self.username,
            name=self.name,
            email=self.email,
            roles=self.roles,
            external_id=self.external_id,
        )

    def _problems(self, allowed: Collection[Role]) -> Iterator[FieldProblem]:
        lines = (
            ("username", self.username, USERNAME_MOST),
            ("name", self.name, NAME_MOST),
            ("external_id", self.external_id or "", EXTERNAL_ID_MOST),
        )
        if not self.username:
            yield FieldProblem("username", DraftProblem.REQUIRED)
        for field, text, most in lines:
            if problem := _line_problem(text, most=most):
                yield FieldProblem(field, problem)
        if self.email is not None and not _is_email(self.email):
            yield FieldProblem("email", DraftProblem.NOT_AN_EMAIL)
        if not self.roles:
            yield FieldProblem("roles", DraftProblem.REQUIRED)
        if any(role not in allowed for role in self.roles):
            yield FieldProblem("roles", DraftProblem.ROLE_NOT_ALLOWED)


def _line_problem(text: str, *, most: int) -> DraftProblem | None:
    if text != text.strip() or not (text.isprintable() or _only_shown(text)):
        return DraftProblem.NOT_ONE_LINE
    return DraftProblem.TOO_LONG if len(text) > most else None


def _only_shown(text: str) -> bool:
    return all(unicodedata.category(character) not in _NOT_SHOWN for character in text)


def _is_email(text: str) -> bool:
    try:
        parse_email(text)
    except ValueError:
        return False
    return True
