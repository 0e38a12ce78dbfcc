"""Which passwords may be set: long enough, not a common one, not made of well-known words. No other rules.

A password is a sequence of code points, kept exactly as typed: it is not trimmed, folded or normalised, and no kinds
of characters are required (NIST SP 800-63B, 3.1.1.2). Passwords set before these rules still work.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

from app.domain.accounts.account import Account, ascii_lower
from app.domain.reasons.reason import N_
from app.domain.tenants.tenant import Tenant

SHORTEST, LONGEST = 8, 128
"""In code points."""
PRODUCT = "SSO Bridge"
WHOLE_MOST, PART_MOST = 3, 4
"""Shorter words occur in too many others: the person's own words, and the words of a workspace's name."""

TOO_SHORT = N_("Password is too short. Use at least 8 characters, such as a few words in a row.")
TOO_LONG = N_("Password is too long. Use at most 128 characters.")
COMMON = N_("This password is too common and easy to guess. Choose another one.")
OWN_WORDS = N_("This password is too close to your name or your workspace's name. Choose another one.")

_SEPARATOR = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """`common` holds common passwords, each passed through `ascii_lower`."""

    common: Container[str]

    def problem(self, password: str, *, own_words: Iterable[str]) -> str | None:
        """One sentence that says what to do instead, or None. `own_words` comes from the function of that name."""
        if len(password) < SHORTEST:
            return TOO_SHORT
        if len(password) > LONGEST:
            return TOO_LONG
        if ascii_lower(password) in self.common:
            return COMMON
        return None if self._stands_without(password, own_words) else OWN_WORDS

    def _stands_without(self, password: str, own_words: Iterable[str]) -> bool:
        """Known words count for nothing: what is left of the password without them must be long enough by itself.

        Digits and punctuation alone are not enough.
        """
        wanted = sorted(own_words, key=len, reverse=True)
        folded = password.casefold()
        left = re.sub("|".join(map(re.escape, wanted)), "", folded) if wanted else folded
        if left == folded:
            return True
        return len(left) >= SHORTEST and any(letter.isalpha() for letter in left) and left not in self.common


def own_words(tenant: Tenant, account: Account) -> frozenset[str]:
    """What others know about a person and their workspace, case-folded, whole and in parts."""
    email = account.email or ""
    local, _, domain = email.partition("@")
    personal = (tenant.slug, account.username, email, local, domain)
    shared = (tenant.slug, tenant.name, domain.rpartition(".")[0], PRODUCT)
    words = {text.casefold() for text in personal if len(text) >= WHOLE_MOST}
    words |= _parts((account.name, account.username, local), least=WHOLE_MOST)
    return frozenset(words | _parts(shared, least=PART_MOST) | {"sso"})


def _parts(texts: Iterable[str], *, least: int) -> set[str]:
    found = (part for text in texts for part in _SEPARATOR.split(text.casefold()))
    return {part for part in found if len(part) >= least}
